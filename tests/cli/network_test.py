"""Networks that fail in every way: each row says exactly why it could not be reached, and where.

The network: client (10.81.1.2) -- router (10.81.1.1 and 10.81.2.1) -- server (10.81.2.2), the same with IPv6. What the
router does to a port is a rule in nftables; a run checks all ports of a test at once.
"""

import support

CLIENT, ROUTER, SERVER = "10.81.1.2", "10.81.1.1", "10.81.2.2"
CLIENT6, ROUTER6, SERVER6 = "fd81:1::2", "fd81:1::1", "fd81:2::2"
# Room for a repeated SYN, without which silence is not called blocked.
TIMEOUT = 1.5


class NoWayOut(support.TestCase):
    """A namespace in which there is only loopback; tests/cli/run has made it."""

    def assert_every_row_local(self, result):
        self.assert_exit(result, 1)
        for row in result.json["rows"]:
            self.assertIn(row["state"], ("local", "unconfigured"), row)
        tried = [check for check in result.json["checks"] if check["verdict"] != "skipped"]
        self.assertGreater(len(tried), 20)
        for check in tried:
            self.assertEqual((check["verdict"], check["cause"]), ("local", "no-route"), check)
            self.assertEqual(check["owner"], "this-host")
        # Nothing has waited for its timeout, which is 3.5 s.
        self.assertLess(result.json["elapsed_ms"], 3000)

    def with_resolver(self, address):
        return support.with_file(self.write("resolv.conf", f"nameserver {address}\n"), "/etc/resolv.conf")

    def test_every_row(self):
        for table in ("fortiproxy-7.4", "fortiguard"):
            result = support.check("--targets", table, prefix=self.with_resolver("192.0.2.53"))
            self.assert_every_row_local(result)
            self.assertEqual(result.json["vantage"]["resolvers"], ["192.0.2.53"])

    def test_peers_by_address(self):
        peers = [f"--peer={name}=192.0.2.{number},2001:db8::{number}" for number, name in
                 enumerate(("FortiGuard", "FortiManager", "FortiAnalyzer", "FortiAuthenticator", "FortiSandbox"), 1)]
        self.assert_every_row_local(support.check(*peers))

    def test_without_even_loopback(self):
        result = support.check("--resolver", "192.0.2.53", prefix=["unshare", "-n"])
        self.assert_every_row_local(result)

    def test_dead_resolver_on_this_host(self):
        """A stub resolver that is not running refuses: that is the resolver's trouble."""
        result = support.check("--resolver", "127.0.0.1:9", "--only", "AV/IPS Update")
        self.assert_exit(result, 1)
        tried = [check for check in result.json["checks"] if check["cause"] != "not-applicable"]
        self.assertGreater(len(tried), 4)
        for check in tried:
            self.assertEqual(check["verdict"], "unresolved", check)
            self.assertEqual(check["owner"], "resolver")

    def test_what_works_is_still_told(self):
        with support.Listener() as server:
            table = self.table({"here": support.row("tcp", server.port), "there": support.row("tcp", 80, "192.0.2.1")})
            result = support.check("--targets", table)
        self.assert_exit(result, 1)
        self.assert_verdict(result, "here", "reachable", "connected")
        self.assert_verdict(result, "there", "local", "no-route")


class Source(support.TestCase):
    """Where packets leave from."""

    def test_source_address(self):
        seen = []

        def serve(connection):
            seen.append(connection.getpeername()[0])
            support.hold_open(connection)

        with support.Listener(serve) as server, support.DatagramServer(lambda query: [query]) as datagrams:
            rows = {"tcp": support.row("tcp", server.port), "udp": support.row("udp", datagrams.port, transport="udp")}
            table = self.table(rows)
            site = self.site(network={"source": "127.0.0.3"})
            for source, options in (("127.0.0.2", ["--source", "127.0.0.2"]), ("127.0.0.3", ["--site", site]),
                                    ("127.0.0.2", ["--site", site, "--source", "127.0.0.2"])):
                seen.clear()
                result = support.check("--targets", table, *options)
                self.assert_exit(result, 0)
                support.eventually(lambda: seen, "a connection")
                self.assertEqual(seen, [source])

    def test_source_of_another_host(self):
        with support.Listener() as server:
            table = self.table({"tcp": support.row("tcp", server.port),
                                "udp": support.row("udp", server.port, transport="udp")})
            for options in (["--source", "192.0.2.1"], ["--interface", "nosuch0"]):
                result = support.check("--targets", table, *options)
                self.assert_exit(result, 1)
                for row in ("tcp", "udp"):
                    check = self.assert_verdict(result, row, "local", "source-unavailable")
                    self.assertEqual(check["owner"], "this-host")

    def test_interface(self):
        with support.Listener() as server:
            table = self.table({"one": support.row("tcp", server.port)})
            self.assert_exit(support.check("--targets", table, "--interface", "lo"), 0)


class Routed(support.TestCase):
    """client -- router -- server, open until a test adds rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client, cls.router, cls.server = (support.Namespace() for _ in range(3))
        for one in (cls.client, cls.router, cls.server):
            cls.addClassCleanup(one.close)
        support.join(cls.client, "lan0", cls.router, "lan1")
        support.join(cls.router, "wan0", cls.server, "wan1")
        # No duplicate address detection: the IPv6 addresses can be used at once.
        cls.client.shell(f"""
            ip address add {CLIENT}/24 dev lan0; ip address add {CLIENT6}/64 dev lan0 nodad; ip link set lan0 up
            ip route add default via {ROUTER}; ip -6 route add default via {ROUTER6}""")
        cls.router.shell(f"""
            ip address add {ROUTER}/24 dev lan1; ip address add {ROUTER6}/64 dev lan1 nodad; ip link set lan1 up
            ip address add 10.81.2.1/24 dev wan0; ip address add fd81:2::1/64 dev wan0 nodad; ip link set wan0 up
            sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
            sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000""")
        cls.server.shell(f"""
            ip address add {SERVER}/24 dev wan1; ip address add {SERVER6}/64 dev wan1 nodad; ip link set wan1 up
            ip route add default via 10.81.2.1; ip -6 route add default via fd81:2::1
            sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000""")
        for address in (SERVER, SERVER6):
            support.eventually(lambda address=address: "1 received" in cls.client.run(
                "ping", "-c1", "-W1", address, check=False) or cls.reaches(address), "a way to the server")

    @classmethod
    def reaches(cls, address):
        """Without ping: a port where nobody listens refuses."""
        program = (f"import socket, sys\ntry:\n  socket.create_connection(('{address}', 9), 1)\n"
                   "except ConnectionRefusedError:\n  print('refused')\nexcept OSError:\n  pass\n")
        return "refused" in cls.client.run("python3", "-c", program, check=False)

    def check(self, rows, *options, timeout=TIMEOUT):
        return support.check("--targets", self.table(rows), "--timeout", timeout, *options, prefix=self.client.prefix)

    def assert_at(self, check, address, owner="network"):
        self.assertEqual(check.get("where", {}).get("address"), address, check)
        self.assertEqual(check["owner"], owner, check)


def four_rows(name, port):
    """A port over TCP and UDP, with IPv4 and IPv6."""
    return {
        f"{name}-tcp-4": support.row("tcp", port, SERVER), f"{name}-tcp-6": support.row("tcp", port, SERVER6),
        f"{name}-udp-4": support.row("udp", port, SERVER, "udp"),
        f"{name}-udp-6": support.row("udp", port, SERVER6, "udp"),
    }


class Router(Routed):
    # port -> (name, nftables' words, cause); each for TCP and UDP, with IPv4 and IPv6.
    REJECTS = {
        2001: ("admin", "reject with icmpx type admin-prohibited", "admin-prohibited"),
        2002: ("port", "reject with icmpx type port-unreachable", "port-unreachable-on-path"),
        2003: ("host", "reject with icmpx type host-unreachable", "host-unreachable"),
        2004: ("net", "reject with icmpx type no-route", "net-unreachable"),
    }
    # Only IPv4 has these, and only IPv6 has those.
    REJECTS4 = {2011: ("icmp type host-prohibited", "admin-prohibited"),
                2012: ("icmp type net-prohibited", "admin-prohibited")}
    REJECTS6 = {2021: ("icmpv6 type policy-fail", "admin-prohibited"),
                2022: ("icmpv6 type reject-route", "admin-prohibited")}

    def test_everything(self):
        """One run of every rule, with IPv4 and IPv6, and what works beside it."""
        rules = ["tcp dport 2000 drop", "udp dport 2000 drop", "tcp dport 2005 reject with tcp reset"]
        rows = {**four_rows("open", 2100), **four_rows("dropped", 2000), **four_rows("closed", 2101)}
        rows["reset-4"] = support.row("tcp", 2005, SERVER)
        rows["reset-6"] = support.row("tcp", 2005, SERVER6)
        for port, (name, words, _) in self.REJECTS.items():
            rules += [f"tcp dport {port} {words}", f"udp dport {port} {words}"]
            rows.update(four_rows(name, port))
        for port, (words, _) in self.REJECTS4.items():
            rules.append(f"ip protocol tcp tcp dport {port} reject with {words}")
            rows[f"only-{port}"] = support.row("tcp", port, SERVER)
        for port, (words, _) in self.REJECTS6.items():
            rules.append(f"meta nfproto ipv6 tcp dport {port} reject with {words}")
            rows[f"only-{port}"] = support.row("tcp", port, SERVER6)
        self.router.filter("forward", rules)
        with support.far_end(self.server, "tcp/2100", "udp/2100", *(f"tcp/{port}" for port in range(2000, 2006)),
                             *(f"udp/{port}" for port in range(2000, 2005))):
            result = self.check(rows)
        self.assert_exit(result, 1)

        for family, router, server in (("4", ROUTER, SERVER), ("6", ROUTER6, SERVER6)):
            with self.subTest(family=family):
                self.assert_verdict(result, f"open-tcp-{family}", "reachable", "connected")
                self.assert_verdict(result, f"open-udp-{family}", "reachable", "answered")
                # Silence: of SYNs it means something, of datagrams nothing.
                self.assert_verdict(result, f"dropped-tcp-{family}", "blocked", "timeout")
                self.assert_verdict(result, f"dropped-udp-{family}", "inconclusive", "no-reply")
                # The destination's own word.
                self.assert_verdict(result, f"closed-tcp-{family}", "closed", "refused")
                check = self.assert_verdict(result, f"closed-udp-{family}", "closed", "port-unreachable")
                self.assert_at(check, server, "service")
                # A reset does not name its sender.
                check = self.assert_verdict(result, f"reset-{family}", "closed", "refused")
                self.assertEqual(check["confidence"], "likely")
                for name, _, cause in self.REJECTS.values():
                    for transport in ("tcp", "udp"):
                        with self.subTest(name=name, transport=transport):
                            check = self.assert_verdict(result, f"{name}-{transport}-{family}", "blocked", cause)
                            self.assert_at(check, router)
                            self.assertEqual(check["confidence"], "proven")
                            # Before the timeout.
                            self.assertLess(check["timing_ms"]["total"], 1400)
        for port, (_, cause) in self.REJECTS4.items():
            self.assert_at(self.assert_verdict(result, f"only-{port}", "blocked", cause), ROUTER)
        for port, (_, cause) in self.REJECTS6.items():
            self.assert_at(self.assert_verdict(result, f"only-{port}", "blocked", cause), ROUTER6)
        # In words, too: the table names the router.
        shown = support.run("check", "--targets", self.table({"one": support.row("tcp", 2001, SERVER)}),
                            prefix=self.client.prefix)
        self.assertIn(ROUTER, shown.out)


class Destination(Routed):
    def test_reject_on_the_destination_itself(self):
        self.server.filter("input", ["tcp dport 2200 reject", "udp dport 2200 reject",
                                     "tcp dport 2201 reject with icmpx type admin-prohibited", "tcp dport 2202 drop"])
        rows = {**four_rows("rejected", 2200), "prohibited": support.row("tcp", 2201, SERVER),
                "dropped": support.row("tcp", 2202, SERVER)}
        result = self.check(rows)
        self.assert_exit(result, 1)
        for family, server in (("4", SERVER), ("6", SERVER6)):
            for transport in ("tcp", "udp"):
                check = self.assert_verdict(result, f"rejected-{transport}-{family}", "closed", "port-unreachable")
                self.assert_at(check, server, "service")
        self.assert_verdict(result, "prohibited", "blocked", "admin-prohibited")
        self.assert_verdict(result, "dropped", "blocked", "timeout")

    def test_host_that_is_not_there(self):
        """The router finds nobody behind that address, and says so after its ARP requests went unanswered."""
        result = self.check({"one": support.row("tcp", 80, "10.81.2.77"), "two": support.row("tcp", 80, "fd81:2::77")},
                            timeout=4)
        self.assert_at(self.assert_verdict(result, "one", "blocked", "host-unreachable"), ROUTER)
        self.assert_at(self.assert_verdict(result, "two", "blocked", "host-unreachable"), ROUTER6)

    def test_router_without_a_route(self):
        # The router rates its answers, and the other tests' ways have used some.
        result = self.check({"one": support.row("tcp", 80, "10.99.0.1"),
                             "two": support.row("udp", 80, "10.99.0.1", "udp")}, "--retries", "3")
        self.assert_at(self.assert_verdict(result, "one", "blocked", "net-unreachable"), ROUTER)
        self.assert_at(self.assert_verdict(result, "two", "blocked", "net-unreachable"), ROUTER)

    def test_neighbour_that_is_not_there(self):
        """On this host's own network nobody answers ARP: not this host's fault, and no router's."""
        result = self.check({"one": support.row("tcp", 80, "10.81.1.77")}, timeout=4)
        self.assert_verdict(result, "one", "blocked", "host-unreachable")


class OwnFilter(Routed):
    def test_own_rules(self):
        """This host's own firewall is never the network's fault."""
        self.client.filter("output", ["udp dport 2300 drop", "tcp dport 2301 reject",
                                      "tcp dport 2302 reject with icmpx type admin-prohibited",
                                      "udp dport 2301 reject"])
        rows = {**four_rows("rejected", 2301), "dropped": support.row("udp", 2300, SERVER, "udp"),
                "dropped-6": support.row("udp", 2300, SERVER6, "udp"),
                "prohibited": support.row("tcp", 2302, SERVER), "open": support.row("tcp", 2303, SERVER)}
        with support.far_end(self.server, "tcp/2303"):
            result = self.check(rows)
        self.assert_exit(result, 1)
        self.assert_verdict(result, "open", "reachable", "connected")
        for name in rows.keys() - {"open"}:
            with self.subTest(name=name):
                check = self.assert_verdict(result, name, "local", "local-firewall")
                self.assertEqual(check["owner"], "this-host")


class Swallowed(Routed):
    """The only router swallows everything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # It knows a way for everything, and lets nothing go there.
        cls.router.shell(f"ip route add default via {SERVER}; ip -6 route add default via {SERVER6}")
        cls.router.filter("forward", ["drop"])

    def test_every_row(self):
        """The resolver is beyond it, too: of nothing at all that answers nothing follows for a single row."""
        for table in ("fortiproxy-7.4", "fortiguard"):
            result = support.check("--targets", table, "--resolver", SERVER, "--timeout", TIMEOUT,
                                   prefix=self.client.prefix)
            self.assert_exit(result, 3)
            tried = 0
            for check in result.json["checks"]:
                if check["verdict"] == "skipped":
                    continue
                tried += 1
                self.assertEqual((check["verdict"], check["cause"]), ("inconclusive", "control-failed"), check)
                self.assertEqual(check["reason"], "dead-uplink")
                self.assertTrue(check["advice"])
            self.assertGreater(tried, 20)
            # One check's worst case and one more timeout for a look at the way, whatever the number of rows; the margin
            # is measured where nothing else runs.
            self.assertLess(result.json["elapsed_ms"], 2000 * TIMEOUT + 5000)

    def test_peers_by_address(self):
        result = support.check("--peer", f"FortiGuard={SERVER},{SERVER6}", "--peer", f"FortiManager={SERVER}",
                               "--only", "FortiGuard", "--only", "FortiManager", "--timeout", TIMEOUT,
                               prefix=self.client.prefix)
        self.assert_exit(result, 1)
        for check in result.json["checks"]:
            if check["verdict"] != "skipped":
                expected = ("blocked", "timeout") if check["transport"] == "tcp" else ("inconclusive", "no-reply")
                self.assertEqual((check["verdict"], check["cause"]), expected, check)

    def test_too_short_for_a_verdict(self):
        """Without time for a second SYN nothing is called blocked."""
        result = self.check({"one": support.row("tcp", 80, SERVER)}, timeout=0.3)
        self.assert_exit(result, 3)
        self.assert_verdict(result, "one", "inconclusive", "no-reply")

    def test_resolver_that_the_router_refuses(self):
        """The same router says no for the resolver: that is told apart from silence."""
        self.router.shell("nft insert rule inet forward_test rules ip daddr 10.81.2.53 "
                          "reject with icmp type admin-prohibited")
        result = support.check("--resolver", "10.81.2.53", "--only", "AV/IPS Update", "--timeout", TIMEOUT,
                               prefix=self.client.prefix)
        self.assert_exit(result, 1)
        tried = [check for check in result.json["checks"] if check["cause"] != "not-applicable"]
        self.assertGreater(len(tried), 4)
        for check in tried:
            self.assertEqual(check["verdict"], "unresolved")
            self.assertNotEqual(check["cause"], "dns-timeout", check["attempts"])
            self.assertEqual(check["owner"], "network")
            self.assertEqual(check["where"]["address"], ROUTER)


class HostsFile(support.TestCase):
    """A public name that the hosts file of this host leads elsewhere."""

    def test_it_is_followed(self):
        client = support.Namespace()
        self.addCleanup(client.close)
        hosts = self.write("hosts", "127.0.0.1 update.fortiguard.net\n")
        client.run("mount", "--bind", str(hosts), "/etc/hosts")
        rows = {"open": support.row("tcp", 2400, "update.fortiguard.net"),
                "closed": support.row("tcp", 2401, "update.fortiguard.net")}
        with support.far_end(client, "tcp/2400"):
            result = support.check("--targets", self.table(rows), prefix=client.prefix)
        for name, verdict in (("open", "reachable"), ("closed", "closed")):
            found = self.assert_verdict(result, name, verdict)
            self.assertIn("hosts file of this host leads update.fortiguard.net to 127.0.0.1", found["warnings"][0])


class WithoutSix(support.TestCase):
    """A host without IPv6, and a name with addresses of both families."""

    def test_dual_stack_name(self):
        client, server = support.Namespace(), support.Namespace()
        self.addCleanup(client.close)
        self.addCleanup(server.close)
        support.join(client, "lan0", server, "lan1")
        client.shell("sysctl -qw net.ipv6.conf.all.disable_ipv6=1; "
                     "ip address add 10.82.0.1/24 dev lan0; ip link set lan0 up")
        server.shell("ip address add 10.82.0.2/24 dev lan1; ip link set lan1 up")
        hosts = self.write("hosts", "10.82.0.2 dual.example\n2001:db8::2 dual.example\n")
        client.run("mount", "--bind", str(hosts), "/etc/hosts")
        rows = {"open": support.row("tcp", 2400, "dual.example"), "closed": support.row("tcp", 2401, "dual.example"),
                "datagram": support.row("udp", 2400, "dual.example", "udp"),
                "six": support.row("tcp", 2400, "2001:db8::2")}
        site = self.site(dns={"split_horizon": ["*.example"]})
        with support.far_end(server, "tcp/2400", "udp/2400"):
            for options in ([], ["--all-addresses"]):
                result = support.check("--targets", self.table(rows), "--site", site, "--timeout", TIMEOUT, *options,
                                       prefix=client.prefix, timeout=20)
                for name, verdict, cause in (("open", "reachable", "connected"), ("datagram", "reachable", "answered"),
                                             ("closed", "closed", "refused")):
                    check = self.assert_verdict(result, name, verdict, cause)
                    self.assertEqual(check["address"], "10.82.0.2")
                    # That this host has no IPv6 is no news as long as the service has an IPv4 address.
                    self.assertEqual(check["warnings"], [])
                self.assertIn(result.check_of("six")["verdict"], ("local", "skipped"))
                self.assertLess(result.json["elapsed_ms"], 3000)
