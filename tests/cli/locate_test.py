"""Following packets hop by hop, as an ordinary user: which hops are asked, what they answer, and that no pause of a
router passes for a filter.

The network: client (10.82.1.2) -- r1 (10.82.1.1) -- r2 (10.82.2.2) -- r3 (10.82.3.2) -- server (10.82.4.2), the same
with IPv6. The routers answer as fast as Linux's defaults let them, and no faster.
"""

import support

SERVER, SERVER6 = "10.82.4.2", "fd82:4::2"
ROUTERS = {1: "10.82.1.1", 2: "10.82.2.2", 3: "10.82.3.2"}
ROUTERS6 = {1: "fd82:1::1", 2: "fd82:2::2", 3: "fd82:3::2"}
# Room for a repeated SYN, without which silence is not called blocked.
TIMEOUT = 1.5
MOST_PACKETS = 60


class Chain(support.TestCase):
    """The network, made anew for each test: routers remember whom they have answered."""

    def setUp(self):
        super().setUp()
        names = ["client", "r1", "r2", "r3", "server"]
        spaces = []
        for _ in names:
            spaces.append(support.Namespace())
            self.addCleanup(spaces[-1].close)
        self.client, self.r1, self.r2, self.r3, self.server = spaces
        for number, (one, other) in enumerate(zip(spaces, spaces[1:]), 1):
            support.join(one, f"far{number}", other, f"near{number}")
            for space, name, own in ((one, f"far{number}", 2 if number == 1 else 1),
                                     (other, f"near{number}", 1 if number == 1 else 2)):
                space.shell(f"""
                    ip address add 10.82.{number}.{own}/24 dev {name}
                    ip address add fd82:{number}::{own}/64 dev {name} nodad; ip link set {name} up""")
        for position, space in enumerate(spaces):
            commands = []
            if 0 < position < len(spaces) - 1:
                commands.append("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1")
            # Link n joins the spaces n-1 and n; what is not a neighbour's lies up or down the chain.
            for number in range(1, len(spaces)):
                if number > position + 1:
                    own = 1 if position == 0 else 2
                    next_hop = f"{position + 1}.{own}", f"{position + 1}::{own}"
                elif number < position:
                    next_hop = f"{position}.{2 if position == 1 else 1}", f"{position}::{2 if position == 1 else 1}"
                else:
                    continue
                commands.append(f"ip route add 10.82.{number}.0/24 via 10.82.{next_hop[0]}")
                commands.append(f"ip -6 route add fd82:{number}::/64 via fd82:{next_hop[1]}")
            space.shell("\n".join(commands))
        for address in (SERVER, SERVER6):
            support.eventually(lambda address=address: self.reaches(address), "a way to the server")

    def reaches(self, address):
        """A port where nobody listens refuses."""
        program = (f"import socket\ntry:\n  socket.create_connection(('{address}', 9), 1)\n"
                   "except ConnectionRefusedError:\n  print('refused')\nexcept OSError:\n  pass\n")
        return "refused" in self.client.run("python3", "-c", program, check=False)

    def check(self, rows, *options, timeout=TIMEOUT):
        table = self.table(rows)
        table.chmod(0o644)
        return support.check("--targets", table, "--timeout", timeout, *options,
                             prefix=[*self.client.prefix, *support.as_ordinary_user()])

    def path_of(self, result, row):
        """The path facts of the only check of a row."""
        check = result.check_of(row)
        paths = [attempt["path"] for attempt in check["attempts"] if attempt.get("path")]
        self.assertEqual(len(paths), 1, check)
        path = paths[0]
        packets = len(path["tested"]["probes"]) + len(path.get("control", {}).get("probes", []))
        self.assertLessEqual(packets, MOST_PACKETS)
        self.assertNotIn("missing", path)
        return path

    @staticmethod
    def answers(flow):
        """hop -> what came back, in order."""
        found = {}
        for probe in flow["probes"]:
            found.setdefault(probe["hop"], []).append((probe["answer"], probe.get("from")))
        return found

    def assert_dropped_behind(self, path, hop, routers, said=""):
        """The tested flow got as far as that router, and the control farther."""
        tested, control = self.answers(path["tested"]), self.answers(path["control"])
        said = f"{said}\ntested {tested}\ncontrol {control}"
        self.assertEqual(tested.get(hop), [("time-exceeded", routers[hop])], said)
        self.assertEqual(tested.get(hop + 1), [("silence", None)] * 3, said)
        if hop + 1 in routers:
            self.assertIn(("time-exceeded", routers[hop + 1]), control[hop + 1], said)
            self.assertTrue(path["complete"], said)
            # The control was answered before and after.
            silent = [probe["at_ms"] for probe in path["tested"]["probes"] if probe["hop"] == hop + 1]
            heard = [probe["at_ms"] for probe in path["control"]["probes"]
                     if probe["hop"] == hop + 1 and probe["answer"] == "time-exceeded"]
            self.assertGreater(max(heard), max(silent), said)
            self.assertLess(min(heard), max(silent), said)


class Ways(Chain):
    """What the sweeps see (the same over IPv4 and IPv6, TCP and UDP)."""

    def rows(self, name, port, probe="tcp", transport="tcp"):
        return {f"{name}-4": support.row(probe, port, SERVER, transport),
                f"{name}-6": support.row(probe, port, SERVER6, transport)}

    def families(self, result, name):
        for family, routers, server in (("4", ROUTERS, SERVER), ("6", ROUTERS6, SERVER6)):
            yield self.path_of(result, f"{name}-{family}"), routers, server

    def test_tcp(self):
        self.r2.filter("forward", ["tcp dport 2000 drop", "tcp dport 2001 reject with tcp reset",
                                   "tcp dport 2002 reject with icmpx type admin-prohibited"])
        rows = {**self.rows("open", 2100), **self.rows("dropped", 2000), **self.rows("reset", 2001),
                **self.rows("prohibited", 2002), **self.rows("closed", 2101)}
        with support.far_end(self.server, "tcp/2100"):
            result = self.check(rows, "--locate", "always", timeout=3.5)

        for path, routers, server in self.families(result, "dropped"):
            self.assert_dropped_behind(path, 2, routers)
            self.assertEqual(path["control_is"], "TCP/2100 of the same host")
        for family, routers in (("4", ROUTERS), ("6", ROUTERS6)):
            for name, cause in (("dropped", "timeout"), ("reset", "reset-on-path")):
                check = self.assert_verdict(result, f"{name}-{family}", "blocked", cause)
                self.assertEqual(check["confidence"], "proven", check)
                self.assertEqual(check["where"], {"hop": 2, "address": routers[2], "destination_hop": 4}, check)
        for path, routers, server in self.families(result, "open"):
            tested = self.answers(path["tested"])
            self.assertEqual(tested[4], [("accepted", None)], path)
            self.assertEqual(tested[3], [("time-exceeded", routers[3])], path)
        for name, hop in (("reset", 3), ("closed", 4)):
            for path, routers, server in self.families(result, name):
                tested = self.answers(path["tested"])
                self.assertEqual(tested[hop], [("reset", None)], path)
                self.assertEqual(tested[hop - 1], [("time-exceeded", routers[hop - 1])], path)
                self.assertIn(("accepted", None), self.answers(path["control"])[4], path)
        for path, routers, server in self.families(result, "prohibited"):
            tested = self.answers(path["tested"])
            self.assertEqual(tested[3], [("unreachable", routers[2])], path)

    def test_udp(self):
        self.r2.filter("forward", ["udp dport 8888 drop"])
        rows = {**self.rows("lost", 8888, "udp", "udp"), **self.rows("mute", 8889, "udp", "udp"),
                **self.rows("works", 53, "udp", "udp")}
        with support.far_end(self.server, "udp/53", "mute/8888", "mute/8889", "tcp/443"):
            result = self.check({**rows, **self.rows("tcp", 443)})
        for path, routers, server in self.families(result, "lost"):
            self.assertEqual(path["control_is"], "UDP/53 of the same host")
            self.assert_dropped_behind(path, 2, routers)
        for family in ("4", "6"):
            self.assert_verdict(result, f"lost-{family}", "blocked", "lost-on-path")
            self.assert_verdict(result, f"mute-{family}", "inconclusive", "path-open")
        for path, routers, server in self.families(result, "mute"):
            # As far as the last router, and then nothing where the control has its reply.
            self.assert_dropped_behind(path, 3, routers)
            self.assertIn(("replied", server), self.answers(path["control"])[4], path)

    def test_without_anything_that_works(self):
        """Plain datagrams to a high port, as traceroute sends them."""
        self.r2.filter("forward", ["tcp dport 2000 drop"])
        result = self.check(self.rows("dropped", 2000))
        for path, routers, server in self.families(result, "dropped"):
            self.assertEqual(path["control_is"], "UDP/33434 of the same host")
            self.assert_dropped_behind(path, 2, routers)
            self.assertIn(("unreachable", server), self.answers(path["control"])[4], path)

    def test_interrupted(self):
        """What is under way ends at once, and the report is printed all the same."""
        self.r1.filter("forward", ["tcp dport 2000-2039 drop"])
        # The looks at so many ways take the whole of their five seconds, were it not for the deadline.
        rows = {}
        for port in range(2000, 2040):
            rows.update(self.rows(f"dropped-{port}", port))
        result = self.check(rows, "--deadline", 7, timeout=5)
        self.assertIs(result.json["interrupted"], True)
        self.assertLess(result.json["elapsed_ms"], 9000)
        for name in rows:
            check = self.assert_verdict(result, name, "blocked", "timeout")
            self.assertFalse(any(attempt.get("path") for attempt in check["attempts"]), check)

    def test_own_filter(self):
        self.client.filter("output", ["tcp dport 2000 drop", "udp dport 2001 drop"])
        rows = {"tcp": support.row("tcp", 2000, SERVER), "udp": support.row("udp", 2001, SERVER, "udp")}
        result = self.check(rows, "--locate", "always")
        for probe in self.path_of(result, "tcp")["tested"]["probes"]:
            self.assertEqual(probe["answer"], "silence", probe)
        [probe] = self.path_of(result, "udp")["tested"]["probes"]
        self.assertEqual((probe["answer"], probe["code"]), ("not-sent", 1))

    def test_a_second_is_enough(self):
        self.r1.filter("forward", ["tcp dport 2000 drop"])
        with support.far_end(self.server, "tcp/2100"):
            result = self.check({**self.rows("open", 2100), **self.rows("dropped", 2000)}, "--locate", "always",
                                timeout=1)
        for path, routers, server in self.families(result, "dropped"):
            self.assertIn(("silence", None), self.answers(path["tested"])[2], path)
            probes = path["tested"]["probes"]
            # With the default budget the last packet leaves two seconds after the first. A pause of the program's makes
            # a silence longer, but lets no packet leave later.
            self.assertLessEqual(probes[-1]["at_ms"] - probes[0]["at_ms"], 1000, probes)
            self.assertLessEqual(probes[-1]["at_ms"] + probes[-1]["took_ms"] - probes[0]["at_ms"], 2000, probes)


class ManyChecks(Chain):
    """Forty blocked ports behind one router whose answers are few."""

    def assert_no_false_silence(self, result, names, routers, behind):
        """No check takes a router's pause for a filter; returns how many saw the whole of it."""
        complete = 0
        for name in names:
            path = self.path_of(result, name)
            tested, control = self.answers(path["tested"]), self.answers(path["control"])
            said = f"{name}: {path['complete']} tested {tested} control {control}"
            for hop in range(1, behind + 1):
                self.assertNotIn(("silence", None), tested.get(hop, []), said)
            for hop, heard in tested.items():
                if hop > behind:
                    self.assertEqual({answer for answer, _ in heard}, {"silence"}, said)
            if path["complete"]:
                self.assertEqual(len(tested[behind + 1]), 3, said)
            check = result.check_of(name)
            self.assertEqual(check["verdict"], "blocked", said)
            if "hop" in check.get("where", {}):
                self.assertEqual(check["where"]["hop"], behind, said)
            complete += path["complete"] and behind in tested
        return complete

    def blocked(self, hosts, filtering, timeout):
        filtering.filter("forward", ["tcp dport 3000-3099 drop"])
        ports = range(3000, 3040)
        rows = {f"blocked-{port}": support.row("tcp", port, hosts[port % len(hosts)]) for port in ports}
        rows.update({f"open-{number}": support.row("tcp", 2100, host) for number, host in enumerate(hosts)})
        with support.far_end(self.server, "tcp/2100"):
            return self.check(rows, timeout=timeout), [f"blocked-{port}" for port in ports]

    def test_one_host(self):
        result, names = self.blocked([SERVER], self.r1, 3.5)
        self.assertGreaterEqual(self.assert_no_false_silence(result, names, ROUTERS, 1), 3)
        self.assertLess(result.json["elapsed_ms"], 12000)

    def test_one_host_ipv6(self):
        result, names = self.blocked([SERVER6], self.r2, 3.5)
        self.assertGreaterEqual(self.assert_no_false_silence(result, names, ROUTERS6, 2), 10)

    def test_many_hosts(self):
        hosts = [f"10.82.4.{number}" for number in range(100, 140)]
        self.server.shell("\n".join(f"ip address add {host}/24 dev near4" for host in hosts))
        result, names = self.blocked(hosts, self.r2, 3.5)
        self.assert_no_false_silence(result, names, ROUTERS, 2)


class Loss(Chain):
    """Routers that lose their first answer to each flow."""

    def test_silent_hops_are_asked_again(self):
        for router in (self.r1, self.r2, self.r3):
            # A counter for each flow, by the port that is quoted: which flow is asked when must not matter.
            router.filter("output", [f"icmp type time-exceeded @th,240,16 {port} numgen inc mod 1000 0 drop"
                                     for port in (2000, 2100)])
        self.r3.filter("forward", ["tcp dport 2000 drop"])
        rows = {"open": support.row("tcp", 2100, SERVER), "dropped": support.row("tcp", 2000, SERVER)}
        with support.far_end(self.server, "tcp/2100"):
            result = self.check(rows, timeout=3.5)
        path = self.path_of(result, "dropped")
        tested, control = self.answers(path["tested"]), self.answers(path["control"])
        said = f"tested {tested} control {control}"
        self.assertIn(("time-exceeded", ROUTERS[3]), tested[3], said)
        self.assertEqual(tested[4], [("silence", None)] * 3, said)
        self.assertIn(("accepted", None), control[4], said)
        # Each hop was heard all the same.
        for hop, router in ROUTERS.items():
            self.assertIn(("time-exceeded", router), control.get(hop, []) + tested.get(hop, []), said)
        again = [hop for flow in (tested, control) for hop, heard in flow.items() if hop <= 3 and len(heard) > 1]
        self.assertTrue(again, said)
