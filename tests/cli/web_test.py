"""Web servers that are real: nginx with lists of `openssl ca`, with and without TLS, in front of a server that speaks as
FortiOS does. And the lab's web servers, held against them."""

import contextlib
import http.server
import threading

import servers_test
import support

# What a request is answered with, by its path: status, headers, body.
FORTIOS = {
    "/": (200, {"Set-Cookie": "APSCOOKIE_7=0; path=/"}, b'<script>top.location="/remote/login";</script>'),
    "/remote/login": (200, {"Set-Cookie": "SVPNCOOKIE=; path=/"}, b"Please Login"),
    "/saml": (302, {"Location": "https://login.identity.example.net/"}, b""),
}


class FortiOs(http.server.BaseHTTPRequestHandler):
    """Hides its name as FortiOS does."""

    protocol_version = "HTTP/1.1"
    pages = FORTIOS

    def version_string(self):
        return "xxxxxxxx-xxxxx"

    def do_GET(self):
        status, headers, body = self.pages.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Anonymous(FortiOs):
    """Somebody else's server, with the pages that web filters have."""

    pages = {
        "/": (200, {}, b"hello"),
        "/override": (403, {}, b"<html>Invalid FortiGuard Web Filtering override request</html>"),
        "/away": (302, {"Location": "http://login.portal.example.net/"}, b""),
    }

    def version_string(self):
        return "Apache"


class Chunks(FortiOs):
    """A CA that does not know the length of its answers beforehand."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (b"POSTPKI", b"Operation\n", b"SHA-256\nFuture\n"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")


@contextlib.contextmanager
def serving(handler):
    """The port of a web server on loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class WebCase(servers_test.Servers):
    def ask(self, rows, timeout=3):
        """Checks rows of a device. `rows`: id -> (probe, port in the table, port it really is at, keys of the check).
        Each row has a host of its own, so that rows may share a port."""
        written, hosts = {}, {}
        for name, (probe, printed, port, keys) in rows.items():
            host = f"{name}.device.example"
            keys = dict(keys)
            direction = keys.pop("direction", "incoming")
            written[name] = {"direction": direction, "ports": f"TCP/{printed}",
                             "checks": [{"port": f"TCP/{printed}", "probe": probe, "host": host, "trust": "any", **keys}]}
            hosts[f"{host}:tcp/{printed}"] = f"127.0.0.1:{port}"
        return support.check("--targets", self.table(written), "--site", self.site(hosts=hosts), "--timeout", timeout,
                             "--direction", "both")


class Nginx(servers_test.Nginx):
    """nginx as a CA's web server, and as the TLS in front of a device's."""

    def __init__(self, folder, certificate, ca, lists, device):
        forward = f"location / {{{{ proxy_pass http://127.0.0.1:{device}; proxy_pass_header Server; }}}}"
        tls = "ssl_certificate {chain}; ssl_certificate_key {key};"
        files = "".join(f"location = /{name} {{{{ alias {path}; }}}} " for name, path in lists.items())
        capabilities = r"'POSTPKIOperation\nRenewal\nSHA-256\nAES\nSCEPStandard\n'"
        scep = f"location /app/cert/scep/ {{{{ if ($args = operation=GetCACaps) {{{{ return 200 {capabilities}; }}}} }}}}"
        self.SERVERS = {
            "plain-ca": f"root /nowhere; {files} {scep} location = /moved {{{{ return 301 https://www.device.example/; }}}} "
                        "location = /page {{ return 200 '<html></html>'; }}",
            "plain-device": forward,
            "ca": f"{tls} root /nowhere; {files} {scep}",
            "device": f"{tls} {forward}",
            # It insists on a client's certificate, and says so only to a request.
            "verify": f"{tls} ssl_verify_client on; ssl_client_certificate {{ca}};",
        }
        super().__init__(folder, certificate, ca)


class WithNginx(WebCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        revoked = cls.authority.issue("revoked.example")
        cls.authority.revoke(revoked)
        current = cls.authority.revocation_list("current")
        old = cls.authority.revocation_list("old", "20200101000000Z", "20200108000000Z")
        cut = cls.common / "cut.crl"
        cut.write_bytes(current.read_bytes()[:-9])
        long = cls.common / "long.crl"
        # The list's own lengths tell of a megabyte, and its times come first.
        entries = b"\x30\x83\x0f\xff\xfb" + b"\0" * 0x0ffffb
        long.write_bytes(cls.lengthened(current.read_bytes(), entries))
        lists = {"ca.crl": current, "ca.pem": current.with_suffix(".pem"), "old.crl": old, "cut.crl": cut,
                 "long.crl": long, "certificate": revoked.leaf}
        device = cls.enterClassContext(serving(FortiOs))
        cls.nginx = Nginx(cls.common / "nginx", cls.authority.issue(servers_test.NAME), cls.authority.root, lists, device)
        cls.addClassCleanup(cls.nginx.close)

    @staticmethod
    def lengthened(der, entries):
        """The list with these entries behind its times: what stands before them keeps its bytes."""
        times = der.index(b"\x17\x0d491231000000Z") + 15
        # The two outer lengths of a list as short as these have one byte, or one more.
        start = 3 if der[1] == 0x81 else 2
        start += 3 if der[start + 1] == 0x81 else 2
        fields = der[start:times] + entries
        inner = b"\x30\x83" + len(fields).to_bytes(3, "big") + fields
        algorithm = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
        whole = inner + algorithm + b"\x03\x02\x00\x00"
        return b"\x30\x83" + len(whole).to_bytes(3, "big") + whole

    def test_revocation_lists(self):
        port = self.nginx.ports["plain-ca"]

        def row(path=None, **keys):
            return "crl", 80, port, {"direction": "outgoing", **({"path": path} if path else {}), **keys}

        tls = ("crl", 443, self.nginx.ports["ca"], {"direction": "outgoing", "path": "/ca.crl"})
        result = self.ask({"der": row("/ca.crl"), "pem": row("/ca.pem"), "old": row("/old.crl"),
                           "cut": row("/cut.crl"), "long": row("/long.crl"), "certificate": row("/certificate"),
                           "page": row("/page"), "missing": row("/missing"), "moved": row("/moved"), "unknown": row(),
                           "tls": tls})
        for name in ("der", "pem", "long", "tls"):
            check = self.assert_verdict(result, name, "reachable", "answered")
            self.assertIn("a revocation list of 2020-01-01, to be replaced by 2049-12-31", check["summary"])
            self.assertEqual(check["confidence"], "proven" if name != "tls" else check["confidence"])
        check = self.assert_verdict(result, "old", "reachable", "answered")
        self.assertTrue(any("ended on 2020-01-08" in warning for warning in check["warnings"]), check["warnings"])
        for name in ("cut", "certificate", "page", "missing"):
            self.assert_verdict(result, name, "broken", "bad-answer")
        self.assertIn("breaks off", result.check_of("cut")["summary"])
        # What cannot be known without the path is not claimed.
        for name in ("moved", "unknown"):
            check = self.assert_verdict(result, name, "reachable", "connected")
            self.assertEqual(check["confidence"], "likely")

    def test_scep(self):
        plain, tls = self.nginx.ports["plain-ca"], self.nginx.ports["ca"]
        with serving(Chunks) as chunks:
            result = self.ask({
                "plain": ("scep", 80, plain, {"direction": "outgoing"}),
                "tls": ("scep", 443, tls, {"direction": "outgoing"}),
                "chunks": ("scep", 80, chunks, {"direction": "outgoing", "path": "/cgi-bin/pkiclient.exe"}),
                "missing": ("scep", 80, plain, {"direction": "outgoing", "path": "/missing"}),
                "page": ("scep", 80, plain, {"direction": "outgoing", "path": "/page"}),
            })
        for name in ("plain", "tls"):
            check = self.assert_verdict(result, name, "reachable", "answered")
            self.assertIn("SCEP with POSTPKIOperation, Renewal, SHA-256, AES, SCEPStandard", check["summary"])
        self.assertIn("SCEP with POSTPKIOperation, SHA-256",
                      self.assert_verdict(result, "chunks", "reachable", "answered")["summary"])
        for name in ("missing", "page"):
            check = self.assert_verdict(result, name, "reachable", "connected")
            self.assertEqual(check["confidence"], "likely")
            self.assertTrue(any("SCEP" in warning for warning in check["warnings"]), check["warnings"])

    def test_pages_of_a_device(self):
        plain, tls = self.nginx.ports["plain-device"], self.nginx.ports["device"]
        result = self.ask({
            "admin": ("admin", 80, plain, {}),
            "admin-tls": ("admin", 443, tls, {}),
            "sslvpn": ("sslvpn", 443, tls, {}),
            "saml": ("sslvpn", 443, tls, {"path": "/saml"}),
            "portal": ("captive-portal", 1000, plain, {}),
            "portal-tls": ("captive-portal", 1003, tls, {}),
            "override": ("override", 8008, plain, {}),
            "override-tls": ("override", 8010, tls, {}),
            "customised": ("admin", 8443, plain, {"tls": False}),
        })
        for name in result.rows:
            check = self.assert_verdict(result, name, "reachable", "answered")
            self.assertIn("from FortiOS, by its Server header", check["summary"])
            on_path = any("on the way" in warning for warning in check["warnings"])
            self.assertEqual(on_path, name.startswith(("portal", "override")), check["warnings"])
        self.assertEqual(result.check_of("admin")["confidence"], "proven")
        self.assertEqual(result.check_of("override")["confidence"], "likely")
        self.assertIn("HTTP 302", result.check_of("saml")["summary"])

    def test_somebody_elses_pages(self):
        with serving(Anonymous) as port:
            result = self.ask({
                "admin": ("admin", 80, port, {}),
                "away": ("admin", 80, port, {"path": "/away"}),
                "override": ("override", 8008, port, {"path": "/override"}),
                "portal": ("captive-portal", 1000, port, {"path": "/away"}),
                "external": ("captive-portal", 80, port, {"direction": "outgoing"}),
            })
        check = self.assert_verdict(result, "admin", "reachable", "answered")
        self.assertEqual(check["confidence"], "likely")
        self.assertIn("does not show that the device gave it", check["summary"])
        self.assert_verdict(result, "away", "intercepted", "captive-portal")
        self.assertIn("by its page", self.assert_verdict(result, "override", "reachable", "answered")["summary"])
        self.assert_verdict(result, "portal", "reachable", "answered")
        self.assertEqual(self.assert_verdict(result, "external", "reachable", "answered")["confidence"], "proven")

    def test_the_wrong_kind_of_port(self):
        plain, tls = self.nginx.ports["plain-device"], self.nginx.ports["device"]
        result = self.ask({
            "tls-to-plain": ("admin", 443, plain, {}),
            "plain-to-tls": ("admin", 80, tls, {}),
            "certificate-wanted": ("admin", 443, self.nginx.ports["verify"], {}),
        })
        check = self.assert_verdict(result, "tls-to-plain", "intercepted", "wrong-protocol")
        self.assertIn("plain HTTP", check["summary"])
        # nginx says in plain text that it wants TLS: HTTP 400.
        self.assertIn("HTTP 400", self.assert_verdict(result, "plain-to-tls", "reachable", "answered")["summary"])
        self.assertIn("HTTP 400", self.assert_verdict(result, "certificate-wanted", "reachable", "answered")["summary"])

    def test_silence_and_nonsense(self):
        probes = {"scep": 80, "crl": 80, "captive-portal": 1000, "override": 8008, "admin": 80, "sslvpn": 443}

        def nonsense(connection):
            connection.recv(1)
            connection.sendall(b"\x1b]0;owned\x07 not HTTP\r\n\r\n")

        with support.Listener(support.hold_open) as silent, support.Listener(nonsense) as loud:
            rows = {}
            for probe, printed in probes.items():
                rows[f"{probe}-silent"] = (probe, printed, silent.port, {"tls": False})
                rows[f"{probe}-loud"] = (probe, printed, loud.port, {"tls": False})
            result = self.ask(rows)
        for probe in probes:
            self.assert_verdict(result, f"{probe}-silent", "broken", "no-answer")
            check = self.assert_verdict(result, f"{probe}-loud", "intercepted", "wrong-protocol")
            self.assertNotIn("\x1b", check["summary"])


class LabPages(support.TestCase):
    """The lab's web servers say what the real ones above say."""

    def test_every_page(self):
        ports = {"scep": (80, 443), "crl": (80,), "captive-portal": (1000, 1003), "override": (8008, 8010, 443),
                 "admin": (80, 443), "sslvpn": (443,)}
        rows = {f"{probe}-{port}": {"ports": f"TCP/{port}",
                                    "checks": [{"port": f"TCP/{port}", "probe": probe, "host": f"{probe}.vendor.example",
                                                **({"path": "/ca.crl"} if probe == "crl" else {})}]}
                for probe, numbers in ports.items() for port in numbers}
        result = support.check("--targets", self.table(rows), "--lab")
        self.assert_exit(result, 0)
        for name in rows:
            check = self.assert_verdict(result, name, "reachable", "answered")
            if name.startswith("scep"):
                self.assertIn("SCEP with POSTPKIOperation", check["summary"])
            elif name.startswith("crl"):
                self.assertIn("a revocation list of", check["summary"])
            else:
                self.assertIn("from FortiOS", check["summary"])
