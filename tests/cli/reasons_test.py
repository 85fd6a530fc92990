"""One reason for many failures: said once and first, with what it rests on, and the checks under it name it.

The network: client (10.83.1.2) -- router (10.83.1.1 and 10.83.2.1) -- services (10.83.2.2 and three networks more).
"""

import json

import support

CLIENT, ROUTER, SERVER = "10.83.1.2", "10.83.1.1", "10.83.2.2"
# Unrelated places: one host has them all.
PLACES = ("198.18.1.1", "198.18.2.1", "198.18.3.1")
# Room for a repeated SYN, without which silence is not called blocked.
TIMEOUT = 1.5


class Network(support.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client, cls.router, cls.server = (support.Namespace() for _ in range(3))
        for one in (cls.client, cls.router, cls.server):
            cls.addClassCleanup(one.close)
        support.join(cls.client, "lan0", cls.router, "lan1")
        support.join(cls.router, "wan0", cls.server, "wan1")
        cls.client.shell(f"ip address add {CLIENT}/24 dev lan0; ip link set lan0 up; ip route add default via {ROUTER}")
        cls.router.shell(f"""
            ip address add {ROUTER}/24 dev lan1; ip link set lan1 up
            ip address add 10.83.2.1/24 dev wan0; ip link set wan0 up; ip route add default via {SERVER}
            sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000""")
        places = "; ".join(f"ip address add {place}/32 dev wan1" for place in PLACES)
        cls.server.shell(f"""
            ip address add {SERVER}/24 dev wan1; ip link set wan1 up; ip route add default via 10.83.2.1; {places}
            sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000""")

    def arguments(self, rows, *options, timeout=TIMEOUT):
        return ["check", "--targets", self.table(rows), "--timeout", timeout, *options]

    def check(self, rows, *options, timeout=TIMEOUT):
        arguments = self.arguments(rows, "--format", "json", *options, timeout=timeout)
        return support.run(*arguments, prefix=self.client.prefix)

    def shown(self, rows, *options, timeout=TIMEOUT):
        arguments = self.arguments(rows, *options, timeout=timeout)
        result = support.run(*arguments, prefix=self.client.prefix, env={"COLUMNS": 200})
        return " ".join(result.out.split())

    def assert_reason(self, result, code, rows):
        """The only reason of the run, and the rows whose checks it covers."""
        self.assertEqual([reason["code"] for reason in result.json["reasons"]], [code], str(result))
        [reason] = result.json["reasons"]
        covered = {check["id"] for check in result.json["checks"] if check.get("reason") == code}
        self.assertEqual(set(reason["checks"]), covered)
        self.assertEqual({result.checks[check]["row"].split("/", 1)[1] for check in covered}, set(rows))
        self.assertTrue(reason["rests_on"])
        return reason


def web(*places, port=80):
    return {f"web-{place}": support.row("tcp", port, place) for place in places}


class DeadUplink(Network):
    """Behind a router that is well nothing answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.router.filter("forward", ["drop"])

    def test_three_places(self):
        rows = {**web(*PLACES), "datagram": support.row("udp", 8888, SERVER, "udp")}
        result = self.check(rows)
        self.assert_exit(result, 3)
        for row in rows:
            found = self.assert_verdict(result, row, "inconclusive", "control-failed")
            self.assertEqual((found["owner"], found["confidence"]), ("network", "likely"))
        reason = self.assert_reason(result, "dead-uplink", rows)
        self.assertEqual(reason["where"], {"hop": 1, "address": ROUTER})
        self.assertIn(f"gets past {ROUTER} (hop 1)", reason["summary"])
        shown = self.shown(rows)
        self.assertEqual(shown.count("Nothing at all gets past"), 1)
        self.assertIn("see [1]", shown)
        self.assertLess(shown.index("Nothing at all gets past"), shown.index("see [1]"))

    def test_without_a_look_at_the_path(self):
        result = self.check(web(*PLACES), "--locate", "never")
        self.assert_exit(result, 3)
        self.assertNotIn("where", self.assert_reason(result, "dead-uplink", web(*PLACES)))

    def test_two_places_may_be_closed(self):
        rows = web(*PLACES[:2])
        result = self.check(rows)
        self.assert_exit(result, 1)
        for row in rows:
            self.assert_verdict(result, row, "blocked", "timeout")

    def test_a_neighbour_is_no_uplink(self):
        with support.far_end(self.router, "tcp/80"):
            rows = {**web(*PLACES), "neighbour": support.row("tcp", 80, ROUTER)}
            result = self.check(rows)
        self.assert_verdict(result, "neighbour", "reachable", "connected")
        reason = self.assert_reason(result, "dead-uplink", web(*PLACES))
        self.assertIn("Hosts on this host's own network answered", " ".join(reason["rests_on"]))

    def test_ndjson_says_it_again(self):
        """Lines were printed before the run was looked at as a whole."""
        rows = web(*PLACES)
        result = support.run(*self.arguments(rows, "--format", "ndjson"), prefix=self.client.prefix)
        *lines, last = [json.loads(line) for line in result.out.splitlines()]
        first = [line for line in lines if not line.get("revised")]
        again = [line for line in lines if line.get("revised")]
        self.assertEqual({line["cause"] for line in first}, {"timeout"})
        self.assertEqual({line["cause"] for line in again}, {"control-failed"})
        self.assertEqual([len(first), len(again)], [3, 3])
        self.assertEqual(lines[:3], first)
        self.assertEqual([reason["code"] for reason in last["reasons"]], ["dead-uplink"])


class OneRefusal(Network):
    def test_a_router_that_says_no_is_no_dead_uplink(self):
        self.router.filter("forward", [f"ip daddr {PLACES[0]} reject with icmp type admin-prohibited", "drop"])
        result = self.check(web(*PLACES))
        self.assert_exit(result, 1)
        self.assert_verdict(result, f"web-{PLACES[0]}", "blocked", "admin-prohibited")
        for place in PLACES[1:]:
            self.assert_verdict(result, f"web-{place}", "blocked", "timeout")


class NoGateway(Network):
    def test_nobody_answers_for_the_gateway(self):
        self.router.shell(f"ip address del {ROUTER}/24 dev lan1")
        result = self.check(web(*PLACES), timeout=4)
        reason = self.assert_reason(result, "gateway-silent", web(*PLACES))
        self.assertIn("does not answer ARP", reason["summary"])


class NoRoute(Network):
    def test_no_default_route(self):
        self.client.shell("ip route del default")
        with support.far_end(self.router, "tcp/80"):
            rows = {**web(*PLACES), "neighbour": support.row("tcp", 80, ROUTER)}
            result = self.check(rows)
        self.assert_exit(result, 1)
        self.assert_verdict(result, "neighbour", "reachable", "connected")
        reason = self.assert_reason(result, "no-route", web(*PLACES))
        self.assertEqual(reason["summary"], "This host has no default route for IPv4.")
        self.assertEqual(reason["owner"], "this-host")


class NoResolver(Network):
    NAMES = ("a.example", "b.example", "c.example")

    def rows(self):
        rows = {f"name-{name}": support.row("tcp", 80, name) for name in self.NAMES}
        return rows, {**rows, "address": support.row("tcp", 80, SERVER)}

    def test_nobody_listens(self):
        named, rows = self.rows()
        with support.far_end(self.server, "tcp/80"):
            result = self.check(rows, "--resolver", SERVER)
            shown = self.shown(rows, "--resolver", SERVER)
        self.assert_exit(result, 1)
        self.assert_verdict(result, "address", "reachable")
        reason = self.assert_reason(result, "no-resolver", named)
        self.assertEqual(reason["owner"], "resolver")
        self.assertIn(f"Resolver {SERVER}: ", " ".join(reason["rests_on"]))
        self.assertEqual(shown.count("No name resolves"), 1)
        self.assertIn("1. Mend the resolver first", shown)

    def test_it_says_nothing(self):
        self.server.filter("input", ["udp dport 53 drop", "tcp dport 53 drop"])
        named, rows = self.rows()
        with support.far_end(self.server, "tcp/80"):
            result = self.check(rows, "--resolver", SERVER)
        for row in named:
            self.assert_verdict(result, row, "unresolved", "dns-timeout")
        self.assert_reason(result, "no-resolver", named)


class OneFirewall(Network):
    """One firewall that drops one port."""

    def test_one_port(self):
        self.router.filter("forward", ["tcp dport 8888 drop"])
        rows = {**web(*PLACES), **{f"rating-{place}": support.row("tcp", 8888, place) for place in PLACES}}
        with support.far_end(self.server, "tcp/80", "tcp/8888"):
            # A look at three ways at once takes its time.
            result = self.check(rows, timeout=4)
            shown = self.shown(rows, timeout=4)
            blind = self.check(rows, "--locate", "never")
        self.assert_exit(result, 1)
        for place in PLACES:
            self.assert_verdict(result, f"web-{place}", "reachable")
            self.assert_verdict(result, f"rating-{place}", "blocked", "timeout")
        reason = self.assert_reason(result, "one-device", [f"rating-{place}" for place in PLACES])
        self.assertEqual(reason["where"]["address"], ROUTER)
        self.assertIn("The same hosts answered 3 checks on other ports.", reason["rests_on"])
        self.assertIn(f"Let TCP/8888 out to 3 hosts at {ROUTER} (hop 1): that alone restores all 3 rows", shown)
        # Without the device it is still the port.
        self.assert_reason(blind, "port-blocked", [f"rating-{place}" for place in PLACES])


class Explained(support.TestCase):
    def test_codes(self):
        overview = support.run("explain").out
        for code in ("no-resolver", "dead-uplink", "one-device", "port-blocked", "one-inspector"):
            self.assertIn(f"\n  {code}\n", overview)
            self.assertIn("a reason for many failures", support.run("explain", code).out)
        both = support.run("explain", "no-route").out
        self.assertIn("a cause of the verdict local", both)
        self.assertIn("a reason for many failures", both)
