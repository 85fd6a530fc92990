"""--trace: all evidence of a run in a file that is written whole or not at all, and without credentials."""

import base64
import json
import os
import re
import threading

import support

USER, PASSWORD = "branch", "hunter2hunter2"


def repeat_to_the_client(connection):
    """A proxy that refuses, and shows in two pieces what it was sent."""
    asked = connection.recv(4096)
    [secret] = re.findall(rb"Proxy-Authorization: \S+ \S+", asked) or [b"nothing"]
    head = b"HTTP/1.1 407 No\r\nContent-Length: 0\r\nX-Sent: " + secret
    connection.sendall(head[:-8])
    connection.sendall(head[-8:] + b"\r\n\r\n")


def unpacked(text):
    """A trace with its base64 opened."""
    return re.sub(r'"base64:([^"]*)"', lambda found: base64.b64decode(found[1]).decode("latin-1"), text)


class Trace(support.TestCase):
    def setUp(self):
        super().setUp()
        self.server = support.Listener(support.hold_open)
        self.addCleanup(self.server.close)
        self.place = self.folder / "place"
        self.place.mkdir()
        self.trace = self.place / "trace.json"
        self.one = self.table({"one": support.row("tcp", self.server.port)})

    def test_beside_every_format(self):
        for form in ("table", "json", "ndjson"):
            result = support.run("check", "--targets", self.one, "--format", form, "--trace", self.trace)
            self.assert_exit(result, 0)
            self.assertIn("reachable", result.out)
            document = json.loads(self.trace.read_text())
            self.assertEqual(document["schema"], "fdnprobe.trace/1")
            [check] = document["checks"]
            self.assertEqual(check["conclusion"]["cause"], "connected")
            self.assertIn("connect.ok", [event["what"] for event in check["attempts"][0]["evidence"]])
            self.assertEqual(os.listdir(self.place), ["trace.json"])
            self.trace.unlink()

    def test_with_output(self):
        report = self.place / "report.json"
        self.assert_exit(support.check("--targets", self.one, "--output", report, "--trace", self.trace), 0)
        self.assertEqual(sorted(os.listdir(self.place)), ["report.json", "trace.json"])
        self.assertEqual(json.loads(report.read_text())["schema"], "fdnprobe.report/1")

    def test_exit_code_is_the_reports(self):
        with support.ClosedPort() as closed:
            table = self.table({"one": support.row("tcp", closed.port)}, name="closed")
            self.assert_exit(support.check("--targets", table, "--trace", self.trace), 1)
        self.assertEqual(json.loads(self.trace.read_text())["checks"][0]["conclusion"]["cause"], "refused")

    def test_interrupted(self):
        """What was seen until then is kept."""
        greeted = threading.Event()

        def hear(connection):
            # Whoever says something knows that it is connected.
            if connection.recv(1):
                greeted.set()
            support.hold_open(connection)

        with support.Listener(hear) as server, support.started(
                "check", "--targets", self.table({"slow": support.row("tls", server.port)}, name="slow"),
                "--timeout", "60", "--trace", self.trace) as process:
            self.assertTrue(greeted.wait(support.PATIENCE))
            self.assertFalse(self.trace.exists())
            process.terminate()
            self.assertEqual(process.wait(support.PATIENCE), 130)
        document = json.loads(self.trace.read_text())
        self.assertTrue(document["interrupted"])
        self.assertIn("connect.ok", [event["what"] for event in document["checks"][0]["attempts"][0]["evidence"]])

    def test_refused_before_anything_is_sent(self):
        result = support.check("--targets", self.one, "--trace", self.folder / "missing/trace.json")
        self.assert_usage_error(result, "--trace", "No such file")
        self.assertEqual(self.server.accepted, 0)

    def test_that_does_not_fit(self):
        result = support.check("--targets", self.one, "--trace", "/dev/full")
        self.assert_exit(result, 4)
        self.assertIn("--trace /dev/full", result.err)
        # The report is there all the same.
        self.assertIn("checks", result.json)

    def test_no_credentials(self):
        secret = self.write("proxy.credentials", f"{USER}:{PASSWORD}\n")
        secret.chmod(0o600)
        encoded = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        with support.Listener(repeat_to_the_client) as proxy:
            site = self.site(network={"proxy": f"http://127.0.0.1:{proxy.port}"}, secrets={"proxy": str(secret)})
            result = support.check("--targets", self.one, "--site", site, "--trace", self.trace)
        self.assertEqual(result.json["checks"][0]["cause"], "proxy-auth-required")
        text = self.trace.read_text()
        self.assertIn("X-Sent: Proxy-Authorization:", unpacked(text))
        for shown in (text, unpacked(text), result.out):
            for hidden in (PASSWORD, encoded, encoded[:12]):
                self.assertNotIn(hidden, shown)
