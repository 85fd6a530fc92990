"""Mail servers: Exim, which serves or refuses, impostors, and what the lab makes of one."""

import contextlib
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import unittest

import pki
import support

NAME = "mail.example"
FORTIGUARD = "127.0.0.1 is blocklisted by FortiGuard. This email from IP has been rejected"


class Exim:
    """Exim with a port for each way in which a mail server can meet a client."""

    # The port's name, and what the server says at `connect` or to a greeting in place of welcoming the client.
    PORTS = {
        "plain": None,
        "starttls": None,
        "tls": None,
        "refused": ("connect", "", "554 5.7.1 No service for you"),
        "listed": ("connect", "", f"554 {FORTIGUARD}"),
        "no-ehlo": ("greeted", "", "550 5.7.1 Go away"),
        "odd-name": ("greeted", "", "501 5.5.4 No such domain"),
        "old": ("greeted", "EHLO", "502 5.5.1 Not known here"),
    }

    def __init__(self, folder, certificate):
        self.folder = pathlib.Path(folder)
        self.spool, self.log = self.folder / "spool", self.folder / "log"
        for one in (self.folder, self.spool, self.log):
            one.mkdir()
        for one in (self.spool, self.log):
            shutil.chown(one, "Debian-exim", "Debian-exim")
        certificate.key.chmod(0o644)
        for _ in range(5):
            self.ports = {name: support.free_port() for name in self.PORTS}
            self.write(certificate)
            with open(self.folder / "output", "wb") as output:
                self.process = subprocess.Popen(
                    ["exim4", "-C", self.folder / "exim.conf", "-bdf", "-oP", self.log / "pid"],
                    stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                )
            if support.eventually(self.state, "exim4 starts or gives up") == "up":
                return
            self.close()
        raise AssertionError(f"exim4 does not start: {(self.folder / 'output').read_text()}")

    def write(self, certificate):
        def deny(stage):
            text = ""
            for name, what in self.PORTS.items():
                if what is not None and what[0] == stage:
                    condition = f"and{{{{eq{{$received_port}}{{{self.ports[name]}}}}}{{match{{$smtp_command}}{{^{what[1]}}}}}}}"
                    text += f"  deny condition = ${{if {condition}}}\n       message = {what[2]}\n"
            return text + "  accept\n"

        (self.folder / "exim.conf").write_text(
            f"spool_directory = {self.spool}\nlog_file_path = {self.log}/%s\nlog_selector = +all\n"
            f"primary_hostname = {NAME}\nkeep_environment =\nlocal_interfaces = 127.0.0.1\n"
            f"daemon_smtp_ports = {' : '.join(str(port) for port in self.ports.values())}\n"
            f"tls_on_connect_ports = {self.ports['tls']}\n"
            f"tls_advertise_hosts = ${{if eq{{$received_port}}{{{self.ports['starttls']}}}{{*}}{{:}}}}\n"
            f"tls_certificate = {certificate.chain}\ntls_privatekey = {certificate.key}\n"
            # No name is looked up, and nobody is asked who the client is.
            "host_lookup =\nrfc1413_hosts =\n"
            "acl_smtp_connect = connect\nacl_smtp_helo = greeted\nbegin acl\n"
            f"connect:\n{deny('connect')}greeted:\n{deny('greeted')}")

    def state(self):
        if self.process.poll() is not None:
            return "gone"
        return "up" if all(support.accepts_connections(port) for port in self.ports.values()) else None

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(support.PATIENCE)


class MailTest(support.TestCase):
    def check(self, rows, *options):
        ports = {tuple(row["ports"].lower().split("/")) for row in rows.values()}
        site = self.site(hosts=support.pins([NAME], sorted(ports)))
        return support.check("--targets", self.table(rows), "--site", site, "--timeout", "3", *options)


@unittest.skipUnless(support.has_several_users(), "Exim wants a user of its own, and there is only one here")
class RealServer(MailTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.common = pathlib.Path(tempfile.mkdtemp(prefix="fdnprobe-mail-"))
        cls.addClassCleanup(shutil.rmtree, cls.common, True)
        cls.common.chmod(0o755)
        cls.authority = pki.Authority(cls.common / "ca")
        cls.exim = Exim(cls.common / "exim", cls.authority.issue(NAME))
        cls.addClassCleanup(cls.exim.close)

    def test_everything(self):
        rows = {name: support.row("smtp", port, NAME) for name, port in self.exim.ports.items()}
        rows["tls"] = support.row("smtp", self.exim.ports["tls"], NAME, tls=True)
        result = self.check(rows, "--ca-file", self.authority.root)
        self.assert_exit(result, 1)

        check = self.assert_verdict(result, "plain", "reachable", "answered")
        self.assertIn("mail.example ESMTP", check["summary"])
        self.assertIn("does not offer STARTTLS", check["summary"])
        self.assertEqual(check["warnings"], [])
        check = self.assert_verdict(result, "starttls", "reachable", "answered")
        self.assertIn("offers STARTTLS", check["summary"])
        check = self.assert_verdict(result, "tls", "reachable", "answered")
        self.assertNotIn("STARTTLS", check["summary"])
        self.assertIn("Throwaway Issuing CA", check["summary"])

        check = self.assert_verdict(result, "refused", "broken", "service-denied")
        self.assertIn("'554 5.7.1 No service for you'", check["summary"])
        self.assertEqual((check["owner"], check["confidence"]), ("service", "proven"))
        check = self.assert_verdict(result, "listed", "broken", "service-denied")
        # Exim has put it on two lines.
        self.assertIn(FORTIGUARD, check["summary"])
        check = self.assert_verdict(result, "no-ehlo", "broken", "service-denied")
        self.assertIn("550 5.7.1 Go away", check["summary"])
        check = self.assert_verdict(result, "odd-name", "reachable", "answered")
        self.assertTrue(any("fdnprobe.invalid" in warning for warning in check["warnings"]), check["warnings"])
        check = self.assert_verdict(result, "old", "reachable", "answered")
        self.assertIn("does not offer STARTTLS", check["summary"])

    def test_tls_first_on_a_port_that_speaks_first(self):
        """And the other way round: where TLS comes first, nobody greets in the clear."""
        rows = {"one": support.row("smtp", self.exim.ports["plain"], NAME, tls=True),
                "other": support.row("smtp", self.exim.ports["tls"], NAME)}
        result = self.check(rows, "--ca-file", self.authority.root)
        self.assert_verdict(result, "one", "intercepted", "wrong-protocol")
        self.assert_verdict(result, "other", "broken", "no-banner")

    def test_an_unknown_issuer_of_a_relay(self):
        result = self.check({"one": support.row("smtp", self.exim.ports["tls"], NAME, tls=True)})
        self.assert_verdict(result, "one", "intercepted", "tls-intercepted")

    def test_nothing_is_mailed(self):
        """All that the server has heard is a greeting and a farewell."""
        port = self.exim.ports["plain"]
        check = self.check({"one": support.row("smtp", port, NAME)}).check_of("one")
        client = check["attempts"][0]["local"].rsplit(":", 1)[1]

        def noted():
            lines = (self.exim.log / "main").read_text().splitlines()
            return [line for line in lines if f"]:{client} " in line and " C=" in line]
        [line] = support.eventually(noted, "the server notes what this client has said")
        self.assertTrue(line.endswith(" C=EHLO,QUIT"), line)
        self.assertIn("(fdnprobe.invalid)", line)

    def test_the_lab_is_alike(self):
        """The lab's mail server and a real one bring the same verdict, and the same sentence but for their names."""
        rows = {"plain": support.row("smtp", 25, NAME), "smtps": support.row("smtp", 465, NAME)}
        table = self.table(rows)
        with support.Lab(self.folder, None, "--targets", table) as lab:
            emulated = support.check("--targets", table, "--site", lab.site)
        self.assert_exit(emulated, 0)
        places = {f"{NAME}:tcp/25": f"127.0.0.1:{self.exim.ports['plain']}",
                  f"{NAME}:tcp/465": f"127.0.0.1:{self.exim.ports['tls']}"}
        real = support.check("--targets", table, "--site", self.site(hosts=places), "--ca-file", self.authority.root)
        self.assert_exit(real, 0)
        for name in rows:
            with self.subTest(row=name):
                self.assertEqual(self.shape(emulated.check_of(name)), self.shape(real.check_of(name)))

    @staticmethod
    def shape(check):
        return [check[key] for key in ("verdict", "cause", "stage", "confidence", "owner", "warnings")] + \
            [re.sub(r"\d+", "N", re.sub(r"'[^']*'", "'...'", check["summary"]))]


class Impostors(MailTest):
    """What accepts connections on a mail port and is no mail server, or none that will have this host."""

    def verdict(self, serve, verdict, cause):
        with support.Listener(serve) as listener:
            result = self.check({"one": support.row("smtp", listener.port, NAME)})
        self.assert_exit(result, 0 if verdict == "reachable" else 1)
        return self.assert_verdict(result, "one", verdict, cause)

    def test_words_and_a_closed_door(self):
        """As Fortinet's relay does it; whether it gives a code is not documented."""
        for code in ("", "220 ", "554 "):
            with self.subTest(code=code):
                check = self.verdict(lambda one, code=code: one.sendall(f"{code}{FORTIGUARD}\r\n".encode()),
                                     "broken", "service-denied")
                self.assertIn(FORTIGUARD, check["summary"])

    def test_nobody_greets(self):
        self.verdict(support.hold_open, "broken", "no-banner")

    def test_closed_without_a_word(self):
        self.verdict(lambda one: None, "broken", "closed-after-connect")

    def test_another_protocol(self):
        def speak(one):
            one.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
            with contextlib.suppress(OSError, socket.timeout):
                one.recv(100)
        self.assertIn("SSH-2.0", self.verdict(speak, "intercepted", "wrong-protocol")["summary"])

    def test_silence_after_the_greeting(self):
        def greet(one):
            one.sendall(b"220 mail.example\r\n")
            support.hold_open(one)
        self.verdict(greet, "broken", "no-answer")
