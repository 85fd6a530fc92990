"""Directories: OpenLDAP's slapd, which answers strangers or does not, and what the lab makes of one."""

import contextlib
import pathlib
import re
import socket
import subprocess

import support

NAME = "directory.example"


@contextlib.contextmanager
def slapd(folder, *lines):
    """The port of a slapd without a database: it has a rootDSE, and that is all that is asked for."""
    folder = pathlib.Path(folder)
    folder.mkdir()
    for _ in range(5):
        port = support.free_port()
        configuration = folder / "slapd.conf"
        configuration.write_text("\n".join([f"pidfile {folder}/pid", f"argsfile {folder}/args", *lines]) + "\n")
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                ["slapd", "-d", "stats", "-f", configuration, "-h", f"ldap://127.0.0.1:{port}"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )

        def state(process=process, port=port):
            if process.poll() is not None:
                return "gone"
            return "up" if support.accepts_connections(port) else None

        try:
            if support.eventually(state, "slapd starts or gives up") == "up":
                yield port
                return
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(support.PATIENCE)
    raise AssertionError(f"slapd does not start: {(folder / 'log').read_text()}")


class DirectoryTest(support.TestCase):
    def check(self, port, transport="tcp", timeout="3"):
        table = self.table({"one": support.row("ldap", port, NAME, transport)})
        site = self.site(hosts=support.pins([NAME], [(transport, port)]))
        return support.check("--targets", table, "--site", site, "--timeout", timeout)

    @staticmethod
    def shape(check):
        return [check[key] for key in ("verdict", "cause", "stage", "confidence", "owner", "warnings")] + \
            [re.sub(r"at port \d+", "at port N", check["summary"])]


class RealServer(DirectoryTest):
    def verdict(self, words, *lines):
        with slapd(self.folder / "slapd", *lines) as port:
            result = self.check(port)
        self.assert_exit(result, 0)
        check = self.assert_verdict(result, "one", "reachable", "answered")
        self.assertEqual((check["owner"], check["confidence"], check["warnings"]), ("nobody", "proven", []))
        for word in words:
            self.assertIn(word, check["summary"])
        return check

    def test_root(self):
        self.verdict(["its rootDSE came", "LDAP version 3", "result 0 (success)"])
        log = (self.folder / "slapd" / "log").read_text()
        self.assertIn('SRCH base="" scope=0 deref=0 filter="(objectClass=*)"', log)
        self.assertIn("UNBIND", log)
        self.assertNotIn("BIND dn", log)

    def test_nobody_may_be_anonymous(self):
        """That it wants a login is an answer too."""
        self.verdict(["result 53 (unwillingToPerform)", "'authentication required'"],
                     "disallow bind_anon", "require authc")

    def test_a_bind_is_wanted(self):
        self.verdict(["result 1 (operationsError)", "'BIND required'"], "require bind")

    def test_nothing_in_the_clear(self):
        self.verdict(["result 13 (confidentialityRequired)"], "security ssf=128")

    def test_the_root_is_hidden(self):
        self.verdict(["the search ends with result 0 (success)"], 'access to dn.base="" by * none')

    def test_the_lab_is_alike(self):
        """The lab's directory and a real one bring the same verdict, and the same sentence."""
        table = self.table({"one": support.row("ldap", 389, NAME)})
        with support.Lab(self.folder, None, "--targets", table) as lab:
            emulated = support.check("--targets", table, "--site", lab.site)
        with slapd(self.folder / "slapd") as port:
            site = self.site(hosts={f"{NAME}:tcp/389": f"127.0.0.1:{port}"})
            real = support.check("--targets", table, "--site", site)
        self.assertEqual(self.shape(emulated.check_of("one")), self.shape(real.check_of("one")))
        self.assert_verdict(emulated, "one", "reachable", "answered")


class OverUdp(DirectoryTest):
    """Debian's slapd is built without LDAP over UDP, so domain controllers are played here."""

    def test_the_lab(self):
        table = self.table({"one": support.row("ldap", 389, NAME, "udp")})
        with support.Lab(self.folder, None, "--targets", table) as lab:
            result = support.check("--targets", table, "--site", lab.site)
        self.assert_exit(result, 0)
        self.assertIn("LDAP version 3", self.assert_verdict(result, "one", "reachable", "answered")["summary"])

    def test_lengths_of_four_bytes(self):
        """As Active Directory writes them."""
        def answer(query):
            # The message id stands behind the tag and the length of the whole, which is short.
            number = query[2:4 + query[3]]
            result = b"\x65\x84\x00\x00\x00\x07\x0a\x01\x00\x04\x00\x04\x00"
            return [b"\x30\x84" + len(number + result).to_bytes(4, "big") + number + result]
        with support.DatagramServer(answer) as server:
            result = self.check(server.port, "udp")
        self.assert_exit(result, 0)
        self.assertIn("result 0 (success)", self.assert_verdict(result, "one", "reachable", "answered")["summary"])
        # It may be sent again where the answer takes half a second.
        self.assertEqual(len(set(server.received)), 1)

    def test_silence(self):
        with support.DatagramServer() as server:
            result = self.check(server.port, "udp", timeout="0.7")
        self.assert_exit(result, 3)
        check = self.assert_verdict(result, "one", "inconclusive", "no-reply")
        self.assertIn("only domain controllers answer LDAP over UDP", check["summary"])

    def test_nobody_listens(self):
        result = self.check(support.free_port(socket.SOCK_DGRAM), "udp")
        self.assert_verdict(result, "one", "closed", "port-unreachable")

    def test_nonsense(self):
        with support.DatagramServer(lambda query: [b"nonsense"]) as server:
            result = self.check(server.port, "udp")
        self.assert_verdict(result, "one", "intercepted", "wrong-protocol")


class Impostors(DirectoryTest):
    def test_another_protocol(self):
        def speak(one):
            one.recv(100)
            one.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        with support.Listener(speak) as listener:
            result = self.check(listener.port)
        self.assertIn("HTTP/1.1 400", self.assert_verdict(result, "one", "intercepted", "wrong-protocol")["summary"])

    def test_an_echo(self):
        def echo(one):
            while words := one.recv(1000):
                one.sendall(words)
        with support.Listener(echo) as listener:
            result = self.check(listener.port)
        self.assert_verdict(result, "one", "broken", "bad-answer")
