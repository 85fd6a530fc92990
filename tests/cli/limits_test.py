"""Limits: a silent network, deadlines, Ctrl-C, retries, concurrency, rates, and this host's own scarce resources."""

import contextlib
import json
import pathlib
import re
import signal
import sys
import time

import support

# What the program promises beyond one check's worst case.
MARGIN_MS = 300


def print_figure(what, value):
    print(f"[{what}: {value}] ", end="", file=sys.stderr, flush=True)


class Silence(support.TestCase):
    """Everything is in flight at once: a run in which nothing answers takes as long as one check."""

    alone = True

    def assert_elapsed(self, worst_ms, *arguments, code=1, **options):
        results = []

        def once():
            results.append(support.check(*arguments, **options))
            self.assert_exit(results[-1], code)
            return results[-1].json["elapsed_ms"]

        bound = worst_ms + MARGIN_MS
        best = support.quickest(bound, once)
        print_figure("ms of at most", f"{best:.0f}/{bound}")
        self.assertLessEqual(best, bound)
        return results[-1]

    def test_unanswered_syns(self):
        with support.SilentPort() as silent:
            table = self.table({f"row-{number}": support.row("tcp", silent.port) for number in range(1000)})
            result = self.assert_elapsed(1500, "--targets", table, "--timeout", "1.5")
        self.assertEqual(result.json["summary"]["checks"], {"blocked": 1000})
        self.assertEqual({check["cause"] for check in result.json["checks"]}, {"timeout"})

    def test_unanswered_datagrams(self):
        with support.DatagramServer() as mute:
            rows = {}
            for number in range(300):
                rows[f"udp-{number}"] = support.row("udp", mute.port, transport="udp")
                rows[f"dns-{number}"] = support.row("dns", mute.port, transport="udp")
            result = self.assert_elapsed(1000, "--targets", self.table(rows), "--timeout", "1", code=3)
        self.assertEqual(result.json["summary"]["checks"], {"inconclusive": 600})

    def test_silent_resolver(self):
        with support.DatagramServer() as mute:
            table = self.table({f"row-{number}": support.row("tls", 443, f"name-{number}.fdnprobe.example")
                                for number in range(500)})
            result = self.assert_elapsed(1000, "--targets", table, "--timeout", "1", "--resolver",
                                         f"127.0.0.1:{mute.port}")
        self.assertEqual({check["cause"] for check in result.json["checks"]}, {"dns-timeout"})

    def test_stalled_handshakes(self):
        """The kernel accepts, and nobody speaks: connect takes nothing, and each later stage its timeout once. What is
        then compared takes one more, for all of them together."""
        with support.Listener() as stalled:
            rows = {}
            for number in range(100):
                for probe in ("tls", "http", "dns", "dot"):
                    rows[f"{probe}-{number}"] = support.row(probe, stalled.port)
            result = self.assert_elapsed(2 * 1000 + MARGIN_MS, "--targets", self.table(rows), "--timeout", "1")
        for check in result.json["checks"]:
            self.assertEqual(check["verdict"], "broken")
            self.assertEqual(check["cause"], "hello-timeout" if check["probe"] in ("tls", "dot") else "no-answer")

    def test_many_dead_addresses(self):
        """A name with eight dead addresses takes no longer than one with a single one, but for their head starts."""
        namespace = support.Namespace()
        self.addCleanup(namespace.close)
        namespace.shell("ip link add dead type veth peer name end; ip address add 10.9.9.100/24 dev dead; "
                        "ip link set dead up; ip link set end up")
        # Neighbours that are known and do not exist: nothing comes back, not even from this host.
        namespace.shell("for n in 1 2 3 4 5 6 7 8; do "
                        "ip neighbour add 10.9.9.$n lladdr 02:00:00:00:00:0$n dev dead nud permanent; done")
        table = self.table({"one": support.row("tcp", 443, "dead.example")})
        peer = "Peer=" + ",".join(f"10.9.9.{number}" for number in range(1, 9))
        result = self.assert_elapsed(1500 + 200, "--targets", table, "--peer", peer, "--timeout", "1.5",
                                     "--locate", "never", prefix=namespace.prefix)
        self.assert_verdict(result, "one", "blocked", "timeout")
        self.assertEqual(len(result.check_of("one")["attempts"]), 8)

    def test_deadline(self):
        """It holds, and the report says what was not run."""
        with support.SilentPort() as silent:
            table = self.table({f"row-{number}": support.row("tcp", silent.port) for number in range(50)})
            result = self.assert_elapsed(1000, "--targets", table, "--timeout", "20", "--deadline", "1",
                                         "--concurrency", "10")
        for check in result.json["checks"]:
            self.assertEqual((check["verdict"], check["cause"]), ("local", "interrupted"))
            self.assertEqual(check["owner"], "nobody")
        self.assertEqual(len(result.json["checks"]), 50)

    def test_deadline_keeps_what_was_done(self):
        with support.SilentPort() as silent, support.Listener() as server:
            table = self.table({"done": support.row("tcp", server.port), "under-way": support.row("tcp", silent.port)})
            result = support.check("--targets", table, "--timeout", "20", "--deadline", "2")
        self.assert_exit(result, 1)
        self.assert_verdict(result, "done", "reachable", "connected")
        check = self.assert_verdict(result, "under-way", "local", "interrupted")
        # What was seen until then is kept.
        self.assertIn("connect.start", [event["what"] for event in check["attempts"][0]["evidence"]])

    def test_interrupt(self):
        """Ctrl-C prints the report so far within 200 ms. The test allows more: the machine may be busy."""
        for how in (signal.SIGINT, signal.SIGTERM):
            with (self.subTest(signal=how), support.SilentPort() as silent,
                  support.Listener(support.hold_open) as server):
                rows = {f"silent-{number}": support.row("tcp", silent.port) for number in range(200)}
                rows["name"] = support.row("tcp", 443, "name.fdnprobe.example")
                rows["held"] = support.row("tcp", server.port, hold=30)
                rows["stalled"] = support.row("tls", server.port)
                with support.DatagramServer() as mute:
                    with support.started("check", "--targets", self.table(rows), "--timeout", "30", "--format", "json",
                                         "--concurrency", "150", "--resolver", f"127.0.0.1:{mute.port}") as process:
                        # The last rows have their turn never: 150 silent ones come before them.
                        support.eventually(lambda: self.dialling(silent.port) >= 100, "checks under way")
                        began = time.monotonic()
                        process.send_signal(how)
                        out, err = process.communicate(timeout=support.PATIENCE)
                        seconds = time.monotonic() - began
                print_figure("ms to the report", f"{1000 * seconds:.0f}")
                self.assertEqual(process.returncode, 130, err)
                self.assertLess(seconds, 1.5)
                report = json.loads(out)
                self.assertEqual(report["summary"]["checks"], {"local": 203})
                self.assertEqual({check["cause"] for check in report["checks"]}, {"interrupted"})

    @staticmethod
    def dialling(port):
        """How many connections to a port are in SYN_SENT."""
        table = pathlib.Path("/proc/net/tcp").read_text(encoding="ascii")
        return len(re.findall(rf"(?m)^\s*\d+: \S+ \w+:{port:04X} 02 ", table))

    def test_interrupt_of_every_kind_of_wait(self):
        with support.SilentPort() as silent, support.Listener(support.hold_open) as server:
            with support.DatagramServer() as mute:
                rows = {
                    "done": support.row("http", server.port),
                    "connecting": support.row("tcp", silent.port),
                    "holding": support.row("tcp", server.port, hold=30),
                    "handshaking": support.row("tls", server.port),
                    "asking": support.row("dns", mute.port, transport="udp"),
                    "resolving": support.row("tcp", 443, "name.fdnprobe.example"),
                }
                with support.started("check", "--targets", self.table(rows), "--timeout", "30", "--format", "ndjson",
                                     "--resolver", f"127.0.0.1:{mute.port}") as process:
                    support.eventually(lambda: server.accepted == 3 and len(mute.received) >= 2, "every kind of wait")
                    began = time.monotonic()
                    process.send_signal(signal.SIGINT)
                    out, err = process.communicate(timeout=support.PATIENCE)
                    seconds = time.monotonic() - began
        self.assertEqual((process.returncode, err), (130, b""))
        self.assertLess(seconds, 1.5)
        *checks, last = [json.loads(line) for line in out.splitlines()]
        self.assertEqual({check["cause"] for check in checks}, {"interrupted"})
        self.assertEqual(len(checks), len(rows))
        self.assertEqual(last["summary"]["checks"], {"local": len(rows)})


class Pace(support.TestCase):
    def test_retries(self):
        """Silence is tried again; what was said is not. Either is then compared with two greetings that differ."""
        for retries, expected in ((None, 1), (0, 1), (2, 3)):
            options = [] if retries is None else ["--retries", retries]
            with support.Listener() as stalled:
                table = self.table({"stalled": support.row("tls", stalled.port)})
                result = support.check("--targets", table, "--timeout", "0.3", *options)
                self.assert_exit(result, 1)
                self.assert_verdict(result, "stalled", "broken", "hello-timeout")
                self.assertEqual(len(result.check_of("stalled")["attempts"]), expected)
                self.assertEqual(self.waiting(stalled), expected + 2)
            # Closed at once, and before the program can take it for silence, however late this process has its turn.
            with support.Listener(lambda connection: None) as closing:
                table = self.table({"closing": support.row("tls", closing.port)})
                result = support.check("--targets", table, "--timeout", "3", *options)
                self.assert_exit(result, 1)
                self.assertEqual(len(result.check_of("closing")["attempts"]), 1)
                self.assertEqual(closing.accepted, 1 + 2)

    @staticmethod
    def waiting(listener):
        """How many connections the kernel has accepted and keeps for a listener that nobody serves."""
        listener.socket.setblocking(False)
        count = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                listener.socket.accept()[0].close()
                count += 1
        return count

    def test_second_try_helps(self):
        tries = []

        def serve(connection):
            connection.recv(4096)
            tries.append(1)
            if len(tries) > 1:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            support.hold_open(connection)

        with support.Listener(serve) as server:
            table = self.table({"one": support.row("http", server.port)})
            result = support.check("--targets", table, "--timeout", "2", "--retries", "1")
            self.assert_exit(result, 0)
            check = self.assert_verdict(result, "one", "reachable", "answered")
            self.assertTrue(any("1 of 2 tries" in warning for warning in check["warnings"]), check["warnings"])

    @staticmethod
    def most_at_once(report):
        """How many connections stood at the same time, by the report's own clock."""
        moments = []
        for check in report["checks"]:
            times = [event["at_ms"] for event in check["attempts"][0]["evidence"]]
            # What ends at the moment when another begins is not at the same time.
            moments += [(times[0], 1), (times[-1], -1)]
        now = most = 0
        for _, change in sorted(moments):
            now += change
            most = max(most, now)
        return most

    def test_concurrency(self):
        with support.Listener() as server:
            table = self.table({f"row-{n}": support.row("tcp", server.port, hold=0.3) for n in range(6)})
            for option, expected in (([], 6), (["--concurrency", 1], 1), (["--concurrency", 2], 2)):
                result = support.check("--targets", table, *option)
                self.assert_exit(result, 0)
                self.assertEqual(self.most_at_once(result.json), expected)
                self.assertGreaterEqual(result.json["elapsed_ms"], 300 * 6 / expected - 20)

    def test_rate(self):
        """Nobody begins before his turn, and the turns are spread evenly, by the report's own clock."""
        best = 0
        with support.Listener() as server:
            table = self.table({f"row-{n}": support.row("tcp", server.port) for n in range(40)})
            # A pause of the program's brings what was due meanwhile closer to what comes next: the best of five runs.
            for _ in range(5):
                result = support.check("--targets", table, "--rate", 20)
                self.assert_exit(result, 0)
                times = sorted(event["at_ms"] for check in result.json["checks"]
                               for event in check["attempts"][0]["evidence"] if event["what"] == "connect.start")
                self.assertEqual(len(times), 40)
                # The first tenth of a second's worth may come at once. No pause makes anything come too early.
                for number, time_ms in enumerate(times, 1):
                    self.assertGreaterEqual(time_ms, 1000 * (number - 3) / 20)
                best = max(best, min(later - first for first, later in zip(times, times[20:])))
                if best > 700:
                    break
        self.assertGreater(best, 700)

    def test_all_at_once_without_a_rate(self):
        with support.Listener() as server:
            table = self.table({f"row-{n}": support.row("tcp", server.port) for n in range(500)})
            result = support.check("--targets", table)
            self.assert_exit(result, 0)
            self.assertLess(result.json["elapsed_ms"], 4000)


class Resources(support.TestCase):
    """Descriptors and ports that run out are waited for, and never reported as the network's fault."""

    alone = True

    def test_descriptors(self):
        """20,000 checks under `ulimit -n 256`, each with its right verdict."""
        count = 100
        with contextlib.ExitStack() as stack:
            ports = [stack.enter_context(support.Listener()).port for _ in range(count)]
            closed = [stack.enter_context(support.ClosedPort()).port for _ in range(count)]
            table = self.table({f"row-{n}": support.plain_row([*ports, *closed]) for n in range(100)})
            result = support.check("--targets", table, "--peer", "Peer=127.0.0.1", timeout=150,
                                   prefix=["prlimit", "--nofile=256:256", "--"])
        self.assert_exit(result, 1)
        print_figure("seconds for 20,000 checks", f"{result.seconds:.1f}")
        checks = result.json["checks"]
        self.assertEqual(len(checks), 20000)
        open_ports = set(ports)
        wrong = [(check["id"], check["verdict"], check["cause"]) for check in checks
                 if (check["verdict"], check["cause"]) !=
                 (("reachable", "connected") if check["port"] in open_ports else ("closed", "refused"))]
        self.assertEqual(wrong[:5], [], f"{len(wrong)} wrong verdicts")

    def test_few_descriptors(self):
        with support.Listener() as server:
            rows = {f"row-{n}": support.row("tcp", server.port) for n in range(200)}
            table = self.table(rows)
            result = support.check("--targets", table, prefix=["prlimit", "--nofile=40:40", "--"])
            self.assert_exit(result, 0)
            result = support.check("--lab", "--only", "FortiGuard", prefix=["prlimit", "--nofile=256:256", "--"])
            self.assert_exit(result, 0)

    def test_soft_limit_is_raised(self):
        with support.SilentPort() as silent:
            table = self.table({f"row-{n}": support.row("tcp", silent.port) for n in range(400)})
            result = support.check("--targets", table, "--timeout", "1.5",
                                   prefix=["prlimit", "--nofile=128:2048", "--"])
            self.assert_exit(result, 1)
            self.assertEqual(result.json["summary"]["checks"], {"blocked": 400})
            self.assertLess(result.json["elapsed_ms"], 1500 * 2)

    def test_ephemeral_ports(self):
        """100 ports, and 500 connections to one open port that are closed at this end."""
        namespace = support.Namespace()
        self.addCleanup(namespace.close)
        namespace.run("sysctl", "-w", "net.ipv4.ip_local_port_range=20000 20099")
        with support.far_end(namespace, "tcp/7000"):
            table = self.table({f"row-{n}": support.row("tcp", 7000) for n in range(500)})
            result = support.check("--targets", table, prefix=namespace.prefix)
            print_figure("seconds for 500 checks on 100 ports", f"{result.seconds:.1f}")
            self.assertEqual(result.json["summary"]["checks"], {"reachable": 500})
            self.assert_exit(result, 0)

    def test_held_ephemeral_ports(self):
        """All ports are taken for as long as the connections are held."""
        namespace = support.Namespace()
        self.addCleanup(namespace.close)
        namespace.run("sysctl", "-w", "net.ipv4.ip_local_port_range=20000 20049")
        with support.far_end(namespace, "tcp/7000"):
            table = self.table({f"row-{n}": support.row("tcp", 7000, hold=0.5) for n in range(120)})
            result = support.check("--targets", table, prefix=namespace.prefix)
            self.assertEqual(result.json["summary"]["checks"], {"reachable": 120})
