"""What a second look finds out: whether the name is filtered, whether large packets vanish, whose clock is wrong.

The network: client (10.84.1.2) -- router (10.84.1.1 and 10.84.2.1) -- server (10.84.2.2), where nginx listens. Filters
and the links' sizes are real.
"""

import datetime
import email.utils
import http.server
import os
import signal
import socket
import struct
import subprocess
import threading
import time

import servers_test
import support

NAME = "service.example"
OTHER = "other.example"
SERVER = "10.84.2.2"
# Room for a greeting that TCP repeats twice.
TIMEOUT = 1.5


def comparisons(check):
    """What was changed -> cause of the attempt that was made with it."""
    [attempt] = [one for one in check["attempts"] if "comparisons" in one]
    return {one["change"]: one["cause"] for one in attempt["comparisons"]}


class SecondLook(servers_test.Servers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client, cls.router, cls.server = (support.Namespace() for _ in range(3))
        for one in (cls.client, cls.router, cls.server):
            cls.addClassCleanup(one.close)
        support.join(cls.client, "lan0", cls.router, "lan1")
        support.join(cls.router, "wan0", cls.server, "wan1")
        # No packet is put together from several on the way: filters would see sizes that no cable carries.
        cls.client.shell("ip address add 10.84.1.2/24 dev lan0; ip link set dev lan0 gso_max_segs 1 up\n"
                         "ip route add default via 10.84.1.1")
        cls.router.shell("ip address add 10.84.1.1/24 dev lan1; ip link set lan1 up\n"
                         "ip address add 10.84.2.1/24 dev wan0; ip link set wan0 up\n"
                         "sysctl -qw net.ipv4.ip_forward=1")
        cls.server.shell(f"ip address add {SERVER}/24 dev wan1; ip link set dev wan1 gso_max_segs 1 up\n"
                         "ip route add default via 10.84.2.1")
        cls.serve()

    @classmethod
    def serve(cls):
        certificate = cls.authority.issue(NAME, OTHER, "example.com")
        folder = cls.common / "nginx"
        folder.mkdir()
        paths = "".join(f"  {kind}_temp_path {folder}/{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;\n" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user}daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{\n  access_log off;\n{paths}"
            f"  server {{ listen {SERVER}:443 ssl; listen {SERVER}:8890 ssl; ssl_certificate {certificate.chain}; "
            f"ssl_certificate_key {certificate.key}; }}\n"
            f"  server {{ listen {SERVER}:80; location / {{ return 200 'here'; }} }}\n}}\n", encoding="utf-8")
        process = subprocess.Popen(
            [*cls.server.prefix, "nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

        def stop():
            process.terminate()
            process.communicate(timeout=support.PATIENCE)

        cls.addClassCleanup(stop)
        support.eventually(lambda: all(f":{port} " in cls.server.run("ss", "-ltn") for port in (80, 443, 8890)),
                           "nginx starts")

    def filter(self, *rules):
        self.router.filter("forward", rules)
        self.addCleanup(self.router.run, "nft", "delete", "table", "inet", "forward_test")

    def look(self, rows, *options):
        site = self.site(hosts={name: SERVER for name in (NAME, OTHER)})
        return support.check("--targets", self.table(rows), "--site", site, "--timeout", TIMEOUT, "--ca-file",
                             self.authority.root, "--locate", "never", *options, prefix=self.client.prefix)

    def tls_rows(self):
        return {"one": support.row("tls", 443, NAME), "two": support.row("tls", 443, OTHER)}

    def place_of_name(self, name):
        """Where in the ClientHello the name stands, in bits from the beginning of TCP's header."""
        heard = []

        def serve(connection):
            heard.append(connection.recv(4096))

        with support.Listener(serve) as server:
            table = self.table({"one": support.row("tls", server.port, name)}, name="hello")
            site = self.site("here", hosts={name: "127.0.0.1"})
            support.check("--targets", table, "--site", site)
        [place] = {hello.index(name.encode()) for hello in heard if name.encode() in hello}
        timestamps = 12
        return (20 + timestamps + place) * 8

    def name_rule(self, name, what):
        letters = name[:8].encode()
        return f"tcp dport 443 @th,{self.place_of_name(name)},{len(letters) * 8} 0x{letters.hex()} {what}"

    def test_nothing_in_the_way(self):
        result = self.look(self.tls_rows())
        self.assert_exit(result, 0)
        for row in ("one", "two"):
            check = self.assert_verdict(result, row, "reachable", "answered")
            self.assertNotIn("comparisons", check["attempts"][0])

    def test_a_name_that_is_reset(self):
        self.filter(self.name_rule(NAME, "reject with tcp reset"))
        result = self.look(self.tls_rows())
        check = self.assert_verdict(result, "one", "broken", "reset-after-hello")
        self.assertEqual((check["owner"], check["confidence"]), ("network", "likely"), check["summary"])
        self.assertIn("the name is what is filtered", check["summary"])
        self.assertIn("reads server names", check["advice"])
        self.assertEqual(set(comparisons(check)), {"other-name", "no-name", "unchanged"})
        self.assertEqual(comparisons(check)["unchanged"], "reset-after-hello")
        self.assert_verdict(result, "two", "reachable", "answered")

    def test_a_name_that_is_dropped(self):
        self.filter(self.name_rule(NAME, "drop"))
        result = self.look(self.tls_rows())
        check = self.assert_verdict(result, "one", "broken", "hello-timeout")
        self.assertEqual((check["owner"], check["confidence"]), ("network", "likely"), check["summary"])
        self.assertIn("the name is what is filtered", check["summary"])
        self.assertEqual(comparisons(check)["small-segments"], "hello-timeout")
        self.assert_verdict(result, "two", "reachable", "answered")

    def test_every_greeting_is_reset(self):
        """A filter that does not go by the name."""
        self.filter("tcp dport 443 @th,256,8 0x16 reject with tcp reset")
        check = self.assert_verdict(self.look(self.tls_rows()), "one", "broken", "reset-after-hello")
        self.assertEqual(check["owner"], "unknown")
        self.assertIn("another server name and no name fare no better", check["summary"])

    def small_link(self, *rules):
        """Behind the router a link takes only small packets, and nobody is told."""
        self.router.filter("output", ["meta l4proto icmp drop", *rules])
        self.addCleanup(self.router.run, "nft", "delete", "table", "inet", "output_test")

    def test_this_hosts_large_packets_vanish(self):
        self.small_link()
        self.router.run("ip", "link", "set", "dev", "wan0", "mtu", "320")
        self.addCleanup(self.router.run, "ip", "link", "set", "dev", "wan0", "mtu", "1500")
        result = self.look(self.tls_rows())
        for row in ("one", "two"):
            check = self.assert_verdict(result, row, "blocked", "mtu-blackhole")
            self.assertEqual((check["owner"], check["confidence"]), ("network", "likely"), check["summary"])
            self.assertIn("what vanishes is sent by this host", check["summary"])
            self.assertIn("clamp the MSS", check["advice"])

    def test_the_far_ends_large_packets_vanish(self):
        self.filter(f"ip saddr {SERVER} ip length > 600 drop")
        check = self.assert_verdict(self.look(self.tls_rows()), "one", "blocked", "mtu-blackhole")
        self.assertIn("what vanishes is sent by the far end", check["summary"])
        self.assertIn("256 bytes both ways", check["summary"])

    def test_a_large_request_vanishes(self):
        """One in plain text, by a long path."""
        self.filter(f"ip daddr {SERVER} ip length > 600 drop")
        rows = {"large": support.row("http", 80, NAME, path="/" + "a" * 900), "small": support.row("http", 80, NAME)}
        result = self.look(rows)
        check = self.assert_verdict(result, "large", "blocked", "mtu-blackhole")
        self.assertEqual(check["confidence"], "possible")
        self.assert_verdict(result, "small", "reachable", "answered")


class Witness(support.Closing):
    """A web server of its own address, which tells a time of its own."""

    def __init__(self, address, ahead):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(204)
                self.end_headers()

            def date_time_string(self, timestamp=None):
                return email.utils.formatdate(time.time() + ahead.total_seconds(), usegmt=True)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((address, 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Clock(servers_test.Servers):
    """Certificates that are out of date, by whose clock?"""

    def ended(self, days):
        day = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)
        return self.authority.issue(NAME, start="20200101000000Z", end=day.strftime("%Y%m%d%H%M%SZ"))

    def begins(self, days):
        day = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
        return self.authority.issue(NAME, start=day.strftime("%Y%m%d%H%M%SZ"))

    def verdict(self, certificate, cause, *witnesses):
        """`witnesses`: by how many days other web servers' clocks differ from this host's."""
        servers = [Witness(f"127.0.0.{number}", datetime.timedelta(days=days))
                   for number, days in enumerate(witnesses, 2)]
        for one in servers:
            self.addCleanup(one.close)
        nginx = servers_test.Nginx(self.folder / f"nginx-{cause}-{len(witnesses)}", certificate, self.authority.root)
        self.addCleanup(nginx.close)
        rows = {"one": support.row("tls", nginx.ports["tls"], NAME)}
        for number, one in enumerate(servers, 2):
            rows[f"time-{number}"] = support.row("http", one.port, f"127.0.0.{number}")
        site = self.site(hosts=support.pins([NAME], [("tcp", nginx.ports["tls"])]))
        result = support.check("--targets", self.table(rows), "--site", site, "--timeout", "3", "--ca-file",
                               self.authority.root)
        return self.assert_verdict(result, "one", "untrusted", cause)

    def test_only_the_server_itself_tells_the_time(self):
        check = self.verdict(self.ended(10), "certificate-expired")
        self.assertEqual(check["confidence"], "likely")
        self.assertIn("by the server's own clock it is wrong too", check["summary"])
        self.assertEqual(comparisons(check), {"http-date": "answered"})

    def test_the_certificate_has_ended(self):
        check = self.verdict(self.ended(10), "certificate-expired", 0)
        self.assertIn("this host's clock agrees with that of 127.0.0.2", check["summary"])
        self.assertEqual(check["confidence"], "proven")
        self.assertIn(check["owner"], ("service", "vendor"))

    def test_this_hosts_clock_is_ahead(self):
        check = self.verdict(self.ended(10), "certificate-expired", -20, -20)
        self.assertEqual((check["owner"], check["confidence"]), ("this-host", "proven"), check["summary"])
        self.assertIn("this host's clock is 20 days ahead", check["summary"].replace("19 days", "20 days"))
        self.assertIn("UDP/123", check["advice"])

    def test_a_stapled_answer_is_dated(self):
        certificate = self.authority.issue(NAME)
        with servers_test.s_server(certificate, "-status_file", self.authority.staple(certificate)) as port:
            check = self.trusted({"one": support.row("tls", port, NAME)}).check_of("one")
        self.assertEqual(check["tls"]["staple"], "good")
        first, last = (datetime.datetime.fromisoformat(check["tls"][key].replace("Z", "+00:00"))
                       for key in ("staple_from", "staple_until"))
        self.assertEqual(last - first, datetime.timedelta(days=7))
        self.assertLess(abs(datetime.datetime.now(datetime.timezone.utc) - first), datetime.timedelta(minutes=10))

    def test_this_hosts_clock_is_behind(self):
        check = self.verdict(self.begins(10), "certificate-not-yet-valid", 20)
        self.assertEqual((check["owner"], check["confidence"]), ("this-host", "likely"), check["summary"])
        self.assertIn("days behind", check["summary"])

    def test_the_certificate_has_not_begun(self):
        check = self.verdict(self.begins(10), "certificate-not-yet-valid", 0)
        self.assertIn("this host's clock agrees", check["summary"])
        self.assertIn(check["owner"], ("service", "vendor"))


class Ended(support.TestCase):
    """A run that ends during the second look prints its report at once."""

    def far_end(self):
        def serve(connection):
            hello = connection.recv(4096)
            if NAME.encode() in hello:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            support.hold_open(connection)

        server = support.Listener(serve)
        self.addCleanup(server.close)
        table = self.table({"one": support.row("tls", server.port, NAME)})
        site = self.site(hosts=support.pins([NAME], [("tcp", server.port)]))
        return server, ["--targets", table, "--site", site, "--timeout", "50", "--format", "json"]

    def assert_report(self, out):
        result = support.Run([], 0, out, b"", 0)
        check = self.assert_verdict(result, "one", "broken", "reset-after-hello")
        self.assertEqual(check["owner"], "unknown")
        self.assertNotIn("filtered", check["summary"])

    def test_interrupt(self):
        server, arguments = self.far_end()
        with support.started("check", *arguments) as process:
            support.eventually(lambda: server.open_now >= 2, "two greetings are left unanswered")
            began = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=support.PATIENCE)
        self.assertEqual(process.returncode, 130)
        self.assertLess(time.monotonic() - began, 20)
        self.assert_report(out)

    def test_deadline(self):
        _, arguments = self.far_end()
        result = support.run("check", *arguments, "--deadline", "2")
        self.assertLess(result.seconds, 20)
        self.assert_report(result.raw)
