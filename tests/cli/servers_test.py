"""Real servers: nginx, unbound and openssl s_server, good and bad."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import tempfile

import pki
import support

NAME = "service.example"


class Servers(support.TestCase):
    """One throwaway CA for all tests of a class."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.common = pathlib.Path(tempfile.mkdtemp(prefix="fdnprobe-servers-"))
        cls.addClassCleanup(shutil.rmtree, cls.common, True)
        cls.common.chmod(0o755)
        cls.authority = pki.Authority(cls.common / "ca")

    def check(self, rows, *options, names=(NAME,), **others):
        """Checks rows whose hosts are these names, which are on loopback."""
        ports = {tuple(row["ports"].lower().split("/")) for row in rows.values()}
        site = self.site(hosts=support.pins(names, sorted(ports)))
        return support.check("--targets", self.table(rows), "--site", site, "--timeout", "3", *options, **others)

    def trusted(self, rows, *options, **others):
        return self.check(rows, "--ca-file", self.authority.root, *options, **others)


# --- openssl s_server -------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def s_server(certificate, *options):
    """Its port; it says itself which one it got."""
    intermediate = ["-cert_chain", certificate.intermediate] if certificate.intermediate else []
    process = subprocess.Popen(
        ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", certificate.leaf, "-key", certificate.key,
         *intermediate, *[str(one) for one in options]],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    try:
        seen = b""
        while not (line := process.stdout.readline()).startswith(b"ACCEPT"):
            seen += line
            if not line:
                raise AssertionError(f"openssl s_server did not start: {seen.decode()}")
        yield int(line.split(b":")[-1])
    finally:
        process.kill()
        process.communicate()


class OpenSsl(Servers):
    def verdict(self, certificate, verdict, cause, *options, trusted=True, row=None, name=NAME):
        with s_server(certificate, *options) as port:
            rows = {"one": support.row("tls", port, name, **(row or {}))}
            check = self.trusted if trusted else self.check
            result = check(rows, names=[name])
        self.assert_exit(result, 0 if verdict == "reachable" else 1)
        return self.assert_verdict(result, "one", verdict, cause)

    def test_good(self):
        check = self.verdict(self.authority.issue(NAME), "reachable", "answered")
        self.assertEqual(check["tls"]["version"], "TLSv1.3")
        self.assertIn("Throwaway Issuing CA", check["tls"]["chain"][0]["issuer"])
        self.assertIs(check["tls"]["name_matches"], True)
        self.assertEqual(check["warnings"], [])

    def test_wildcard(self):
        wildcard = self.authority.issue("*.fabric.example")
        self.verdict(wildcard, "reachable", "answered", name="www.fabric.example")
        self.verdict(wildcard, "untrusted", "name-mismatch", name="a.www.fabric.example")

    def test_only_tls_1_2(self):
        check = self.verdict(self.authority.issue(NAME), "reachable", "answered", "-tls1_2")
        self.assertEqual(check["tls"]["version"], "TLSv1.2")

    def test_expired(self):
        bad = self.authority.issue(NAME, start="20200101000000Z", end="20210101000000Z")
        check = self.verdict(bad, "untrusted", "certificate-expired")
        self.assertIn("2021-01-01", check["summary"])

    def test_not_yet_valid(self):
        bad = self.authority.issue(NAME, start="20480101000000Z", end="20490101000000Z")
        check = self.verdict(bad, "untrusted", "certificate-not-yet-valid")
        self.assertIn("2048-01-01", check["summary"])

    def test_ends_soon(self):
        """Shown long before it is a fault."""
        process = subprocess.run(["date", "-u", "-d", "+5 days", "+%Y%m%d%H%M%SZ"], capture_output=True, check=True)
        soon = self.authority.issue(NAME, end=process.stdout.decode().strip())
        check = self.verdict(soon, "reachable", "answered")
        self.assertTrue(any("ends on" in warning for warning in check["warnings"]), check["warnings"])

    def test_wrong_name(self):
        check = self.verdict(self.authority.issue("other.example"), "untrusted", "name-mismatch")
        self.assertIn("other.example", check["summary"])

    def test_self_signed(self):
        self.verdict(self.authority.self_signed(NAME), "untrusted", "untrusted-issuer")

    def test_unknown_issuer(self):
        """A chain to a CA that nobody has heard of is what inspection looks like."""
        self.verdict(self.authority.issue(NAME), "intercepted", "tls-intercepted", trusted=False)

    def test_issuer_of_this_sites_inspection(self):
        with s_server(self.authority.issue(NAME)) as port:
            table = self.table({"one": support.row("tls", port, NAME)})
            site = self.site(hosts=support.pins([NAME], [("tcp", port)]),
                             tls={"inspection_ca_files": [str(self.authority.root)]})
            result = support.check("--targets", table, "--site", site)
        check = self.assert_verdict(result, "one", "intercepted", "tls-intercepted")
        self.assertEqual(check["confidence"], "proven")

    def test_missing_intermediate(self):
        """The issuer is not known, and cannot be led back to one that is."""
        self.verdict(self.authority.issue(NAME, with_intermediate=False), "intercepted", "tls-intercepted")

    def test_certificate_sent_twice(self):
        """A common slip: the file of the chain begins with the certificate itself, which then goes out twice."""
        good = self.authority.issue(NAME)
        good.intermediate = good.chain
        self.verdict(good, "reachable", "answered", "-status_file", self.authority.staple(good),
                     row={"ocsp": "stapled"})
        own = self.authority.self_signed(NAME)
        own.intermediate = own.leaf
        self.verdict(own, "untrusted", "untrusted-issuer")

    def test_any_issuer(self):
        self.verdict(self.authority.self_signed(NAME), "reachable", "answered", trusted=False, row={"trust": "any"})

    def test_public_is_not_fortinet(self):
        self.verdict(self.authority.issue(NAME), "intercepted", "tls-intercepted", row={"trust": "fortinet"})

    def test_staple(self):
        good = self.authority.issue(NAME)
        demanded = {"ocsp": "stapled"}
        check = self.verdict(good, "reachable", "answered", "-status_file", self.authority.staple(good), row=demanded)
        self.assertEqual(check["tls"]["staple"], "good")
        self.verdict(good, "untrusted", "ocsp-missing", row=demanded)
        # Where the device demands none, its absence is nothing.
        self.verdict(good, "reachable", "answered")
        # With TLS 1.2 it comes in another message.
        self.verdict(good, "reachable", "answered", "-tls1_2", "-status_file", self.authority.staple(good),
                     row=demanded)

    def test_revoked(self):
        bad = self.authority.issue(NAME)
        self.authority.revoke(bad)
        self.verdict(bad, "untrusted", "certificate-revoked", "-status_file", self.authority.staple(bad),
                     row={"ocsp": "stapled"})

    def test_anothers_staple(self):
        """An answer about another certificate proves nothing."""
        good, other = self.authority.issue(NAME), self.authority.issue(NAME)
        check = self.verdict(good, "untrusted", None, "-status_file", self.authority.staple(other),
                             row={"ocsp": "stapled"})
        self.assertIn(check["cause"], ("ocsp-invalid", "ocsp-missing"))

    def test_client_certificate_required(self):
        """It identifies itself, wants a device's certificate, and sends an alert: the path is open. With TLS 1.3 the
        alert comes after the handshake."""
        good = self.authority.issue(NAME)
        for version in ("-tls1_2", "-tls1_3"):
            with self.subTest(version=version):
                check = self.verdict(good, "reachable", "client-certificate-required", version, "-Verify", "1",
                                     "-verify_return_error")
                self.assertIs(check["tls"]["client_certificate_requested"], True)

    def test_client_certificate_required_by_a_stranger(self):
        """That it asks for a certificate does not make it genuine."""
        self.verdict(self.authority.issue(NAME), "intercepted", "tls-intercepted", "-Verify", "1",
                     "-verify_return_error", trusted=False)

    def test_no_common_version(self):
        """A server that knows nothing newer than TLS 1.1 says so with an alert."""
        self.verdict(self.authority.issue(NAME), "broken", "tls-alert", "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0")

    def test_http_on_a_tls_port(self):
        with s_server(self.authority.issue(NAME)) as port:
            result = self.trusted({"one": support.row("http", port, NAME)})
        self.assert_exit(result, 1)
        self.assertNotEqual(result.check_of("one")["verdict"], "reachable")


# --- nginx ------------------------------------------------------------------------------------------------------------


class Nginx:
    """nginx with a few servers, each at a port of its own."""

    SERVERS = {
        "tls": "ssl_certificate {chain}; ssl_certificate_key {key};",
        "verify12": "ssl_certificate {chain}; ssl_certificate_key {key}; ssl_protocols TLSv1.2; "
                    "ssl_verify_client on; ssl_client_certificate {ca};",
        "verify13": "ssl_certificate {chain}; ssl_certificate_key {key}; ssl_protocols TLSv1.3; "
                    "ssl_verify_client on; ssl_client_certificate {ca};",
        "plain": "location / {{ return 200 'here\\n'; }} "
                 "location /moved {{ return 301 http://www.service.example/here; }} "
                 "location /away {{ return 302 http://login.portal.example/; }} "
                 "location /portal {{ return 511; }} location /proxy {{ return 407; }} "
                 "location /missing {{ return 404; }} location /broken {{ return 503; }} "
                 "location /hangup {{ return 444; }}",
    }

    def __init__(self, folder, certificate, ca):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        for _ in range(5):
            self.ports = {name: support.free_port() for name in self.SERVERS}
            self.write(certificate, ca)
            self.process = subprocess.Popen(
                ["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf", "-e", self.folder / "error.log"],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            )
            if support.eventually(self.state, "nginx starts or gives up") == "up":
                return
            self.close()  # somebody took one of the ports meanwhile
        raise AssertionError(f"nginx does not start: {(self.folder / 'error.log').read_text()}")

    def state(self):
        if self.process.poll() is not None:
            return "gone"
        return "up" if all(support.accepts_connections(port) for port in self.ports.values()) else None

    def write(self, certificate, ca):
        servers = ""
        for name, text in self.SERVERS.items():
            tls = "" if name.startswith("plain") else " ssl"
            words = text.format(chain=certificate.chain, key=certificate.key, ca=ca)
            servers += f"  server {{ listen 127.0.0.1:{self.ports[name]}{tls}; server_name {NAME}; {words} }}\n"
        paths = "".join(f"  {kind}_temp_path {self.folder}/{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        # Without capabilities, nginx cannot become another user; with them, it would not see this folder.
        user = "user root;\n" if os.geteuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(
            f"{user}daemon off;\nmaster_process off;\npid {self.folder}/pid;\nerror_log {self.folder}/error.log;\n"
            f"events {{}}\nhttp {{\n  access_log off;\n{paths}{servers}}}\n")

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=support.PATIENCE)


class WithNginx(Servers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nginx = Nginx(cls.common / "nginx", cls.authority.issue(NAME), cls.authority.root)
        cls.addClassCleanup(cls.nginx.close)

    def test_everything(self):
        ports = self.nginx.ports
        plain = ports["plain"]
        rows = {name: support.row("tls", ports[name], NAME) for name in ("tls", "verify12", "verify13")}
        rows["not-tls"] = support.row("tls", plain, NAME)
        rows["not-dot"] = support.row("dot", plain, NAME)
        rows["not-dns"] = support.row("dns", plain, NAME)
        for path in ("moved", "away", "portal", "proxy", "missing", "broken", "hangup"):
            rows[path] = support.row("http", plain, NAME, path=f"/{path}")
        rows["here"] = support.row("http", plain, NAME)
        result = self.trusted(rows)
        self.assert_exit(result, 1)

        check = self.assert_verdict(result, "tls", "reachable", "answered")
        self.assertEqual(len(check["tls"]["chain"]), 2)
        for name, version in (("verify12", "TLSv1.2"), ("verify13", "TLSv1.3")):
            # nginx completes the handshake, and says 400 only to a request.
            check = self.assert_verdict(result, name, "reachable", "answered")
            self.assertEqual(check["tls"]["version"], version)
            self.assertIs(check["tls"]["client_certificate_requested"], True)
        check = self.assert_verdict(result, "not-tls", "intercepted", "wrong-protocol")
        self.assertIn("HTTP", check["summary"])
        self.assert_verdict(result, "not-dot", "intercepted", "wrong-protocol")
        self.assertNotEqual(result.check_of("not-dns")["verdict"], "reachable")

        self.assertIn("200", self.assert_verdict(result, "here", "reachable", "answered")["summary"])
        self.assert_verdict(result, "moved", "reachable", "answered")
        # The service's own errors are its own answers.
        self.assert_verdict(result, "missing", "reachable", "answered")
        self.assert_verdict(result, "broken", "reachable", "answered")
        # A portal's and a proxy's are not.
        self.assertIn("login.portal.example",
                      self.assert_verdict(result, "away", "intercepted", "captive-portal")["summary"])
        self.assert_verdict(result, "portal", "intercepted", "captive-portal")
        self.assert_verdict(result, "proxy", "intercepted", "answered-on-path")
        self.assert_verdict(result, "hangup", "broken", "no-answer")

    def test_public_ca_files_of_a_site(self):
        """They stand in place of the system's bundle."""
        port = self.nginx.ports["tls"]
        table = self.table({"one": support.row("tls", port, NAME)})
        site = self.site(hosts=support.pins([NAME], [("tcp", port)]),
                         tls={"public_ca_files": [str(self.authority.root)]})
        result = support.check("--targets", table, "--site", site)
        self.assert_exit(result, 0)


# --- unbound ----------------------------------------------------------------------------------------------------------


class Unbound:
    """unbound with names of its own, over UDP, TCP and TLS. About fails.example, it asks a server that fails."""

    def __init__(self, folder, certificate):
        # The same question with QR and RCODE 2: SERVFAIL.
        self.failing = support.DatagramServer(lambda query: [query[:2] + b"\x81\x82" + query[4:]])
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        for _ in range(5):
            self.port, self.tls_port = support.free_port(), support.free_port()
            self.write(certificate)
            self.log = open(self.folder / "log", "wb")
            self.process = subprocess.Popen(["unbound", "-d", "-p", "-c", self.folder / "unbound.conf"],
                                            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
            if support.eventually(self.state, "unbound starts or gives up") == "up":
                return
            self.stop()
        raise AssertionError(f"unbound does not start: {(self.folder / 'log').read_text()}")

    def state(self):
        if self.process.poll() is not None:
            return "gone"
        return "up" if all(support.accepts_connections(port) for port in (self.port, self.tls_port)) else None

    def write(self, certificate):
        (self.folder / "unbound.conf").write_text(f"""
server:
    interface: 127.0.0.1@{self.port}
    interface: 127.0.0.1@{self.tls_port}
    tls-port: {self.tls_port}
    tls-service-key: "{certificate.key}"
    tls-service-pem: "{certificate.chain}"
    username: ""
    chroot: ""
    directory: "{self.folder}"
    pidfile: ""
    use-syslog: no
    verbosity: 1
    do-daemonize: no
    module-config: "iterator"
    do-not-query-localhost: no
    access-control: 127.0.0.1/32 allow
    access-control: 127.0.0.2/32 refuse
    local-zone: "answers.example." static
    local-data: "answers.example. A 198.51.100.7"
    local-data: "two.answers.example. A 198.51.100.8"
    local-data: "two.answers.example. AAAA 2001:db8::8"
    local-data: "text.answers.example. TXT nothing-else"
    local-data: "here.answers.example. A 127.0.0.1"
forward-zone:
    name: "fails.example."
    forward-addr: 127.0.0.1@{self.failing.port}
remote-control:
    control-enable: no
""")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(support.PATIENCE)
        self.log.close()

    def close(self):
        self.stop()
        self.failing.close()


class WithUnbound(Servers):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.unbound = Unbound(cls.common / "unbound", cls.authority.issue(NAME))
        cls.addClassCleanup(cls.unbound.close)

    QUESTIONS = {
        "good": ("answers.example", "A", "reachable", "answered"),
        "six": ("two.answers.example", "AAAA", "reachable", "answered"),
        "empty": ("text.answers.example", "A", "reachable", "answered"),
        "missing": ("missing.answers.example", "A", "unresolved", "nxdomain"),
        "fails": ("www.fails.example", "A", "unresolved", "servfail"),
    }

    def rows(self):
        rows = {}
        for name, (question, kind, _, _) in self.QUESTIONS.items():
            asked = {"question": question, "type": kind}
            rows[f"{name}-udp"] = support.row("dns", self.unbound.port, NAME, "udp", **asked)
            rows[f"{name}-tcp"] = support.row("dns", self.unbound.port, NAME, **asked)
            rows[f"{name}-dot"] = support.row("dot", self.unbound.tls_port, NAME, **asked)
        return rows

    def test_as_a_service(self):
        """Asked directly: over UDP, over TCP, and inside TLS."""
        result = self.trusted(self.rows())
        self.assert_exit(result, 1)
        for name, (_, kind, verdict, cause) in self.QUESTIONS.items():
            for way in ("udp", "tcp", "dot"):
                with self.subTest(name=name, way=way):
                    check = self.assert_verdict(result, f"{name}-{way}", verdict, cause)
                    rcode = {"nxdomain": "NXDOMAIN", "servfail": "SERVFAIL", "answered": "NOERROR"}[cause]
                    self.assertEqual(check["dns"]["rcode"], rcode)
        self.assertEqual(result.check_of("good-udp")["dns"]["answers"], ["198.51.100.7"])
        self.assertEqual(result.check_of("six-dot")["dns"]["answers"], ["2001:db8::8"])
        self.assertEqual(result.check_of("good-dot")["tls"]["version"], "TLSv1.3")

    def test_refused(self):
        """It refuses this source: an answer, and told apart from silence."""
        result = self.trusted(self.rows(), "--source", "127.0.0.2")
        self.assert_exit(result, 1)
        for name in self.QUESTIONS:
            for way in ("udp", "tcp", "dot"):
                with self.subTest(name=name, way=way):
                    check = self.assert_verdict(result, f"{name}-{way}", "unresolved", "dns-refused")
                    self.assertEqual(check["dns"]["rcode"], "REFUSED")

    def test_dot_identity(self):
        result = self.check(self.rows())
        self.assert_verdict(result, "good-dot", "intercepted", "tls-intercepted")
        self.assert_verdict(result, "good-tcp", "reachable", "answered")

    def test_not_tls(self):
        """DoT to a port that speaks plain DNS, and plain DNS to one that speaks TLS."""
        asked = {"question": "answers.example"}
        result = self.trusted({"dot": support.row("dot", self.unbound.port, NAME, **asked),
                               "dns": support.row("dns", self.unbound.tls_port, NAME, **asked)})
        self.assert_exit(result, 1)
        for name in ("dot", "dns"):
            self.assertIn(result.check_of(name)["verdict"], ("broken", "intercepted"))

    def test_as_the_resolver(self):
        with support.Listener() as server:
            rows = {
                "here": support.row("tcp", server.port, "here.answers.example"),
                "missing": support.row("tcp", server.port, "missing.answers.example"),
                "fails": support.row("tcp", server.port, "www.fails.example"),
                "empty": support.row("tcp", server.port, "text.answers.example"),
            }
            resolver = f"127.0.0.1:{self.unbound.port}"
            site = self.site(dns={"split_horizon": ["*.example"]}, network={"resolvers": [resolver]})
            result = support.check("--targets", self.table(rows), "--site", site, "--timeout", "3")
            self.assert_exit(result, 1)
            self.assertEqual(result.json["vantage"]["resolvers"], [resolver])
            self.assert_verdict(result, "here", "reachable", "connected")
            for name, cause in (("missing", "nxdomain"), ("fails", "servfail"), ("empty", "no-address")):
                check = self.assert_verdict(result, name, "unresolved", cause)
                self.assertEqual(check["owner"], "resolver")
                self.assertEqual(check["stage"], "resolve")
            # A public name that leads to this host is a sinkhole, unless the site says otherwise.
            result = support.check("--targets", self.table(rows), "--resolver", resolver, "--timeout", "3")
            self.assert_verdict(result, "here", "intercepted", "dns-sinkhole")
