"""Resolvers that lie, fail or are impersonated: unbound beside a name server that says whatever it is told.

The network: client (10.91.1.2) -- router (10.91.1.1 and 96.45.40.1) -- services (96.45.40.2 and up). Nothing leaves it;
its addresses are public ones, because a public name must not have others.
"""

import contextlib
import pathlib
import subprocess
import sys

import support

NAME = "update.fortiguard.net"
SERVICE, HONEST, LIAR, DEAD, NOBODY = (f"96.45.40.{number}" for number in (2, 3, 4, 5, 99))
ROUTER = "10.91.1.1"
BLACKHOLE = "192.0.2.53"
PRIVATE = "10.10.34.34"
TIMEOUT = 1.5


def wait_for_port_53(namespace, address):
    support.eventually(lambda: f"{address}:53" in namespace.run("ss", "-Hlnu"), f"a server at {address}")


@contextlib.contextmanager
def unbound(namespace, folder, address, name=NAME, leads_to=SERVICE):
    """The real thing: a resolver that knows the one name, and says of all others beside it that there are none."""
    folder = pathlib.Path(folder) / f"unbound-{address}"
    folder.mkdir()
    configuration = folder / "unbound.conf"
    configuration.write_text(f"""
server:
    interface: {address}
    access-control: 0.0.0.0/0 allow
    username: ""
    chroot: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    do-daemonize: no
    module-config: "iterator"
    local-zone: "{name.partition('.')[2]}." static
    local-data: "{name}. A {leads_to}"
remote-control:
    control-enable: no
""")
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen([*namespace.prefix, "unbound", "-d", "-p", "-c", configuration],
                                   stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        wait_for_port_53(namespace, address)
        yield
    finally:
        process.terminate()
        process.wait(support.PATIENCE)


@contextlib.contextmanager
def name_server(namespace, address, *answers):
    process = subprocess.Popen(
        [*namespace.prefix, sys.executable, "-B", pathlib.Path(__file__).with_name("name_server.py"), address, *answers],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if process.stdout.readline() != b"ready\n":
            raise AssertionError(f"no name server at {address}")
        yield
    finally:
        process.stdin.close()
        process.wait(support.PATIENCE)
        process.stdout.close()


class Resolvers(support.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.client, cls.router, cls.services = [support.Namespace() for _ in range(3)]
        for one in (cls.client, cls.router, cls.services):
            cls.addClassCleanup(one.close)
        support.join(cls.client, "lan", cls.router, "inside")
        support.join(cls.router, "outside", cls.services, "wan")
        cls.client.shell("ip addr add 10.91.1.2/24 dev lan; ip link set lan up; ip route add default via 10.91.1.1")
        cls.router.shell("ip addr add 10.91.1.1/24 dev inside; ip addr add 96.45.40.1/24 dev outside;"
                         "ip link set inside up; ip link set outside up; sysctl -qw net.ipv4.ip_forward=1")
        cls.services.shell("ip link set wan up; ip route add default via 96.45.40.1 dev wan onlink;" +
                           "".join(f"ip addr add {address}/24 dev wan;" for address in (SERVICE, HONEST, LIAR)))
        cls.servers = contextlib.ExitStack()
        cls.addClassCleanup(cls.servers.close)
        cls.servers.enter_context(support.far_end(cls.services, "tcp/443"))

    def setUp(self):
        super().setUp()
        self.servers_of_test = contextlib.ExitStack()
        self.addCleanup(self.servers_of_test.close)
        self.start = self.servers_of_test.enter_context

    def check(self, *resolvers, rows=None, timeout=TIMEOUT, **dns):
        table = self.table(rows or {"service": support.row("tcp", 443, NAME)})
        options = [f"--resolver={one}" for one in resolvers]
        if dns:
            options += ["--site", self.site(dns=dns)]
        return support.check("--targets", table, "-4", "--timeout", timeout, *options, prefix=self.client.prefix)

    def assert_warns(self, check, *texts):
        for text in texts:
            self.assertTrue(any(text in warning for warning in check["warnings"]), (text, check["warnings"]))

    def test_a_dead_resolver_costs_a_moment(self):
        self.start(unbound(self.services, self.folder, HONEST))
        def once():
            result = self.check(DEAD, HONEST, timeout=3.5)
            found = self.assert_verdict(result, "service", "reachable", "connected")
            self.assert_warns(found, f"Resolver {DEAD} does not answer")
            return found["timing_ms"]["resolve"]

        # A moment is less than the second after which a silent server is asked again.
        self.assertLess(support.quickest(1000, once), 1000)

    def test_a_filtering_resolver_beside_an_honest_one(self):
        self.start(unbound(self.services, self.folder, HONEST))
        self.start(name_server(self.services, LIAR, PRIVATE))
        found = self.assert_verdict(self.check(LIAR, HONEST), "service", "reachable", "connected")
        self.assert_warns(found, f"Resolver {LIAR} answers {NAME} with {PRIVATE}")
        alone = self.assert_verdict(self.check(LIAR), "service", "intercepted", "dns-sinkhole")
        self.assertIn(LIAR, alone["summary"])
        self.assertEqual(alone["owner"], "resolver")

    def test_two_answers_to_one_question(self):
        self.start(name_server(self.services, LIAR, NOBODY, SERVICE))
        found = self.assert_verdict(self.check(LIAR), "service", "intercepted", "dns-rewritten")
        self.assertIn(f"first {NOBODY}, then {SERVICE}", found["summary"])
        self.assertEqual((found["confidence"], found["owner"]), ("likely", "network"))
        # One answer, and the same outcome at that address: nothing speaks of a forgery.
        self.servers_of_test.close()
        self.start(name_server(self.services, LIAR, NOBODY))
        self.assertNotEqual(self.check(LIAR).check_of("service")["cause"], "dns-rewritten")

    def test_split_horizon_is_not_judged(self):
        self.start(name_server(self.services, LIAR, NOBODY, SERVICE))
        result = self.check(LIAR, split_horizon=["*.fortiguard.net"])
        self.assertNotEqual(result.check_of("service")["cause"], "dns-rewritten")

    def test_a_transparent_proxy_on_the_way(self):
        """The router answers every question on UDP/53 itself, whoever was asked."""
        self.start(unbound(self.services, self.folder, HONEST))
        rows = {"service": support.row("tcp", 443, NAME),
                "server": support.row("dns", 53, HONEST, "udp", question=NAME),
                "not-dns": support.row("udp", 53, NAME, "udp")}
        before = self.check(HONEST, rows=rows, blackhole=BLACKHOLE)
        self.assert_verdict(before, "server", "reachable", "answered")
        self.assertEqual(self.assert_verdict(before, "service", "reachable", "connected")["warnings"], [])
        self.assertNotEqual(before.check_of("not-dns")["cause"], "dns-rewritten")
        self.assertNotIn("blackhole", before.err)

        self.start(unbound(self.router, self.folder, ROUTER))
        self.router.shell("nft add table ip seize;"
                          "nft 'add chain ip seize in { type nat hook prerouting priority -100; }';"
                          "nft add rule ip seize in iifname inside udp dport 53 redirect")
        self.addCleanup(self.router.run, "nft", "delete", "table", "ip", "seize")
        after = self.check(HONEST, rows=rows, blackhole=BLACKHOLE)
        server = self.assert_verdict(after, "server", "intercepted", "dns-rewritten")
        self.assertIn(BLACKHOLE, server["summary"])
        self.assertEqual((server["confidence"], server["owner"]), ("likely", "network"))
        service = self.assert_verdict(after, "service", "reachable", "connected")
        self.assert_warns(service, f"{BLACKHOLE} runs no resolver and answered")
        # What is not DNS, and is answered in DNS, has met the proxy too.
        self.assert_verdict(after, "not-dns", "intercepted", "dns-rewritten")
        # Without an address that runs no resolver, nothing shows it.
        self.assert_verdict(self.check(HONEST, rows=rows), "server", "reachable", "answered")
