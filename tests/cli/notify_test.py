"""Notifications, with real receivers: webhooks over TLS, rsyslogd, commands; and receivers that mean no good.

The sender is tests/notify/send.cpp, a notifier that is told what to do line by line.
"""

import contextlib
import hashlib
import hmac
import http.server
import json
import os
import pathlib
import socket
import ssl
import subprocess
import threading
import time

import pki
import resolvers_test
import support

SENDER = pathlib.Path(support.BINARY).parent / "tests" / "notify_send"


class Sender(support.Closing):
    """The notifier, in a process of its own."""

    def __init__(self, *options, prefix=()):
        self.process = subprocess.Popen(
            [*prefix, SENDER, "--first-wait", "20", "--longest-wait", "200", *[str(one) for one in options]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=support.environment(), text=True)
        self.greeting = self.answer()

    def answer(self):
        return json.loads(self.process.stdout.readline())

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.answer()

    def send(self, event, kind="bad", rows=1):
        self.ask(f"{kind} {event} {rows}")

    def facts(self, receiver=0):
        return self.ask("facts")["receivers"][receiver]

    def wait_for(self, receiver=0, seconds=20.0, **wanted):
        """Until each of the facts has at least this value."""
        def reached():
            facts = self.facts(receiver)
            return facts if all(facts[name] >= value for name, value in wanted.items()) else None
        return support.eventually(reached, f"{wanted}; now {self.facts(receiver)}", seconds)

    def stop(self, milliseconds):
        """What it says at its end, with the time that stopping took, and its exit code."""
        said = self.ask(f"stop {milliseconds}")
        return said, self.process.wait(support.PATIENCE)

    def kill(self):
        self.process.kill()
        self.process.wait(support.PATIENCE)
        self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        # What it did not read any more is of no interest.
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()


class Hook(support.Closing):
    """A webhook's receiver. `answers` are (status, headers) for the next requests; 200 when there are no more."""

    def __init__(self, certificate=None, port=0):
        self.requests, self.answers = [], []
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, headers = hook.answers.pop(0) if hook.answers else (200, {})
                hook.requests.append((self.path, dict(self.headers.items()), body, status))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"thank you")

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, *_):
                """Clients that do not like the certificate are part of the test."""

        self.server = Server(("127.0.0.1", port), Handler)
        scheme = "http"
        if certificate:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.chain, certificate.key)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{scheme}://localhost:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def taken(self):
        """The ids of the events that it took, in their order."""
        return [headers["X-Fdnprobe-Event-Id"] for _, headers, _, status in self.requests if status == 200]

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Crooked(support.Closing):
    """Accepts connections and hands each to `treat`, in a thread of its own, until it is closed."""

    def __init__(self, treat):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.ended = threading.Event()
        self.threads = []
        self.treat = treat
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self):
        while True:
            connection, _ = self.listener.accept()
            if self.ended.is_set():
                connection.close()
                return
            thread = threading.Thread(target=self.one, args=(connection,))
            thread.start()
            self.threads.append(thread)

    def one(self, connection):
        with connection, contextlib.suppress(OSError):
            self.treat(connection, self.ended)

    def close(self):
        self.ended.set()
        socket.create_connection(("127.0.0.1", self.port)).close()
        self.thread.join()
        for thread in self.threads:
            thread.join()
        self.listener.close()


def hang(_, ended):
    ended.wait()


def drip(connection, ended):
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10000:
        connection.sendall(bytes([letter]))
        if ended.wait(0.02):
            return


def read_request(connection):
    """Up to its end, or the connection's."""
    data = b""
    while not data.endswith(b"}\n") and (part := connection.recv(65536)):
        data += part


def flood(connection, ended):
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 ")
    while not ended.is_set():
        connection.sendall(b"A" * 65536)


def long_line(connection, _):
    read_request(connection)
    connection.sendall(b"HTTP/1.1 200 " + b"A" * 1000000 + b"\r\n\r\n")


class Webhooks(support.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = pathlib.Path(support.tempfile.mkdtemp(prefix="fdnprobe-test-"))
        cls.addClassCleanup(support.shutil.rmtree, cls.shared, True)
        cls.authority = pki.Authority(cls.shared / "ca")
        cls.good = cls.authority.issue("localhost")

    def sender(self, *options, **more):
        sender = Sender(*options, **more)
        self.addCleanup(sender.close)
        return sender

    def hook(self, certificate=None, **more):
        hook = Hook(certificate, **more)
        self.addCleanup(hook.close)
        return hook

    def test_a_signed_event_arrives_over_tls(self):
        hook = self.hook(self.good)
        sender = self.sender("--to", f"webhook={hook.url}/alerts?team=net", "--secret", "s3cret", "--ca",
                             self.authority.root)
        sender.send("e-1", rows=300)
        sender.send("e-2", "good")
        sender.send("e-3", "dead")
        facts = sender.wait_for(delivered=3)
        self.assertEqual((facts["name"], facts["failed"], facts["waiting"]), ("webhook 1", 0, 0))
        self.assertEqual(hook.taken(), ["e-1", "e-2", "e-3"])
        for path, headers, body, _ in hook.requests:
            self.assertEqual(path, "/alerts?team=net")
            self.assertEqual(headers["Content-Type"], "application/json")
            self.assertEqual(headers["Host"], f"localhost:{hook.port}")
            timestamp = headers["X-Fdnprobe-Timestamp"]
            self.assertLess(abs(int(timestamp) - time.time()), 60)
            expected = hmac.new(b"s3cret", timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
            self.assertEqual(headers["X-Fdnprobe-Signature"], f"sha256={expected}")
            event = json.loads(body)
            self.assertEqual((event["schema"], event["id"]), ("fdnprobe.event/1", headers["X-Fdnprobe-Event-Id"]))
        first, second, third = [json.loads(body) for _, _, body, _ in hook.requests]
        self.assertEqual((first["rows_total"], len(first["rows"])), (300, 200))
        self.assertIn("300 rows of FortiGuard are blocked", first["summary"])
        self.assertIn("is reachable again", second["summary"])
        self.assertEqual(third["kind"], "control-failed")

    def test_what_may_pass_is_tried_again_in_order_and_what_is_final_is_given_up(self):
        hook = self.hook()
        hook.answers = [(500, {}), (429, {"Retry-After": "0"}), (200, {}), (404, {}), (200, {})]
        sender = self.sender("--to", f"webhook={hook.url}")
        for event in ("a", "b", "c"):
            sender.send(event)
        facts = sender.wait_for(delivered=2)
        self.assertEqual(hook.taken(), ["a", "c"])
        self.assertEqual((facts["failed"], facts["given_up"], facts["waiting"]), (3, 1, 0))
        self.assertEqual(facts["last_problem"], "a message was given up: it answered 404")

    def test_retry_after_is_honoured_up_to_the_longest_wait(self):
        hook = self.hook()
        hook.answers = [(503, {"Retry-After": "3600"})]
        sender = self.sender("--to", f"webhook={hook.url}", "--first-wait", "1", "--longest-wait", "1500")
        began = time.monotonic()
        sender.send("a")
        sender.wait_for(delivered=1)
        self.assertGreaterEqual(time.monotonic() - began, 1.5)

    def test_a_redirect_is_not_followed(self):
        other, hook = self.hook(), self.hook()
        hook.answers = [(status, {"Location": f"{other.url}/s3cret"}) for status in (301, 302, 307, 308)]
        sender = self.sender("--to", f"webhook={hook.url}")
        sender.send("a")
        support.eventually(lambda: "redirects are not followed" in sender.facts()["last_problem"], "it says so")
        facts = sender.wait_for(delivered=1)
        self.assertEqual(facts["failed"], 4)
        self.assertEqual(other.requests, [])

    def test_a_certificate_that_does_not_hold_gets_no_event(self):
        other = pki.Authority(self.folder / "other", "Other")
        cases = {
            "the name": (self.authority.issue("other.example"), "hostname mismatch"),
            "the issuer": (other.issue("localhost"), "unable to get local issuer certificate"),
            "itself": (self.authority.self_signed("localhost"), "self-signed certificate"),
            "its time": (self.authority.issue("localhost", end="20210101000000Z"), "certificate has expired"),
        }
        for what, (certificate, problem) in cases.items():
            with self.subTest(what), Hook(certificate) as hook, \
                    Sender("--to", f"webhook={hook.url}", "--ca", self.authority.root) as sender:
                sender.send("a")
                facts = sender.wait_for(failed=2)
                self.assertIn(f"its certificate does not hold: {problem}", facts["last_problem"])
                self.assertEqual((hook.requests, facts["waiting"]), ([], 1))
        # The system's bundle does not know it either.
        with Hook(self.good) as hook, Sender("--to", f"webhook={hook.url}") as sender:
            sender.send("a")
            self.assertIn("does not hold", sender.wait_for(failed=1)["last_problem"])

    def test_an_address_has_to_be_in_the_certificate_as_one(self):
        hook = self.hook(self.good)
        sender = self.sender("--to", f"webhook=https://127.0.0.1:{hook.port}", "--ca", self.authority.root)
        sender.send("a")
        self.assertIn("IP address mismatch", sender.wait_for(failed=1)["last_problem"])

    def test_credentials_are_sent_and_never_shown(self):
        hook = self.hook()
        hook.answers = [(401, {"WWW-Authenticate": "Basic"}), (302, {"Location": "http://probe:s3cret@localhost/"})]
        target = f"webhook=http://probe:s3cret@localhost:{hook.port}/tok3n"
        sender = self.sender("--to", target, "--spool", self.folder / "spool")
        for event in ("a", "b"):
            sender.send(event)
        sender.wait_for(delivered=1, given_up=1, failed=2)
        self.assertEqual(hook.requests[0][1]["Authorization"], "Basic cHJvYmU6czNjcmV0")
        said, _ = sender.stop(1000)
        for text in (json.dumps(said), json.dumps(os.listdir(self.folder / "spool"))):
            self.assertNotRegex(text, "s3cret|tok3n|cHJvYmU")
        for mistake in ("webhook=http://probe:s3cret@local host/tok3n", "https://probe:s3cret@localhost/tok3n"):
            sender = self.sender("--to", mistake)
            self.assertIn("error", sender.greeting)
            self.assertNotRegex(json.dumps(sender.greeting), "s3cret|tok3n")

    def test_peers_that_hang_drip_or_flood_cost_one_attempt_at_a_time(self):
        # Those who answer without an end are given the time to begin.
        cases = {"hang": (hang, 300, "no answer in time"), "drip": (drip, 300, "no answer in time"),
                 "flood": (flood, 5000, "its answer has no end"),
                 "long line": (long_line, 5000, "its answer has no end")}
        for what, (treat, timeout, problem) in cases.items():
            with self.subTest(what), Crooked(treat) as peer, \
                    Sender("--to", f"webhook=http://127.0.0.1:{peer.port}", "--timeout", timeout) as sender:
                sender.send("a")
                facts = sender.wait_for(failed=3)
                self.assertRegex(facts["last_problem"], f"{problem}|no HTTP")
                self.assertEqual(facts["waiting"], 1)
                said, code = sender.stop(400)
                self.assertEqual(code, 0)
                self.assertLess(said["stopped_after"], 2)

    def test_stopping_does_not_wait_for_a_handshake_or_an_answer(self):
        for scheme in ("http", "https"):
            with self.subTest(scheme), Crooked(hang) as peer, \
                    Sender("--to", f"webhook={scheme}://127.0.0.1:{peer.port}", "--timeout", "60000",
                           "--spool", self.folder / scheme) as sender:
                sender.send("a")
                support.eventually(lambda: peer.threads, "it is connected")
                said, code = sender.stop(300)
                self.assertEqual((code, said["receivers"][0]["waiting"]), (0, 1))
                self.assertLess(said["stopped_after"], 2)
                self.assertEqual(len(list((self.folder / scheme).glob("*.message"))), 1)

    def silent_resolver(self, address):
        """Somebody who is asked for names and says nothing."""
        resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.addCleanup(resolver.close)
        resolver.bind((address, 53))
        resolver.settimeout(support.PATIENCE)
        return resolver

    def with_resolvers(self, *addresses, options=""):
        lines = "".join(f"nameserver {address}\n" for address in addresses)
        return support.with_file(self.write("resolv.conf", lines + options), "/etc/resolv.conf")

    def test_a_resolver_that_says_nothing_costs_one_attempt_at_a_time(self):
        resolver = self.silent_resolver("127.0.0.1")
        sender = self.sender("--to", "webhook=https://hooks.example/", "--timeout", "300",
                             prefix=self.with_resolvers("127.0.0.1", options="options timeout:30 attempts:5\n"))
        sender.send("a")
        # With the system's own resolver the first attempt would take minutes.
        facts = sender.wait_for(failed=3)
        self.assertIn(b"\x05hooks\x07example", resolver.recv(512))
        self.assertEqual((facts["last_problem"], facts["waiting"]), ("the name does not resolve in time", 1))

    def test_stopping_does_not_wait_for_the_resolver(self):
        resolver = self.silent_resolver("127.0.0.1")
        sender = self.sender("--to", "webhook=https://hooks.example/", "--timeout", "60000",
                             prefix=self.with_resolvers("127.0.0.1"))
        sender.send("a")
        self.assertIn(b"\x05hooks\x07example", resolver.recv(512))
        began = time.monotonic()
        said, code = sender.stop(300)
        self.assertEqual((code, said["receivers"][0]["waiting"]), (0, 1))
        self.assertLess(said["stopped_after"], 2)
        self.assertLess(time.monotonic() - began, 5)

    def test_names_come_from_the_resolvers_of_the_system(self):
        name = "hooks.example.test"
        hook = self.hook()
        # The first says nothing: the second is asked in its place, within the one attempt.
        self.silent_resolver("127.0.0.2")
        with resolvers_test.unbound(support.Here(), self.folder, "127.0.0.1", name, "127.0.0.1"):
            prefix = self.with_resolvers("127.0.0.2", "127.0.0.1", options="search example.test\n")
            for host in (name, "hooks"):
                with self.subTest(host):
                    sender = self.sender("--to", f"webhook=http://{host}:{hook.port}/", prefix=prefix)
                    sender.send(host)
                    facts = sender.wait_for(delivered=1)
                    self.assertEqual(facts["failed"], 0)
            self.assertEqual(hook.taken(), [name, "hooks"])
            sender = self.sender("--to", f"webhook=http://nobody.example.test:{hook.port}/", prefix=prefix)
            sender.send("c")
            facts = sender.wait_for(failed=1)
            self.assertEqual(facts["last_problem"], "the name does not resolve: Domain name not found")

    def test_a_hosts_file_gives_names_too(self):
        hook = self.hook()
        hosts = self.write("hosts", "127.0.0.1 hooks.example\n")
        sender = self.sender("--to", f"webhook=http://hooks.example:{hook.port}/",
                             prefix=support.with_file(hosts, "/etc/hosts"))
        sender.send("a")
        sender.wait_for(delivered=1)

    def test_killed_while_the_receiver_is_down_it_delivers_all_afterwards(self):
        port = support.free_port()
        options = ("--to", f"webhook=http://localhost:{port}", "--spool", self.folder / "spool", "--most", "100000")
        sender = self.sender(*options)
        events = [f"first-{number}" for number in range(20)]
        for event in events:
            sender.send(event)
        sender.wait_for(failed=1)
        sender.kill()
        # Then in the middle of writing, as often as it takes to meet every step of it.
        for turn in range(15):
            sender = self.sender(*options)
            stop = threading.Timer(0.002 * turn, sender.process.kill)
            with contextlib.suppress(BrokenPipeError, ValueError):
                stop.start()
                for number in range(1000):
                    sender.send(f"turn-{turn}-{number}")
                    events.append(f"turn-{turn}-{number}")
            stop.join()
            sender.process.wait(support.PATIENCE)
            sender.close()
        hook = self.hook(port=port)
        sender = self.sender(*options)
        support.eventually(lambda: sender.facts()["waiting"] == 0, "all is delivered", 60)
        taken = hook.taken()
        self.assertEqual(sorted(set(events) - set(taken)), [])
        # In the order in which they were sent, whatever process that was.
        known = [event for event in dict.fromkeys(taken) if event in set(events)]
        self.assertEqual(known, events)
        self.assertEqual([path.name for path in (self.folder / "spool").iterdir()], ["lock"])
        self.assertEqual(sender.ask("facts")["warnings"], [])


class Syslog(support.TestCase):
    """rsyslogd writes the parts of each message, as it has understood them."""

    def start(self, port):
        folder = self.folder / "rsyslogd"
        folder.mkdir()
        self.file = folder / "messages"
        (folder / "rsyslog.conf").write_text(f"""
global(workDirectory="{folder}" maxMessageSize="8k")
module(load="imudp")
module(load="imtcp")
input(type="imudp" address="127.0.0.1" port="{port}")
input(type="imtcp" address="127.0.0.1" port="{port}")
template(name="parts" type="list" option.jsonf="on") {{
    property(outname="input" name="inputname" format="jsonf")
    property(outname="facility" name="syslogfacility-text" format="jsonf")
    property(outname="severity" name="syslogseverity-text" format="jsonf")
    property(outname="version" name="protocol-version" format="jsonf")
    property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
    property(outname="host" name="hostname" format="jsonf")
    property(outname="program" name="app-name" format="jsonf")
    property(outname="process" name="procid" format="jsonf")
    property(outname="id" name="msgid" format="jsonf")
    property(outname="data" name="structured-data" format="jsonf")
    property(outname="text" name="msg" format="jsonf")
}}
if $programname == "fdnprobe" then action(type="omfile" file="{self.file}" template="parts")
""")
        process = subprocess.Popen(["rsyslogd", "-n", "-f", folder / "rsyslog.conf", "-i", folder / "pid"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait, support.PATIENCE)
        self.addCleanup(process.terminate)

    def logged(self):
        if not self.file.exists():
            return []
        # What follows the last line end is a message that is being written.
        return [json.loads(line) for line in self.file.read_bytes().split(b"\n")[:-1]]

    def test_a_receiver_that_comes_later_gets_every_part_of_each_message(self):
        port = support.free_port()
        with Sender("--to", f"syslog=udp://localhost:{port}", "--to", f"syslog=tcp://localhost:{port}") as sender:
            sender.send("e-1", rows=34)
            sender.send("e-2", "good")
            for receiver in (0, 1):
                facts = sender.wait_for(receiver, failed=1)
                self.assertIn("Connection refused", facts["last_problem"])
            self.start(port)
            for receiver in (0, 1):
                sender.wait_for(receiver, delivered=2)
            messages = support.eventually(lambda: self.logged() if len(self.logged()) >= 4 else None, "all are logged")
            for kind in ("imudp", "imtcp"):
                first, second = [message for message in messages if message["input"] == kind]
                self.assertEqual((first["facility"], first["severity"], second["severity"]), ("daemon", "err", "notice"))
                self.assertEqual((first["version"], first["host"], first["program"], first["id"]),
                                 ("1", "probe-17", "fdnprobe", "rows-changed"))
                self.assertEqual(first["process"], str(sender.process.pid))
                self.assertEqual(first["time"], "2026-11-20T06:25:00.123Z")
                self.assertRegex(first["data"], r'^\[origin software="fdnprobe" swVersion="[0-9.]+"\]$')
                self.assertRegex(first["text"], "^\ufeff?branch-17: 34 rows of FortiGuard are blocked .event e-1.$")
                self.assertIn("is reachable again (event e-2)", second["text"])

    def test_a_tcp_receiver_that_resets_or_hangs(self):
        def reset(connection, _):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

        with Crooked(reset) as peer, Sender("--to", f"syslog=tcp://127.0.0.1:{peer.port}") as sender:
            sender.send("a")
            self.assertIn("reset", sender.wait_for(failed=2)["last_problem"])
        # Its kernel has the message: nothing more can be known of a receiver that never ends a connection.
        with Crooked(hang) as peer, Sender("--to", f"syslog=tcp://127.0.0.1:{peer.port}") as sender:
            sender.send("a")
            self.assertEqual(sender.wait_for(delivered=1)["failed"], 0)


class Commands(support.TestCase):
    def test_a_command_gets_a_large_event_on_its_standard_input(self):
        out = self.folder / "out"
        script = self.write("take", f"#!/bin/sh\ncat > {out}.part && mv {out}.part {out}\n")
        script.chmod(0o755)
        with Sender("--to", f"command={script}") as sender:
            sender.send("e-1", rows=200)
            sender.wait_for(delivered=1)
        text = out.read_text(encoding="utf-8")
        self.assertGreater(len(text), 65536)
        self.assertEqual(len(json.loads(text)["rows"]), 200)


class Spools(support.TestCase):
    def test_a_folder_that_may_not_be_written(self):
        folder = self.folder / "spool"
        folder.mkdir()
        folder.chmod(0o555)
        with Sender("--to", "command=/bin/true", "--spool", folder, prefix=support.as_ordinary_user()) as sender:
            self.assertIn(f"the spool {folder} cannot be written: Permission denied", sender.greeting["error"])

    def test_a_full_disk_is_said_and_loses_nothing(self):
        folder, go = self.folder / "spool", self.folder / "go"
        folder.mkdir()
        script = self.write("take", f"#!/bin/sh\n[ -e {go} ]\n")
        script.chmod(0o755)
        full = ["unshare", "-m", "sh", "-ec", f'mount -t tmpfs -o size=64k tmpfs {folder}; exec "$@"', "full"]
        with Sender("--to", f"command={script}", "--spool", folder, prefix=full) as sender:
            for number in range(3):
                sender.send(number, rows=200)
            [warning] = sender.ask("facts")["warnings"]
            self.assertIn("the spool cannot be written: No space left on device", warning)
            go.touch()
            self.assertEqual(sender.wait_for(delivered=3)["given_up"], 0)
