"""The server of `watch`, from outside: what it serves and to whom, and what clients without manners can do to it.

tests/web/serve.cpp has a watch made by hand behind the server, so that the answers are known.
"""

import base64
import contextlib
import html.parser
import http.client
import json
import os
import pathlib
import re
import resource
import select
import shutil
import socket
import ssl
import struct
import subprocess
import time
import urllib.parse
import xml.etree.ElementTree

import pki
from support import BINARY, PATIENCE, Closing, TestCase, as_ordinary_user, eventually

WEB_SERVE = pathlib.Path(BINARY).resolve().parent / "tests" / "web_serve"
POLICY = ("default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
          "base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
# What takes a few milliseconds, in seconds of a busy machine. Whoever had to wait for another client would wait until
# that one's time for a head, or for taking an answer, has passed: 5 s for each of them (src/web/limits.hpp).
QUICK = 4.0


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.raw = raw
        self.status = int(lines[0].split()[1]) if lines[0].startswith("HTTP/1.1 ") else 0
        self.fields = [tuple(line.split(": ", 1)) for line in lines[1:]]

    def __getitem__(self, name):
        values = [value for key, value in self.fields if key.lower() == name.lower()]
        if len(values) > 1:
            raise AssertionError(f"{name} is there twice: {self.fields}")
        return values[0] if values else None

    @property
    def text(self):
        return self.body.decode()


class Serve(Closing):
    """A server that answers once this is made."""

    def __init__(self, *arguments, prefix=(), **options):
        self.process = subprocess.Popen([*prefix, WEB_SERVE, *[str(one) for one in arguments]], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
        self.url = self.process.stdout.readline().decode().strip()
        if not self.url:
            said = self.process.stderr.read().decode()
            self.close()
            raise AssertionError(f"it did not start: {said}")
        self.port = urllib.parse.urlsplit(self.url).port

    def say(self, line=""):
        """Another run; returns its number."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().decode().split()
        if len(answer) != 2 or answer[0] != "serial":
            raise AssertionError(f"{line}: {answer}")
        return int(answer[1])

    def connect(self, timeout=PATIENCE):
        return socket.create_connection(("127.0.0.1", self.port), timeout)

    def raw(self, request, timeout=PATIENCE):
        """All that comes until the server closes."""
        with self.connect(timeout) as connection:
            connection.sendall(request)
            return read_all(connection)

    def ask(self, target, method="GET", host="127.0.0.1", headers=(), body=b""):
        lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *headers]
        return Answer(self.raw("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body))

    def memory(self):
        """Resident, in KB."""
        return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{self.process.pid}/status").read_text())[1])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def unread(self):
        """Connections that it has not accepted, and bytes of the others that it has not read."""
        sockets = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return sum(int(queues.split(":")[1], 16) for _, local, _, _, queues, *_ in sockets
                   if local.endswith(f":{self.port:04X}"))

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            self.process.stdout.close()
            self.process.stderr.close()


def read_all(connection):
    received = b""
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            return received
        if not part:
            return received
        received += part


def read_until(connection, end):
    received = b""
    while not received.endswith(end):
        part = connection.recv(65536)
        if not part:
            raise AssertionError(f"it ended after {received}")
        received += part


def answers_in(raw):
    """Several answers over one connection, which have their lengths."""
    answers = []
    while raw:
        head, _, rest = raw.partition(b"\r\n\r\n")
        length = int(re.search(rb"Content-Length: (\d+)", head)[1])
        answers.append(Answer(head + b"\r\n\r\n" + rest[:length]))
        raw = rest[length:]
    return answers


class Stream(Closing):
    """A reader of events that knows nothing of them but their lines."""

    def __init__(self, server, *headers, context=None):
        self.connection = server.connect()
        if context:
            self.connection = context.wrap_socket(self.connection, server_hostname="localhost")
        lines = ["GET /api/v1/events HTTP/1.1", "Host: localhost", *headers]
        self.connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n")
        self.file = self.connection.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.fields = dict(line.decode().strip().split(": ", 1) for line in iter(self.file.readline, b"\r\n"))

    def block(self):
        """The lines up to the next empty one; nothing at the end."""
        lines = []
        for line in iter(self.file.readline, b""):
            if line == b"\n":
                return lines
            lines.append(line.decode().rstrip("\n"))
        return None

    def event(self):
        """(id, event, data) of the next event."""
        while True:
            lines = self.block()
            if lines is None:
                return None
            fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
            if "event" in fields:
                return int(fields["id"]), fields["event"], json.loads(fields["data"])

    def close(self):
        self.file.close()
        self.connection.close()


class WebAnswers(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Serve()
        cls.addClassCleanup(cls.server.close)

    def test_every_answer_has_the_headers_that_keep_a_browser_safe(self):
        cases = [("/", "GET", 200), ("/healthz", "GET", 200), ("/readyz", "GET", 200), ("/metrics", "GET", 200),
                 ("/api/v1/report", "GET", 200), ("/page.css", "GET", 200), ("/nothing", "GET", 404),
                 ("/api/v1/nothing", "GET", 404), ("/", "POST", 405), ("/api/v1/report?format=x", "GET", 400),
                 ("/%", "GET", 400), ("nowhere", "GET", 400), ("/" + "x" * 4000, "GET", 414), ("/", "HEAD", 200)]
        for target, method, status in cases:
            with self.subTest(target=target[:40], method=method):
                answer = self.server.ask(target, method)
                self.assertEqual(answer.status, status, answer.raw[:300])
                self.assertEqual(answer["Content-Security-Policy"], POLICY)
                self.assertEqual(answer["X-Content-Type-Options"], "nosniff")
                self.assertEqual(answer["X-Frame-Options"], "DENY")
                self.assertEqual(answer["Referrer-Policy"], "no-referrer")
                self.assertEqual(answer["Cross-Origin-Resource-Policy"], "same-origin")
                self.assertEqual(answer["Cross-Origin-Opener-Policy"], "same-origin")
                self.assertEqual(answer["Cache-Control"], "no-cache" if target == "/page.css" else "no-store")
                self.assertIsNone(answer["Access-Control-Allow-Origin"])
                self.assertIsNone(answer["Server"])
                self.assertIsNone(answer["Set-Cookie"])

    def test_the_page_shows_every_row_and_runs_no_text(self):
        page = self.server.ask("/")
        self.assertEqual(page["Content-Type"], "text/html; charset=utf-8")
        for row in json.loads(self.server.ask("/api/v1/report").body)["rows"]:
            self.assertIn(f"/rows/{row['id']}", urllib.parse.unquote(page.text))
            opened = self.server.ask("/rows/" + urllib.parse.quote(row["id"]))
            self.assertEqual(opened.status, 200, row["id"])
            for text in (page.text, opened.text):
                self.assertNotIn("<script>document", text)
                self.assertNotIn("<img src=x", text)
                self.assertNotRegex(text, r"(?i)<svg[^>]*onload")

    def test_a_row_is_found_by_its_name_alone(self):
        for row in ("fortiproxy-7.4/none", "..%2F..%2Fetc%2Fpasswd", "../../etc/passwd", "%2e%2e/", "x?row=y", "*",
                    "fortiproxy-7.4/*", "<script>alert(1)</script>", "%3Cscript%3Ealert(1)%3C/script%3E", "a%C0%AF"):
            answer = self.server.ask("/rows/" + row)
            self.assertEqual(answer.status, 404, row)
            self.assertNotIn("<script>alert", answer.text)

    def test_a_head_is_its_answer_without_the_body(self):
        for target in ("/", "/api/v1/report", "/page.css", "/nothing"):
            whole, head = self.server.ask(target), self.server.ask(target, "HEAD")
            self.assertEqual(head.status, whole.status)
            self.assertEqual(head["Content-Length"], str(len(whole.body)))
            self.assertEqual(head.body, b"")
        self.assertEqual(self.server.ask("/api/v1/events", "HEAD").status, 200)

    def test_files_beside_the_page_are_asked_for_once(self):
        first = self.server.ask("/page.js")
        tag = first["ETag"]
        self.assertRegex(tag, r'^"[0-9.]+-[0-9a-f]{16}"$')
        for known in (tag, "W/" + tag, f'"other", {tag}', "*"):
            again = self.server.ask("/page.js", headers=[f"If-None-Match: {known}"])
            self.assertEqual((again.status, again.body, again["ETag"]), (304, b"", tag))
            self.assertIsNone(again["Content-Length"])
        self.assertEqual(self.server.ask("/page.js", headers=['If-None-Match: "other"']).status, 200)

    def test_a_report_comes_in_every_format(self):
        types = {"json": "application/json", "csv": "text/csv; charset=utf-8", "markdown": "text/markdown; charset=utf-8",
                 "html": "text/html; charset=utf-8", "junit": "application/xml"}
        endings = {"json": "json", "csv": "csv", "markdown": "md", "html": "html", "junit": "xml"}
        for name, content_type in types.items():
            answer = self.server.ask(f"/api/v1/report?format={name}")
            self.assertEqual((answer.status, answer["Content-Type"]), (200, content_type))
            self.assertGreater(len(answer.body), 500)
            self.assertIsNone(answer["Content-Disposition"])
            saved = self.server.ask(f"/api/v1/report?download=1&format={name}")
            self.assertRegex(saved["Content-Disposition"],
                             rf'^attachment; filename="fdnprobe-branch-17-\d{{8}}T\d{{6}}Z\.{endings[name]}"$')
        self.assertEqual(json.loads(self.server.ask("/api/v1/report").body)["schema"], "fdnprobe.report/1")
        xml.etree.ElementTree.fromstring(self.server.ask("/api/v1/report?format=junit").body)

    def test_a_report_as_html_may_use_its_own_style_and_no_other(self):
        answer = self.server.ask("/api/v1/report?format=html")
        [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
        digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=style.encode(), capture_output=True,
                                check=True).stdout
        policy = answer["Content-Security-Policy"]
        self.assertIn(f"style-src 'sha256-{base64.b64encode(digest).decode()}'", policy)
        self.assertTrue(policy.startswith("default-src 'none';"))
        self.assertNotIn("unsafe", policy)
        attributes = set()

        class Reader(html.parser.HTMLParser):
            def handle_starttag(self, tag, attrs):
                attributes.update(name for name, _ in attrs)
        Reader().feed(answer.text)
        self.assertIn("class", attributes)
        self.assertNotIn("style", attributes)
        self.assertFalse([name for name in attributes if name.startswith("on")])

    def test_metrics_are_prometheus(self):
        answer = self.server.ask("/metrics")
        self.assertEqual(answer["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        self.assertIn("fdnprobe_row_state", answer.text)
        said = subprocess.run(["promtool", "check", "metrics"], input=answer.body, capture_output=True, check=False)
        self.assertEqual(said.returncode, 0, said.stderr.decode())

    def test_wrong_parameters_are_said(self):
        for query, part in (("format=pdf", "json, csv"), ("forma=json", "did you mean format?"), ("download=yes", "0 or 1"),
                            ("format=json&format=csv", "twice"), ("format=%zz", "hexadecimal")):
            answer = self.server.ask(f"/api/v1/report?{query}")
            self.assertEqual((answer.status, answer["Content-Type"]), (400, "application/json"))
            self.assertIn(part, json.loads(answer.body)["error"])
        self.assertIn("--history", json.loads(self.server.ask("/api/v1/history").body)["error"])

    def test_nothing_can_be_changed(self):
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "FOO", "get"):
            answer = self.server.ask("/api/v1/report", method, headers=["X-Secret: nobody-repeats-this"])
            self.assertEqual((answer.status, answer["Allow"]), (405, "GET, HEAD"), method)
            self.assertNotIn(b"nobody-repeats-this", answer.raw)

    def test_what_scanners_look_for_is_not_there(self):
        paths = ["/.git/config", "/.env", "/admin", "/cgi-bin/test.cgi", "/server-status", "/phpinfo.php", "/etc/passwd",
                 "/../../../../etc/passwd", "/..%2f..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                 "/page.css/../../etc/passwd", "/page.css%00.html", "/probe?target=192.0.2.1", "/probe?target=localhost:22",
                 "/api/v1/probe", "/api/v1/report/", "/api//v1/report", "/API/v1/report", "/%61pi/v1/report",
                 "/api/v1/report;x", "/index.html", "/favicon.ico", "/robots.txt", "/rows/", "/rows", "//", "/.", "/..",
                 "/healthz/", "/debug/pprof", "/actuator", "/wp-login.php", "/<script>alert(1)</script>", "/%3Cscript%3Ealert(1)%3C/script%3E", "/%22onload=alert(1)%22",
                 "/${jndi:ldap://192.0.2.1/a}", "/%0d%0aSet-Cookie:%20x=y", "/?x=%0d%0aSet-Cookie:%20x=y"]
        for path in paths:
            answer = self.server.ask(path)
            self.assertIn(answer.status, (400, 404), path)
            self.assertNotIn("<script>alert", answer.text, path)
            self.assertIsNone(answer["Set-Cookie"], path)
            self.assertIsNone(answer["Location"], path)
            self.assertNotIn("root:", answer.text, path)
        # Parameters of the page are nobody's, and are not repeated.
        self.assertNotIn("alert(1)", self.server.ask("/?x=<script>alert(1)</script>").text)

    def test_no_address_comes_from_a_request(self):
        answer = self.server.ask("/probe?target=127.0.0.1")
        self.assertEqual(answer.status, 404)


class WebLife(TestCase):
    def test_before_the_first_run_it_lives_and_is_not_ready(self):
        with Serve("--empty") as server:
            self.assertEqual(server.ask("/healthz").status, 200)
            ready = server.ask("/readyz")
            self.assertEqual((ready.status, ready.text), (503, "The first run has not ended yet.\n"))
            self.assertEqual(server.ask("/").status, 200)
            report = server.ask("/api/v1/report")
            self.assertEqual(report.status, 503)
            self.assertIsNotNone(report["Retry-After"])
            metrics = server.ask("/metrics")
            self.assertEqual(metrics.status, 200)
            self.assertNotIn("fdnprobe_row_state{", metrics.text)
            said = subprocess.run(["promtool", "check", "metrics"], input=metrics.body, capture_output=True, check=False)
            self.assertEqual(said.returncode, 0, said.stderr.decode() + metrics.text)
            server.say()
            self.assertEqual((server.ask("/readyz").status, server.ask("/api/v1/report").status), (200, 200))

    def test_a_watch_that_does_not_get_on_is_not_ready(self):
        with Serve() as server:
            server.say("aged 960")
            ready = server.ask("/readyz")
            self.assertEqual(ready.status, 503)
            self.assertRegex(ready.text, r"The last run ended 16m\d*s? ?ago, and one is due every 5m\.")
            server.say("aged 0")
            server.say("problem no space is left")
            self.assertEqual(server.ask("/readyz").text, "Runs are not being recorded: no space is left\n")
            self.assertEqual(server.ask("/healthz").status, 200)

    def test_what_cannot_be_listened_at_is_said(self):
        def refusal(*arguments, prefix=()):
            done = subprocess.run([*prefix, WEB_SERVE, *[str(one) for one in arguments]], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, 2)
            return done.stderr.decode()

        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            self.assertIn(f"cannot listen at 127.0.0.1:{port}: the port is in use", refusal("--listen", f"127.0.0.1:{port}"))
        self.assertIn("cannot listen at 192.0.2.1:9541: this host has no such address", refusal("--listen", "192.0.2.1:9541"))
        self.assertIn("127.0.0.1:80: no permission", refusal("--listen", "127.0.0.1:80", prefix=as_ordinary_user()))
        self.assertIn("expected ADDRESS:PORT", refusal("--listen", "nowhere"))

    def test_two_servers_do_not_share_a_port(self):
        with Serve() as server:
            done = subprocess.run([WEB_SERVE, "--listen", f"127.0.0.1:{server.port}"], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=PATIENCE, check=False)
            self.assertIn("the port is in use", done.stderr.decode())

    def test_a_port_is_free_again_at_once(self):
        with Serve() as server:
            port = server.port
            server.ask("/")
        with Serve("--listen", f"127.0.0.1:{port}") as again:
            self.assertEqual(again.ask("/healthz").status, 200)

    def test_ipv6(self):
        with Serve("--listen", "[::1]:0") as server:
            self.assertTrue(server.url.startswith("http://[::1]:"), server.url)
            connection = http.client.HTTPConnection("::1", server.port, timeout=PATIENCE)
            self.addCleanup(connection.close)
            connection.request("GET", "/")
            self.assertEqual(connection.getresponse().status, 200)


class WebAccess(TestCase):
    def test_without_a_token_only_this_hosts_names_are_answered(self):
        with Serve("--name", "Watch.Example") as server:
            own = socket.gethostname()
            for host in ("127.0.0.1", f"127.0.0.1:{server.port}", "192.0.2.7", "[::1]:80", "LOCALHOST", "localhost.:1",
                         "watch.example", own, f"{own.split('.')[0]}:{server.port}"):
                for target in ("/", "/api/v1/report", "/metrics", "/page.js"):
                    self.assertEqual(server.ask(target, host=host).status, 200, host)
            for host in ("attacker.example", "localhost.attacker.example", "127.0.0.1.attacker.example", "2130706433",
                         "127.1", "0", "", "a b", "[::1", f"{own}.attacker.example", "<script>alert(1)</script>"):
                for target in ("/", "/api/v1/report", "/api/v1/events", "/metrics", "/page.js", "/nothing"):
                    answer = server.ask(target, host=host)
                    self.assertEqual(answer.status, 421, f"{host} {target}")
                    self.assertIn("--listen-token", answer.text)
                    self.assertTrue("<script>alert" not in answer.text or "html" not in answer["Content-Type"])
                self.assertEqual(server.ask("/healthz", host=host).text, "alive\n")
                self.assertEqual(server.ask("/readyz", host=host).text, "ready\n")
            # The host in the address counts before the header's.
            self.assertEqual(server.ask("http://attacker.example/", host="localhost").status, 421)
            self.assertEqual(server.ask("http://localhost/", host="attacker.example").status, 200)

    def test_with_a_token_nothing_is_read_without_it(self):
        token = "correct horse: battery"
        basic = base64.b64encode(b"anybody:" + token.encode()).decode()
        with Serve("--token", token) as server:
            everything = ("/", "/rows/x", "/page.js", "/page.css", "/api/v1/report", "/api/v1/history", "/api/v1/events",
                          "/metrics", "/nothing", "/%zz")
            wrong = [[], ["Authorization: Bearer"], ["Authorization: Bearer wrong"], [f"Authorization: Bearer {token}x"],
                     [f"Authorization: Bearer {token[:-1]}"], [f"Authorization: {token}"],
                     ["Authorization: Basic " + base64.b64encode(b"anybody:wrong").decode()],
                     [f"Cookie: token={token}"], [f"X-Token: {token}"]]
            for target in everything:
                for headers in wrong:
                    answer = server.ask(target, headers=headers)
                    self.assertEqual(answer.status, 401, f"{target} {headers}")
                    self.assertEqual(answer["WWW-Authenticate"], 'Basic realm="fdnprobe", charset="UTF-8"')
                    self.assertNotIn(b"correct horse", answer.raw)
                self.assertEqual(server.ask(f"{target}?token={urllib.parse.quote(token)}").status, 401)
            for right in (f"Bearer {token}", f"Basic {basic}"):
                self.assertEqual(server.ask("/", headers=[f"Authorization: {right}"]).status, 200)
                # Whoever has the token may call the server what they like.
                self.assertEqual(server.ask("/", host="x.example", headers=[f"Authorization: {right}"]).status, 200)
            with Stream(server, f"Authorization: Bearer {token}") as stream:
                self.assertEqual(stream.event()[1], "report")
            self.assertEqual(server.ask("/healthz").text, "alive\n")
            self.assertEqual(server.ask("/readyz").text, "ready\n")


class WebEvents(TestCase):
    def test_a_change_arrives_and_then_its_run(self):
        with Serve() as server, Stream(server) as stream:
            self.assertEqual((stream.status, stream.fields["Content-Type"]), (200, "text/event-stream"))
            self.assertEqual(stream.fields["Cache-Control"], "no-store")
            self.assertEqual(stream.fields["Content-Security-Policy"], POLICY)
            self.assertRegex(stream.block()[0], r"^retry: \d+$")
            self.assertEqual(stream.event(), (1, "report", {"serial": 1}))
            server.say("change *av-ips-update blocked")
            number, kind, change = stream.event()
            self.assertEqual((number, kind), (2, "change"))
            self.assertEqual(change["schema"], "fdnprobe.event/1")
            self.assertEqual([row["to"] for row in change["rows"]], ["blocked"])
            self.assertEqual(stream.event(), (3, "report", {"serial": 2}))

    def test_a_reader_that_comes_back_misses_nothing(self):
        with Serve() as server:
            with Stream(server) as stream:
                last = stream.event()[0]
            for _ in range(3):
                server.say()
            with Stream(server, f"Last-Event-ID: {last}") as stream:
                self.assertEqual([stream.event()[0] for _ in range(3)], [last + 1, last + 2, last + 3])
            for _ in range(300):
                server.say()
            with Stream(server, f"Last-Event-ID: {last}") as stream:
                self.assertEqual(stream.event(), (304, "reload", {}))
            with Stream(server, "Last-Event-ID: 99999") as stream:
                self.assertEqual(stream.event(), (304, "reload", {}))

    def test_there_are_only_so_many_streams(self):
        with Serve() as server, contextlib.ExitStack() as all_streams:
            streams = [all_streams.enter_context(Stream(server)) for _ in range(16)]
            refused = server.ask("/api/v1/events")
            self.assertEqual(refused.status, 503)
            self.assertTrue(refused["Retry-After"].isdigit())
            # Whoever asks wrongly takes nobody's place.
            self.assertEqual(server.ask("/api/v1/events", host="attacker.example").status, 421)
            self.assertEqual(server.ask("/").status, 200)
            streams[3].close()

            def again():
                with Stream(server) as stream:
                    return stream.status == 200
            eventually(again, "the place of a stream that has ended is free")
            server.say()
            for index, stream in enumerate(streams):
                if index != 3:
                    self.assertEqual([stream.event()[2]["serial"] for _ in range(2)], [1, 2])

    def test_places_of_requests_that_are_refused_are_free_again(self):
        with Serve("--token", "x") as server:
            for _ in range(40):
                self.assertEqual(server.ask("/api/v1/events").status, 401)
            with Stream(server, "Authorization: Bearer x") as stream:
                self.assertEqual(stream.status, 200)

    def test_it_stops_at_once_with_open_streams(self):
        with Serve() as server, contextlib.ExitStack() as all_streams:
            streams = [all_streams.enter_context(Stream(server)) for _ in range(16)]
            for stream in streams:
                stream.event()
            idle = [all_streams.enter_context(server.connect()) for _ in range(50)]
            # Between two requests they have 15 s, and so long is it until the streams' next sign of life.
            for connection in idle:
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                read_until(connection, b"alive\n")
            began = time.monotonic()
            server.process.stdin.close()
            server.process.wait(PATIENCE)
            self.assertLess(time.monotonic() - began, QUICK)
            self.assertEqual(server.process.returncode, 0)
            for stream in streams:
                self.assertIsNone(stream.event())
            self.assertEqual(read_all(idle[0]), b"")

    def test_a_reader_that_reads_nothing_goes_and_the_others_hear_everything(self):
        with Serve() as server, Stream(server) as good:
            good.block()
            alone = server.descriptors()
            with socket.socket() as deaf:
                deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                deaf.connect(("127.0.0.1", server.port))
                deaf.sendall(b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
                good.event()
                before = eventually(lambda: server.descriptors() > alone and server.descriptors(), "both are there")
                state = ["reachable", "blocked"]

                def gone():
                    server.say(f"change * {state[0]}")
                    state.reverse()
                    while good.event()[1] != "report":
                        pass
                    return server.descriptors() < before
                eventually(gone, "the server lets go of a reader that reads nothing", 40)
                self.assertLess(server.memory(), 120_000)

    def test_a_stream_shows_that_it_lives(self):
        with Serve() as server, Stream(server) as stream:
            stream.event()
            began = time.monotonic()
            self.assertEqual(stream.block(), [":"])
            self.assertGreater(time.monotonic() - began, 10)
            self.assertLess(time.monotonic() - began, 20)


class WebManners(TestCase):
    """What clients may do by HTTP's rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = Serve()
        cls.addClassCleanup(cls.server.close)

    def test_requests_one_behind_the_other_are_answered_in_their_order(self):
        targets = ["/healthz", "/api/v1/report", "/nothing", "/readyz", "/page.css", "/healthz"]
        requests = [f"GET {target} HTTP/1.1\r\nHost: a\r\n" for target in targets]
        raw = self.server.raw("\r\n".join(requests).replace("Host: a", "Host: localhost").encode()
                              + b"Connection: close\r\n\r\n")
        answers = answers_in(raw)
        self.assertEqual([answer.status for answer in answers], [200, 200, 404, 200, 200, 200])
        self.assertEqual([len(answer.body) for answer in answers][-1], len("alive\n"))

    def test_a_request_may_come_in_any_pieces(self):
        request = b"\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        for cut in range(0, len(request), 3):
            with self.server.connect() as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for part in (request[:cut], request[cut:cut + 1], request[cut + 1:]):
                    connection.sendall(part)
                self.assertTrue(read_all(connection).endswith(b"alive\n"), cut)

    def test_http_1_0(self):
        answer = Answer(self.server.raw(b"GET /healthz HTTP/1.0\r\n\r\n"))
        self.assertEqual((answer.status, answer.text), (200, "alive\n"))
        # Without a host nobody can tell that it is this one.
        self.assertEqual(Answer(self.server.raw(b"GET / HTTP/1.0\r\n\r\n")).status, 421)
        self.assertEqual(Answer(self.server.raw(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")).status, 200)

    def test_a_client_that_has_said_all_gets_its_answer(self):
        with self.server.connect() as connection:
            connection.sendall(b"GET /api/v1/report HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            [answer] = answers_in(read_all(connection))
            self.assertEqual(json.loads(answer.body)["schema"], "fdnprobe.report/1")

    def test_a_body_is_not_read_and_is_not_the_next_request(self):
        hidden = b"GET /api/v1/report HTTP/1.1\r\nHost: localhost\r\n\r\n"
        for headers in (b"Content-Length: %d" % len(hidden), b"Transfer-Encoding: chunked", b"Content-Length: 0, 9",
                        b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Content-Length: x",
                        b"Expect: 100-continue\r\nContent-Length: %d" % len(hidden)):
            for method in (b"GET", b"POST"):
                raw = self.server.raw(method + b" /healthz HTTP/1.1\r\nHost: localhost\r\n" + headers + b"\r\n\r\n" + hidden)
                [answer] = answers_in(raw)
                self.assertEqual(answer["Connection"], "close")
                self.assertEqual(answer.status, 200 if method == b"GET" else 405)

    def test_a_long_body_is_refused_before_it_is_there(self):
        with self.server.connect() as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 65536)
            self.assertEqual(Answer(read_all(connection)).status, 405)

    def test_a_part_of_an_answer_is_the_whole(self):
        for value in ("bytes=0-0", "bytes=" + ",".join(["0-"] * 500), "bytes=99999999999999999999-", "bytes=-1", "x"):
            answer = self.server.ask("/page.css", headers=[f"Range: {value}"])
            self.assertEqual(answer.status, 200)
            self.assertEqual(len(answer.body), int(answer["Content-Length"]))

    def test_a_browser_keeps_its_connection(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        for index in range(100):
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            self.assertEqual(answer.read(), b"alive\n")
            self.assertEqual(answer.getheader("Connection"), "close" if index == 99 else None)

    def test_nonsense_is_refused(self):
        cases = {b"\r\n\r\nx\r\n\r\n": 400, b"GET\r\n\r\n": 400, b"GET / HTTP/1.1\r\n\r\n": 400,
                 b"GET / HTTP/1.1\nHost: localhost\n\n": 400, b"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n": 505,
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n": 400,
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nX: \0\r\n\r\n": 400, b"\x16\x03\x01\x02\0\x01\0\x01\xfc\n\n": 400,
                 b"GET / HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n": 400, b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n": 400,
                 b"GET /" + b"a" * 3000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n": 414, b"A" * 20000: 414,
                 b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 100 + b"\r\n": 431,
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 20000: 431,
                 b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: tea\r\n\r\n": 417,
                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": 505}
        for request, status in cases.items():
            raw = self.server.raw(request)
            self.assertEqual(Answer(raw).status, status, request[:60])
            self.assertIn(b"Connection: close", raw)
        self.assertEqual(self.server.ask("/healthz").status, 200)


class WebAbuse(TestCase):
    """What one client can do to the others: nothing that they notice."""

    def assert_quick(self, server, what):
        began = time.monotonic()
        self.assertEqual(server.ask("/healthz").text, "alive\n", what)
        self.assertEqual(server.ask("/").status, 200, what)
        self.assertLess(time.monotonic() - began, QUICK, what)

    def test_a_hundred_clients_that_drip_stop_nobody(self):
        with Serve() as server, contextlib.ExitStack() as open_connections:
            drips = [open_connections.enter_context(server.connect()) for _ in range(100)]
            request = b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Drip: " + b"y" * 1000
            gone = set()
            for second in range(8):
                for index, connection in enumerate(drips):
                    try:
                        connection.send(request[second:second + 1])
                    except OSError:
                        gone.add(index)
                self.assert_quick(server, f"in second {second}")
                # A byte a second is what is tested.
                select.select([], [], [], 1.0)
            self.assertEqual(len(gone), 100, "all are gone once their time for a head has passed, however they drip")

    def test_idle_connections_stop_nobody(self):
        with Serve() as server, contextlib.ExitStack() as open_connections:
            for _ in range(200):
                open_connections.enter_context(server.connect())
            self.assert_quick(server, "with 200 that say nothing")
            for _ in range(300):
                open_connections.enter_context(server.connect())
            self.assert_quick(server, "with 500 that say nothing")
            eventually(lambda: server.descriptors() < 300, "only so many are held")
            eventually(lambda: server.descriptors() < 20, "those that say nothing go")

    def test_clients_that_read_nothing_stop_nobody(self):
        with Serve("--rows", 200) as server, contextlib.ExitStack() as open_connections:
            empty = server.memory()
            deaf = []
            for _ in range(60):
                connection = open_connections.enter_context(socket.socket())
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                connection.connect(("127.0.0.1", server.port))
                connection.sendall(b"GET /api/v1/report HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50)
                deaf.append(connection)
            eventually(lambda: server.ask("/api/v1/report").status in (200, 503), "the first answers are made")
            began = time.monotonic()
            self.assertEqual(server.ask("/healthz").text, "alive\n")
            self.assertLess(time.monotonic() - began, QUICK)
            # While the report is written for the first of them, others are told to come back.
            eventually(lambda: server.ask("/").status == 200, "the page comes")
            # It did not wait until they had gone: it still has the answers that they do not read, 32 MB of them.
            self.assertGreater(server.memory(), empty + 16_000)
            self.assertLess(server.memory(), 150_000)
            eventually(lambda: server.descriptors() < 20, "those that read nothing go")

    def test_a_client_that_reads_slowly_gets_all_of_it(self):
        with Serve("--rows", 100) as server:
            whole = server.ask("/api/v1/report").body
            with socket.socket() as slow:
                slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                slow.connect(("127.0.0.1", server.port))
                slow.sendall(b"GET /api/v1/report HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                slow.settimeout(PATIENCE)
                received = b""
                while part := slow.recv(3000):
                    received += part
            self.assertEqual(Answer(received).body, whole)

    def test_it_survives_having_no_descriptors(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))
        with Serve(preexec_fn=few) as server, contextlib.ExitStack() as open_connections:
            for _ in range(200):
                open_connections.enter_context(server.connect())
            self.assert_quick(server, "with all descriptors taken")
            with Stream(server) as stream:
                self.assertEqual(stream.event()[1], "report")

    def test_it_survives_clients_that_break_off(self):
        with Serve("--rows", 100) as server:
            linger = struct.pack("ii", 1, 0)
            for index in range(300):
                connection = server.connect()
                request = b"GET /api/v1/report HTTP/1.1\r\nHost: localhost\r\n\r\n"
                connection.sendall(request[:index % (len(request) + 1)] if index % 2 else request)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                connection.close()
            self.assertEqual(server.ask("/healthz").status, 200)
            eventually(lambda: server.descriptors() < 20, "nothing is left of them")

    def test_it_does_not_grow(self):
        with Serve() as server:
            def load():
                for _ in range(100):
                    for target in ("/", "/api/v1/report", "/metrics", "/nothing", "/page.js"):
                        server.ask(target)
                server.raw(b"A" * 20000)
                return server.memory()
            load()
            before = load()
            after = load()
            self.assertLess(after - before, 2000, "KB")

    def test_an_idle_server_uses_no_time(self):
        with Serve() as server, Stream(server) as stream:
            stream.event()

            def ticks():
                fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
                return int(fields[11]) + int(fields[12])
            before = ticks()
            select.select([], [], [], 3.0)
            # Hundredths of a second. Who looks again and again uses hundreds of them.
            self.assertLessEqual(ticks() - before, 5)


class WebTls(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.common = cls.folder_of_class()
        cls.authority = pki.Authority(cls.common / "ca")
        cls.certificate = cls.authority.issue("localhost")
        cls.server = Serve("--certificate", cls.certificate.chain, "--key", cls.certificate.key)
        cls.addClassCleanup(cls.server.close)

    @classmethod
    def folder_of_class(cls):
        import tempfile
        folder = pathlib.Path(tempfile.mkdtemp(prefix="fdnprobe-test-"))
        cls.addClassCleanup(shutil.rmtree, folder, True)
        return folder

    def context(self):
        return ssl.create_default_context(cafile=self.authority.root)

    def curl(self, *arguments):
        return subprocess.run(["curl", "-sS", "--noproxy", "*", "--cacert", self.authority.root, "--resolve",
                               f"localhost:{self.server.port}:127.0.0.1", *arguments],
                              capture_output=True, timeout=PATIENCE, check=False)

    def test_curl_and_python_read_it(self):
        self.assertTrue(self.server.url.startswith("https://"))
        done = self.curl(f"https://localhost:{self.server.port}/api/v1/report")
        self.assertEqual(json.loads(done.stdout)["schema"], "fdnprobe.report/1", done.stderr)
        connection = http.client.HTTPSConnection("localhost", self.server.port, timeout=PATIENCE, context=self.context())
        self.addCleanup(connection.close)
        for _ in range(3):
            connection.request("GET", "/healthz")
            self.assertEqual(connection.getresponse().read(), b"alive\n")

    def test_old_versions_are_refused(self):
        for version, good in (("1.0", False), ("1.1", False), ("1.2", True), ("1.3", True)):
            done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.server.port}", "-cipher",
                                   "ALL:@SECLEVEL=0", f"-tls{version.replace('.', '_').removesuffix('_0')}"],
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)
            self.assertEqual(f"Protocol  : TLSv{version}" in done.stdout.decode() and done.returncode == 0
                             or f"New, TLSv{version}" in done.stdout.decode(), good, version)

    def test_events_come_through_tls(self):
        with Stream(self.server, context=self.context()) as stream:
            serial = stream.event()[2]["serial"]
            self.server.say("change * reachable")
            self.assertEqual(stream.event()[1], "change")
            self.assertEqual(stream.event()[2]["serial"], serial + 1)

    def test_pipelined_requests_come_through_tls(self):
        with self.context().wrap_socket(self.server.connect(), server_hostname="localhost") as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" * 50
                               + b"GET /api/v1/report HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            answers = answers_in(read_all(connection))
            self.assertEqual([answer.status for answer in answers], [200] * 51)

    def test_whoever_does_not_speak_tls_stops_nobody(self):
        with contextlib.ExitStack() as open_connections:
            for index in range(100):
                connection = open_connections.enter_context(self.server.connect())
                connection.sendall([b"GET / HTTP/1.1\r\n\r\n", b"\x16", b"\x16\x03\x01\x40\x00", b"\x80\x2e\x01\x00\x02"][index % 4])
            began = time.monotonic()
            self.assertEqual(self.curl(f"https://localhost:{self.server.port}/healthz").stdout, b"alive\n")
            self.assertLess(time.monotonic() - began, QUICK)
        eventually(lambda: self.server.descriptors() < 20, "those who did not finish a handshake go")

    def test_files_that_are_no_certificates_are_named(self):
        other = self.authority.issue("localhost")
        nonsense = self.write("nonsense.pem", "nothing\n")

        def refusal(certificate, key):
            done = subprocess.run([WEB_SERVE, "--certificate", certificate, "--key", key], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=PATIENCE, check=False)
            self.assertEqual(done.returncode, 2)
            return done.stderr.decode()
        missing = self.folder / "missing.pem"
        self.assertIn(f"cannot use the certificate in {missing}", refusal(missing, self.certificate.key))
        self.assertIn(f"cannot use the certificate in {nonsense}", refusal(nonsense, self.certificate.key))
        self.assertIn(f"cannot use the private key in {nonsense}", refusal(self.certificate.chain, nonsense))
        self.assertRegex(refusal(self.certificate.chain, other.key), f"private key.* in {re.escape(str(other.key))}")
        done = subprocess.run([WEB_SERVE, "--certificate", self.certificate.chain], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE, check=False)
        self.assertIn("needs its private key", done.stderr.decode())


class WebHistory(TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.folder_of_all = WebTls.folder_of_class.__func__(cls)
        cls.file = cls.folder_of_all / "history.db"
        cls.server = Serve("--rows", 10, "--history", cls.file, "--past", 2, "--every", 1800)
        cls.addClassCleanup(cls.server.close)

    def ask(self, query):
        answer = self.server.ask("/api/v1/history" + query)
        return answer.status, json.loads(answer.body)

    def test_history_is_what_the_command_prints(self):
        status, document = self.ask("")
        self.assertEqual((status, document["schema"]), (200, "fdnprobe.history/1"))
        self.assertEqual(len(document["rows"]), 10)
        status, one = self.ask("?row=*purpose-3&since=2d&period=day")
        self.assertEqual([row["id"] for row in one["rows"]], ["fortiproxy-7.4/outgoing/peer-0/purpose-3"])
        self.assertEqual(self.ask("?row=none")[1]["rows"], [])

    def test_wrong_questions_are_said(self):
        for query, part in (("?since=soon", "how long ago"), ("?since=1h&until=2h", "before"), ("?period=week", "hour or day"),
                            ("?since=400d", "period=day"), ("?sonce=1h", "did you mean since"), ("?row=%00", "control")):
            status, document = self.ask(query)
            self.assertEqual(status, 400, query)
            self.assertIn(part, document["error"])

    def test_the_pages_have_it(self):
        for target in ("/", "/rows/fortiproxy-7.4/outgoing/peer-0/purpose-3"):
            self.assertEqual(self.server.ask(target).status, 200)

    def test_many_questions_stop_nobody(self):
        def overtaken():
            with contextlib.ExitStack() as open_connections:
                asking = [open_connections.enter_context(self.server.connect()) for _ in range(60)]
                for connection in asking:
                    connection.sendall(
                        b"GET /api/v1/history?since=2d HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                eventually(lambda: self.server.unread() == 0, "it knows of all of them")
                self.assertEqual(self.server.ask("/healthz").text, "alive\n")
                answered, _, _ = select.select(asking, [], [], 0)
                statuses = {Answer(read_all(connection)).status for connection in asking}
            self.assertLessEqual(statuses, {200, 503})
            self.assertIn(200, statuses)
            return len(answered) < len(asking)
        # All their answers take a second or two, and for so long a busy machine may keep this process from asking.
        eventually(overtaken, "another is answered before all those who ask for the history are")

    def test_a_page_comes_while_somebody_holds_the_history(self):
        import sqlite3
        holder = sqlite3.connect(self.file, isolation_level=None, timeout=PATIENCE)
        self.addCleanup(holder.close)
        holder.execute("BEGIN EXCLUSIVE")
        try:
            self.assertEqual(self.server.ask("/").status, 200)
            self.assertEqual(self.server.ask("/healthz").status, 200)
        finally:
            holder.execute("ROLLBACK")
