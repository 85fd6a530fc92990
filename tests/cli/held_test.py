"""Services with private protocols, inside TLS and outside of it: stunnel, nginx, openssl, socat and nc at the far end.
And a device that begins TLS itself, played by OpenSSL."""

import contextlib
import pathlib
import socket
import ssl
import struct
import subprocess

import servers_test
import support

FAST = ("--timeout", "1")
# For far ends that say something or end the connection, and then nobody waits any longer: they have time to do so.
UNHURRIED = ("--timeout", "3")


def reset(connection):
    """Ends a connection by force."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@contextlib.contextmanager
def daemon(command, port):
    """A program that listens there once it is up."""
    process = subprocess.Popen([str(one) for one in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT)
    try:
        def state():
            if process.poll() is not None:
                raise AssertionError(f"{command}: {process.stdout.read().decode()}")
            return support.accepts_connections(port)

        support.eventually(state, f"{command[0]} listens")
        yield port
    finally:
        process.kill()
        process.communicate()


def socat(action):
    """socat runs this for each connection."""
    port = support.free_port()
    return daemon(["socat", f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr,fork", action], port)


def netcat():
    """nc reads what comes, one connection after the other, and says nothing."""
    port = support.free_port()
    return daemon(["nc", "-l", "-k", "-n", "127.0.0.1", str(port)], port)


def stunnel(folder, certificate, behind):
    """stunnel as the TLS in front of a plain service."""
    port = support.free_port()
    configuration = pathlib.Path(folder) / "stunnel.conf"
    configuration.write_text(f"foreground = yes\npid =\nsyslog = no\n[service]\naccept = 127.0.0.1:{port}\n"
                             f"connect = 127.0.0.1:{behind}\ncert = {certificate.chain}\nkey = {certificate.key}\n")
    return daemon(["stunnel", configuration], port)


class Held(servers_test.Servers):
    def ask(self, rows, *options):
        """`rows`: id -> (probe, port in the table, port it really is at, keys of the check)."""
        written, hosts = {}, {}
        for name, (probe, printed, port, keys) in rows.items():
            host = f"{name}.site.example"
            keys = dict(keys)
            direction = keys.pop("direction", "outgoing")
            written[name] = {"direction": direction, "ports": f"TCP/{printed}",
                             "checks": [{"port": f"TCP/{printed}", "probe": probe, "host": host, "trust": "any", **keys}]}
            hosts[f"{host}:tcp/{printed}"] = f"127.0.0.1:{port}"
        return support.check("--targets", self.table(written), "--site", self.site(hosts=hosts), "--direction", "both",
                             *options)


# Each probe at a port where TLS is the rule, and at one where it is not.
TLS_FIRST = {"oftp": 514, "fsso": 8001, "tls-or-tcp": 8013}
HELD_FIRST = {"fsso": 8000, "wanopt": 7810, "tls-or-tcp": 9582}


def everywhere(port, **keys):
    return {f"{probe}-{printed}": (probe, printed, port, keys)
            for ports in (TLS_FIRST, HELD_FIRST) for probe, printed in ports.items()}


class OptionalTls(Held):
    def test_stunnel(self):
        """TLS where it is spoken, whatever the port: at the same port as the plain service behind it."""
        certificate = self.authority.issue("service.example")
        with support.Listener(support.hold_open) as behind, stunnel(self.folder, certificate, behind.port) as port:
            result = self.ask(everywhere(port))
        for name in everywhere(port):
            check = self.assert_verdict(result, name, "reachable", "answered")
            self.assertEqual(check["tls"]["version"], "TLSv1.3")
            held = check["timing_ms"]["total"] > 2000
            self.assertEqual(held, name.rsplit("-", 1)[1] in map(str, HELD_FIRST.values()), check["timing_ms"])

    def test_plain_service_that_says_nothing(self):
        with netcat() as port:
            result = self.ask({"wanopt": ("wanopt", 7810, port, {})}, *FAST)
        check = self.assert_verdict(result, "wanopt", "reachable", "connected")
        self.assertRegex(check["summary"], r"stood for [23]\.\d s, and a TLS greeting stayed unanswered")
        self.assertEqual(check["confidence"], "proven")
        self.assertEqual(check["warnings"], [])

    def test_plain_service_where_tls_is_the_rule(self):
        with support.Listener(support.hold_open) as silent:
            rows = {name: (name, port, silent.port, {}) for name, port in TLS_FIRST.items()}
            result = self.ask(rows, *FAST)
        for name in TLS_FIRST:
            check = self.assert_verdict(result, name, "reachable", "connected")
            self.assertEqual(check["confidence"], "possible")
            self.assertEqual(len(check["warnings"]), 1)

    def test_plain_service_that_hangs_up_at_a_client_hello(self):
        """It may reset, because it closes with bytes unread: that is nothing to warn of."""
        with socat("SYSTEM:head -c 1 >/dev/null") as port:
            result = self.ask({name: row for name, row in everywhere(port).items()
                               if name.rsplit("-", 1)[1] in map(str, HELD_FIRST.values())}, *UNHURRIED)
        for name in result.rows:
            check = self.assert_verdict(result, name, "reachable", "connected")
            self.assertRegex(check["summary"], r"stood for [23]\.\d s; it does not speak TLS")
            self.assertEqual(check["warnings"], [])

    def test_an_end_at_the_client_hello_where_tls_is_the_rule(self):
        """A filter that cuts TLS looks like this, so it is no pass; a table can ask for a hold."""
        with socat("SYSTEM:head -c 1 >/dev/null") as port:
            rows = {name: (name, printed, port, {}) for name, printed in TLS_FIRST.items()}
            rows["held"] = ("oftp", 514, port, {"hold": 0.5})
            result = self.ask(rows, *UNHURRIED)
        for name in TLS_FIRST:
            check = self.assert_verdict(result, name, "broken")
            self.assertIn(check["cause"], ("reset-after-hello", "closed-after-hello"))
        check = self.assert_verdict(result, "held", "reachable", "connected")
        # Less than without the table's word.
        self.assertRegex(check["summary"], r"stood for (0\.[5-9]|1\.\d) s")

    def test_dropped_while_held(self):
        with support.Listener(lambda connection: None) as closing, support.Listener(reset) as resetting:
            rows = {f"{name}-closed": (name, port, closing.port, {}) for name, port in HELD_FIRST.items()}
            rows |= {f"{name}-reset": (name, port, resetting.port, {}) for name, port in HELD_FIRST.items()}
            result = self.ask(rows, *FAST)
        for name in HELD_FIRST:
            self.assert_verdict(result, f"{name}-closed", "broken", "closed-after-connect")
            self.assert_verdict(result, f"{name}-reset", "broken", "reset-after-connect")

    def test_nonsense(self):
        """Another protocol is told by its greeting, or by what it says to a ClientHello; an echo is no TLS."""
        def greet(text):
            def serve(connection):
                connection.sendall(text)
                support.hold_open(connection)
            return serve

        def answer_http(connection):
            connection.recv(1)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        with contextlib.ExitStack() as stack:
            ssh = stack.enter_context(support.Listener(greet(b"SSH-2.0-OpenSSH_9.2\r\n")))
            private = stack.enter_context(support.Listener(greet(b"\x80\x00\x01\x1b]0;owned\x07")))
            web = stack.enter_context(support.Listener(answer_http))
            echo = stack.enter_context(socat("SYSTEM:cat"))
            ports = {"ssh": ssh.port, "private": private.port, "web": web.port, "echo": echo}
            result = self.ask({f"{kind}-{name}": row for kind, port in ports.items()
                               for name, row in everywhere(port).items()}, *UNHURRIED)
        for name in everywhere(0):
            self.assert_verdict(result, f"ssh-{name}", "intercepted", "wrong-protocol")
            self.assert_verdict(result, f"web-{name}", "intercepted", "wrong-protocol")
            self.assert_verdict(result, f"echo-{name}", "broken")
            # Nobody outside knows the protocol, so its own greeting can be no mistake.
            check = self.assert_verdict(result, f"private-{name}", "reachable", "connected")
            self.assertIn("it said '\\x80\\x00\\x01\\x1b]0;owned\\x07'", check["summary"])

    def test_refused_and_silent(self):
        with support.ClosedPort() as closed, support.SilentPort() as silent:
            result = self.ask({"closed": ("wanopt", 7810, closed.port, {}), "silent": ("oftp", 514, silent.port, {})},
                              "--timeout", "1.5")
        self.assert_verdict(result, "closed", "closed", "refused")
        self.assert_verdict(result, "silent", "blocked", "timeout")


class Appliances(Held):
    def test_serial_number(self):
        certificate = self.authority.issue(common_name="FAZ-VM0000000001")
        with servers_test.s_server(certificate) as port:
            result = self.ask({"oftp": ("oftp", 514, port, {}), "fgfm": ("fgfm", 541, port, {}),
                               "fgfm6": ("fgfm", 542, port, {})})
        for name in ("oftp", "fgfm", "fgfm6"):
            check = self.assert_verdict(result, name, "reachable", "answered")
            self.assertIn("serial number FAZ-VM0000000001 signed by 'Throwaway Issuing CA'", check["summary"])

    def test_client_certificate_required(self):
        """Identified by its certificate, it ends the talk for want of a device's: the path is open."""
        certificate = self.authority.issue(common_name="FMG-VM0A11000137")
        for version in ("-tls1_2", "-tls1_3"):
            with self.subTest(version=version), \
                 servers_test.s_server(certificate, version, "-Verify", "1", "-verify_return_error") as port:
                result = self.ask({"oftp": ("oftp", 514, port, {}), "fgfm": ("fgfm", 541, port, {})})
                for name in ("oftp", "fgfm"):
                    self.assert_verdict(result, name, "reachable", "client-certificate-required")

    def test_trust(self):
        """Where the table says whose the certificate has to be, TLS that was only tried is held to it."""
        certificate = self.authority.issue(common_name="FAZ-VM0000000001")
        with servers_test.s_server(certificate) as port:
            result = self.ask({"oftp": ("oftp", 514, port, {"trust": "fortinet"}),
                               "fgfm": ("fgfm", 541, port, {"trust": "fortinet"})})
        for name in ("oftp", "fgfm"):
            self.assert_verdict(result, name, "intercepted", "tls-intercepted")

    def test_no_common_version(self):
        """An alert is TLS, though no certificate came."""
        certificate = self.authority.issue("service.example")
        with servers_test.s_server(certificate, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0") as port:
            result = self.ask(everywhere(port))
        for name in everywhere(0):
            self.assert_verdict(result, name, "broken", "tls-alert")


class ReversedRoles(Held):
    """FGFM towards a device: the device accepts and then begins TLS itself."""

    @staticmethod
    def device(server_name, minimum=ssl.TLSVersion.TLSv1_2):
        def serve(connection):
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.minimum_version = minimum
            with contextlib.suppress(OSError), context.wrap_socket(connection, server_hostname=server_name) as inside:
                support.hold_open(inside)
        return serve

    def incoming(self, port, *options):
        return self.ask({"fgfm": ("fgfm", 541, port, {"direction": "incoming"})}, *options)

    def test_a_device(self):
        with support.Listener(self.device("fgfm.fortinet.com")) as listener:
            check = self.assert_verdict(self.incoming(listener.port), "fgfm", "reachable", "answered")
        self.assertIn("the device sent its ClientHello (TLSv1.3) for 'fgfm.fortinet.com'", check["summary"])
        # Nothing was said to it.
        self.assertNotIn("exchange.sent", str(check["attempts"]))

    def test_a_manager_in_its_place(self):
        """A TLS server waits for a client, as the probe does."""
        with servers_test.s_server(self.authority.issue("service.example")) as port:
            check = self.assert_verdict(self.incoming(port, *FAST), "fgfm", "broken", "no-banner")
        self.assertIn("sent nothing", check["summary"])

    def test_what_is_no_device(self):
        def greet(text):
            def serve(connection):
                connection.sendall(text)
                support.hold_open(connection)
            return serve

        kinds = {b"SSH-2.0-OpenSSH_9.2\r\n": ("intercepted", "wrong-protocol"),
                 b"\x16\x03\x03\x00\x04\x02\x00\x00\x00": ("intercepted", "wrong-protocol"),
                 b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\xff": ("broken", "bad-answer"),
                 b"\x16\x03\x01\x02\x00\x01": ("broken", "bad-answer")}
        for text, (verdict, cause) in kinds.items():
            with self.subTest(text=text), support.Listener(greet(text)) as listener:
                self.assert_verdict(self.incoming(listener.port, *UNHURRIED), "fgfm", verdict, cause)
        with support.Listener(lambda connection: None) as closing, support.Listener(reset) as resetting:
            self.assert_verdict(self.incoming(closing.port), "fgfm", "broken", "closed-after-connect")
            self.assert_verdict(self.incoming(resetting.port), "fgfm", "broken", "reset-after-connect")


class LabServices(support.TestCase):
    """The lab's services do what the real ones above do."""

    def test_every_service(self):
        ports = {"oftp": (514,), "fgfm": (541, 542), "fsso": (8000, 8001), "wanopt": (7810,), "tls-or-tcp": (8013, 9582)}
        rows = {f"{probe}-{port}": support.row(probe, port, f"{probe}.vendor.example")
                for probe, numbers in ports.items() for port in numbers}
        rows["device"] = {"direction": "incoming", **support.row("fgfm", 541, "device.vendor.example")}
        result = support.check("--targets", self.table(rows), "--direction", "both", "--lab")
        self.assert_exit(result, 0)
        self.assertIn("the device sent its ClientHello (TLSv1.3)", result.check_of("device")["summary"])
        for name in rows:
            plain = name in ("fsso-8000", "wanopt-7810", "tls-or-tcp-9582")
            check = self.assert_verdict(result, name, "reachable", "connected" if plain else "answered")
            self.assertEqual(check["confidence"], "proven")
            if plain:
                self.assertRegex(check["summary"], r"stood for [23]\.\d s; it does not speak TLS")
