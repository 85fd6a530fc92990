"""Both ends: `respond` in one namespace, `check --responder-key` in another, and networks between them that translate,
filter and lose.

Direct: client (10.83.0.1) -- server (10.83.0.2), one Ethernet segment. Routed: client (10.84.1.2) -- router (10.84.1.1
and 10.84.2.1) -- server (10.84.2.2).
"""

import json
import os
import re

import support
from respond_test import OTHER_KEY, Responder

CLIENT, SERVER, SERVER6 = "10.83.0.1", "10.83.0.2", "fd83::2"
FAR_CLIENT, ROUTER, FAR_ROUTER, FAR_SERVER = "10.84.1.2", "10.84.1.1", "10.84.2.1", "10.84.2.2"
# Room for the second request by datagrams, and for a repeated SYN.
TIMEOUT = 1.6
# Room for the third request, after 1.5 s.
ALL_REQUESTS = 2.5


def overtaken(check):
    """Half a second after the responder's attempt the service's own begins, and it has won."""
    return check["cause"] != "responder-confirmed" and any(
        attempt["responder"] and attempt["abandoned"] for attempt in check["attempts"])


def again_where(hurried, run):
    """What run() gives, but not what a busy machine made of it: up to three times, until no check of it is `hurried`.
    What the program does wrong, it does each time."""
    for _ in range(3):
        result = run()
        if not any(hurried(check) for check in result.json["checks"]):
            break
    return result


class TwoEnded(support.TestCase):
    """Namespaces, and a check that knows the key."""

    def namespaces(self, count):
        spaces = [support.Namespace() for _ in range(count)]
        for one in spaces:
            self.addCleanup(one.close)
        return spaces

    def direct(self):
        client, server = self.namespaces(2)
        support.join(client, "lan0", server, "lan1")
        for one, end, number in ((client, "lan0", 1), (server, "lan1", 2)):
            one.shell(f"sysctl -qw net.ipv6.conf.{end}.accept_dad=0; "
                      f"ip address add 10.83.0.{number}/24 dev {end}; ip address add fd83::{number}/64 dev {end}; "
                      f"ip link set {end} up")
        return client, server

    def routed(self):
        client, router, server = self.namespaces(3)
        support.join(client, "lan0", router, "lan1")
        support.join(router, "wan1", server, "wan0")
        client.shell(f"ip address add {FAR_CLIENT}/24 dev lan0; ip link set lan0 up; "
                     f"ip route add default via {ROUTER}")
        router.shell(f"sysctl -qw net.ipv4.ip_forward=1; ip address add {ROUTER}/24 dev lan1; ip link set lan1 up; "
                     f"ip address add {FAR_ROUTER}/24 dev wan1; ip link set wan1 up")
        server.shell(f"ip address add {FAR_SERVER}/24 dev wan0; ip link set wan0 up; "
                     f"ip route add default via {FAR_ROUTER}")
        return client, router, server

    def nat(self, namespace, hook, rule):
        """One rule that translates; hook is `prerouting` or `postrouting`."""
        priority = -100 if hook == "prerouting" else 100
        namespace.shell(f"nft 'add table ip nat_test; add chain ip nat_test {hook} "
                        f"{{ type nat hook {hook} priority {priority}; }}; add rule ip nat_test {hook} {rule}'")

    def check_once(self, client, table, *options, key=None, timeout=TIMEOUT, prefix=()):
        return support.check("--targets", table, "--timeout", timeout, "--responder-key", key or self.responder.key,
                             *options, prefix=[*client.prefix, *prefix])

    def check(self, *arguments, **options):
        """A check that lets the responder have its say, if it is there."""
        return again_where(overtaken, lambda: self.check_once(*arguments, **options))

    def assert_confirmed(self, result, row, *words):
        check = self.assert_verdict(result, row, "reachable", "responder-confirmed")
        for word in words:
            self.assertIn(word, check["summary"])
        return check


def rows(*ports):
    """A table's rows, one a port, each with the probe that says least."""
    made = {}
    for port in ports:
        transport, number = port.split("/")
        probe = {"TCP": "tcp", "UDP": "udp", "ESP": "esp", "ETH": "ha-heartbeat"}[transport]
        text = "ESP (IP 50)" if transport == "ESP" else port
        made[f"{transport}-{number}".lower()] = {"ports": text, "checks": [{"port": port, "probe": probe}]}
    return made


class EveryRow(TwoEnded):
    def test_fortiproxy_both_directions(self):
        client, server = self.direct()
        self.responder = Responder(self, "fortiproxy-7.4", prefix=server.prefix)
        plan = support.run("list", "--direction", "both", "--format", "json").json
        names = {row["peer"] for row in plan["rows"] if row["direction"] == "outgoing"} | {"FortiProxy"}
        peers = [f"--peer={name}={SERVER}" for name in sorted(names)]
        result = self.check_once(client, "fortiproxy-7.4", "--direction", "both", *peers)
        self.assertEqual(len(result.json["rows"]), len(plan["rows"]))
        transports = set()
        for check in result.json["checks"]:
            # Dialled by another check of its row, used by other devices alone, or of the other family.
            if check["cause"] == "not-applicable":
                self.assertRegex(check["summary"], "^used only by a device with |is not an IPv6 address|"
                                                   "is what another check of this row dials already")
                continue
            self.assertEqual(check["verdict"], "reachable", check)
            # On a busy machine the service's attempt may overtake the responder's reply.
            if len(check["attempts"]) > 1:
                continue
            self.assertEqual(check["cause"], "responder-confirmed", check)
            self.assertEqual(check["warnings"], [], check)
            self.assertTrue(check["attempts"][0]["responder"])
            transports.add(check["transport"])
        self.assertEqual(transports, {"tcp", "udp", "esp", "ethernet"})
        for row in result.json["rows"]:
            over_ipv6 = row["id"].endswith("/ipv6-fgfm-management")
            self.assertEqual(row["state"], "unconfigured" if over_ipv6 else "reachable", row)
        self.assert_exit(result, 0)

    def test_six(self):
        client, server = self.direct()
        table = self.table(rows("TCP/443", "UDP/9443", "ESP/50"))
        self.responder = Responder(self, table, prefix=server.prefix)
        result = self.check(client, table, f"--peer=Peer={SERVER6}")
        self.assert_exit(result, 0)
        for row in ("tcp-443", "udp-9443"):
            self.assert_confirmed(result, row, "the far end saw [fd83::1]:", "TTL 64")
        self.assert_confirmed(result, "esp-50", "the far end saw fd83::1")

    def test_what_arrived(self):
        """The far end names this host, its port and its hardware address as they are."""
        client, server = self.direct()
        table = self.table(rows("TCP/443", "UDP/9443", "ESP/50", "ETH/0x8890"))
        self.responder = Responder(self, table, prefix=server.prefix)
        result = self.check(client, table, f"--peer=Peer={SERVER}", "-v")
        for row in ("tcp-443", "udp-9443"):
            check = self.assert_confirmed(result, row, "TTL 64")
            self.assertIn(f"the far end saw {check['attempts'][0]['local']}", check["summary"])
        self.assert_confirmed(result, "esp-50", f"the far end saw {CLIENT}, TTL 64")
        link = json.loads(client.run("ip", "-json", "link", "show", "dev", "lan0"))[0]["address"]
        self.assert_confirmed(result, "eth-0x8890", f"the far end saw {link}")


class Between(TwoEnded):
    """What lies between is seen from its ends."""

    def setUp(self):
        super().setUp()
        self.client, self.router, self.server = self.routed()
        self.rows = self.table({**rows("TCP/443", "UDP/9443", "UDP/514", "ESP/50"),
                                "tls": {"ports": "TCP/8443",
                                        "checks": [{"port": "TCP/8443", "probe": "tls", "trust": "any"}]}})
        self.responder = Responder(self, self.rows, prefix=self.server.prefix)

    def run_check(self, **options):
        return self.check(self.client, self.rows, f"--peer=Peer={FAR_SERVER}", **options)

    def test_one_hop(self):
        result = self.run_check()
        self.assert_exit(result, 0)
        for row in ("tcp-443", "udp-9443", "esp-50"):
            check = self.assert_confirmed(result, row, f"the far end saw {FAR_CLIENT}", "TTL 63")
            self.assertEqual(check["warnings"], [])

    def test_source_rewritten(self):
        self.nat(self.router, "postrouting", "oifname wan1 masquerade")
        result = self.run_check()
        self.assert_exit(result, 0)
        for row in ("tcp-443", "udp-9443", "esp-50"):
            check = self.assert_confirmed(result, row, f"the far end saw {FAR_ROUTER}")
            [warning] = check["warnings"]
            self.assertRegex(warning, rf"NAT on the way .* sent from {re.escape(FAR_CLIENT)}\S*, the far end saw "
                                      rf"{re.escape(FAR_ROUTER)}")

    def test_port_translated(self):
        self.nat(self.router, "prerouting", f"iifname lan1 udp dport 9443 dnat to {FAR_SERVER}:514")
        check = self.assert_confirmed(self.run_check(), "udp-9443")
        self.assertEqual(check["warnings"],
                         ["The port is translated on the way: what was sent to UDP/9443 arrived at UDP/514."])

    def test_requests_dropped(self):
        self.router.filter("forward", ["udp dport 9443 drop", "ip protocol esp drop"])
        result = self.run_check(timeout=ALL_REQUESTS)
        self.assert_exit(result, 1)
        for row in ("udp-9443", "esp-50"):
            check = self.assert_verdict(result, row, "blocked", "lost-on-path")
            self.assertEqual((check["confidence"], check["owner"]), ("proven", "network"))
            self.assertRegex(check["summary"], "none of the 3 requests reached the far end, which answers on TCP/8?443")
        self.assert_confirmed(result, "udp-514")

    def test_replies_dropped(self):
        self.router.filter("forward", ["udp sport 9443 drop", f"ip saddr {FAR_SERVER} ip protocol esp drop"])
        result = self.run_check(timeout=ALL_REQUESTS)
        self.assert_exit(result, 1)
        for row, port in (("udp-9443", True), ("esp-50", False)):
            check = self.assert_verdict(result, row, "blocked", "lost-on-path")
            self.assertEqual((check["confidence"], check["owner"]), ("proven", "network"))
            self.assertRegex(check["summary"], "3 of 3 requests arrived at the far end "
                                               rf"\(it saw {re.escape(FAR_CLIENT)}{':[0-9]+' if port else ''}\), the "
                                               "replies were lost on the way back")
            self.assertIn("Let the answers", check["advice"])

    def test_answers_dropped_within_a_connection(self):
        """The handshake passes, the reply does not: it is longer than anything else that the far end sends."""
        self.router.filter("forward", ["tcp sport 8443 meta length > 150 drop"])
        result = self.run_check()
        check = self.assert_verdict(result, "tls", "blocked", "lost-on-path")
        self.assertRegex(check["summary"], rf"the request arrived at the far end \(it saw {re.escape(FAR_CLIENT)}:[0-9]+"
                                           r"\), the reply was lost on the way back")
        # What the service's own attempt met is kept beside it.
        self.assertEqual([attempt["responder"] for attempt in check["attempts"]], [True, False])

    def test_rejected_and_reset(self):
        self.router.filter("forward", ["tcp dport 443 reject with tcp reset", "udp dport 9443 reject"])
        # The service is not asked where the way to it is closed; it is where that takes half a second to be said.
        result = again_where(lambda check: check["cause"] == "port-unreachable-on-path" and len(check["attempts"]) > 1,
                             self.run_check)
        self.assert_verdict(result, "tcp-443", "closed", "refused")
        check = self.assert_verdict(result, "udp-9443", "blocked", "port-unreachable-on-path")
        self.assertEqual(check["where"]["address"], ROUTER)
        for row in ("tcp-443", "udp-9443"):
            self.assertEqual(len(result.check_of(row)["attempts"]), 1)

    def test_nobody_answers_over_tcp(self):
        self.router.filter("forward", ["tcp dport { 443, 8443 } drop", "udp dport 9443 drop"])
        result = self.run_check()
        self.assert_verdict(result, "tcp-443", "blocked", "timeout")
        check = self.assert_verdict(result, "udp-9443", "inconclusive", "no-reply")
        self.assertIn("fdnprobe respond", check["advice"])


class OtherServices(TwoEnded):
    """No responder, or not this one."""

    def setUp(self):
        super().setUp()
        self.client, self.server = self.direct()

    def test_wrong_key(self):
        table = self.table(rows("TCP/443", "UDP/9443"))
        self.responder = Responder(self, table, prefix=self.server.prefix)
        other = self.write("other.key", OTHER_KEY)
        other.chmod(0o600)
        result = self.check(self.client, table, f"--peer=Peer={SERVER}", key=other)
        self.assert_exit(result, 3)
        # It hangs up on strangers; what remains is that something accepts.
        self.assert_verdict(result, "tcp-443", "reachable", "connected")
        self.assert_verdict(result, "udp-9443", "inconclusive", "no-reply")
        self.responder.logged("wrong key")

    def test_real_services(self):
        table = self.table(rows("TCP/2400", "UDP/2400", "TCP/2401", "UDP/2401"))
        key = self.write("key", OTHER_KEY)
        key.chmod(0o600)
        with support.far_end(self.server, "tcp/2400", "udp/2400"):
            result = self.check_once(self.client, table, f"--peer=Peer={SERVER}", key=key)
        self.assert_verdict(result, "tcp-2400", "reachable", "connected")
        self.assert_verdict(result, "udp-2400", "reachable", "answered")
        for row in ("tcp-2400", "udp-2400"):
            self.assertEqual(result.check_of(row)["warnings"], [])
        self.assert_verdict(result, "tcp-2401", "closed", "refused")
        self.assert_verdict(result, "udp-2401", "closed", "port-unreachable")

    def test_port_that_the_responder_does_not_have(self):
        """What another program holds is not called lost, however silent it is."""
        table = self.table(rows("TCP/443", "UDP/9443"))
        with support.far_end(self.server, "mute/9443"):
            self.responder = Responder(self, table, prefix=self.server.prefix)
            result = self.check(self.client, table, f"--peer=Peer={SERVER}")
        self.assert_confirmed(result, "tcp-443")
        check = self.assert_verdict(result, "udp-9443", "inconclusive", "no-reply")
        self.assertIn("which answers on TCP/443, does not listen on this port", check["summary"])

    def test_segment_without_a_responder(self):
        table = self.table(rows("ESP/50", "ETH/0x8890"))
        key = self.write("key", OTHER_KEY)
        key.chmod(0o600)
        result = self.check(self.client, table, f"--peer=Peer={SERVER}", key=key)
        check = result.check_of("esp-50")
        # The kernel says that it has no such protocol, unless something else has loaded it.
        self.assertIn(check["cause"], ("port-unreachable", "no-reply"), check)
        self.assertNotEqual(result.check_of("eth-0x8890")["verdict"], "reachable")


class Interfaces(TwoEnded):
    """Which interface frames leave through."""

    def test_the_one_that_was_named_and_the_one_towards_the_peer(self):
        client, server = self.direct()
        other, = self.namespaces(1)
        support.join(client, "dmz0", other, "dmz1")
        client.shell("ip address add 10.85.0.1/24 dev dmz0; ip link set dmz0 up")
        other.shell("ip link set dmz1 up")
        table = self.table(rows("ETH/0x8890"))
        self.responder = Responder(self, table, prefix=server.prefix)
        self.assert_confirmed(self.check(client, table, f"--peer=Peer={SERVER}"), "eth-0x8890")
        self.assert_confirmed(self.check(client, table, "--interface", "lan0"), "eth-0x8890")
        wrong = self.check(client, table, "--interface", "dmz0").check_of("eth-0x8890")
        self.assertNotEqual(wrong["verdict"], "reachable", wrong)
        missing = self.check(client, table, "--interface", "lan7").check_of("eth-0x8890")
        self.assertEqual((missing["verdict"], missing["cause"]), ("local", "source-unavailable"), missing)

    def test_lost_frames(self):
        """A frame has no address, but its peer has: there the responder is asked over TCP."""
        client, server = self.direct()
        table = self.table(rows("TCP/443", "ETH/0x8890"))
        self.responder = Responder(self, table, prefix=server.prefix)
        # Before the responder sees it, and after the client has sent it.
        server.shell("nft 'add table netdev drop_test; add chain netdev drop_test in "
                     "{ type filter hook ingress device lan1 priority 0; }; "
                     "add rule netdev drop_test in ether type 0x8890 drop'")
        check = self.check(client, table, f"--peer=Peer={SERVER}").check_of("eth-0x8890")
        self.assertEqual(check["cause"], "lost-on-path", check)
        self.assertIn("reached the far end, which answers on TCP/443", check["summary"])


class Privilege(TwoEnded):
    def test_without(self):
        client, server = self.direct()
        table = self.table(rows("TCP/443", "ESP/50", "ETH/0x8890"))
        self.responder = Responder(self, table, prefix=server.prefix)
        key = self.responder.key
        if "--reuid=65534" in support.as_ordinary_user():
            os.chown(key, 65534, 65534)
        result = self.check(client, table, f"--peer=Peer={SERVER}", prefix=support.as_ordinary_user())
        self.assert_exit(result, 0)
        self.assert_confirmed(result, "tcp-443")
        for row in ("esp-50", "eth-0x8890"):
            check = self.assert_verdict(result, row, "skipped", "needs-privilege")
            self.assertRegex(check["summary"], "sudo setcap cap_net_raw[+]ep /.*fdnprobe")


class Keys(TwoEnded):
    """A key that is no key is refused before anything is sent."""

    def test_refused(self):
        table = self.table({"one": support.row("tcp", 1)})
        short = self.write("short", "x" * 31)
        short.chmod(0o600)
        self.assert_usage_error(support.check("--targets", table, "--responder-key", short), "at least 32", "31")
        shared = self.write("shared", "x" * 64)
        shared.chmod(0o644)
        self.assert_usage_error(support.check("--targets", table, "--responder-key", shared), "others can read")
        self.assert_usage_error(support.check("--targets", table, "--responder-key", self.folder / "none"), "none")
        site = self.site(secrets={"responder": short})
        self.assert_usage_error(support.check("--targets", table, "--site", site), "at least 32")

    def test_site_alone(self):
        client, server = self.direct()
        table = self.table(rows("TCP/443", "UDP/9443"))
        responder = Responder(self, table, prefix=server.prefix)
        site = self.site(peers={"Peer": [SERVER]}, secrets={"responder": responder.key})
        result = again_where(overtaken, lambda: support.check("--targets", table, "--site", site, prefix=client.prefix))
        self.assert_exit(result, 0)
        for row in ("tcp-443", "udp-9443"):
            self.assert_confirmed(result, row)
        # The key itself is nowhere to be seen.
        self.assertNotIn(responder.key.read_text().strip(), result.out + result.err)
