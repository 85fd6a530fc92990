"""Hostile peers: bounded in time, told as what they are, and nothing of theirs raw in any output."""

import concurrent.futures
import contextlib
import pathlib
import shutil
import socket
import ssl
import struct
import tempfile
import time

import pki
import support

# A title, a colour, a cleared screen, a bell, C1, bidirectional marks, a forged line, DEL, and bytes that are no UTF-8.
ESCAPES = ("\x1b]0;owned\x07\x1b[31mred\x1b[2J\x07\u009b31m\u202egnp.exe\u2066 \r\nfdnprobe: all is well\r\x7f"
           "\t\x00").encode() + b"\xff\xfe\x80"
# For peers that stall or drip.
TIMEOUT = 1
# For peers that answer or end the connection at once, as soon as a busy machine lets them.
UNHURRIED = 3


class Hostile(support.TestCase):
    def assert_bounded(self, rows, *options, timeout=TIMEOUT, stages=1, code=1):
        """In every format: the exit code, on time, and no control character. Returns the JSON report. `stages`: so many
        of them may take all of their time."""
        table = self.table(rows)

        def run(form):
            verbose = ["-v", "--explain"] if form == "table" else []
            return form, support.run("check", "--targets", table, "--format", form, "--timeout", timeout, *verbose,
                                     *options)

        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            results = dict(pool.map(run, ("table", "json", "ndjson")))
        for form, result in results.items():
            self.assert_exit(result, code)
            self.assert_clean_text(result.raw)
            self.assertEqual(result.err, "")
            # What JSON escapes comes back when it is read: it must have been made harmless before.
            if form == "json":
                self.assert_harmless(result.json)
        elapsed = results["json"].json["elapsed_ms"]
        # Whoever has no bound goes on for ever, or for a minute. The exact margin is measured where nothing else runs
        # (limits_test.py).
        self.assertLess(elapsed, 1000 * stages * timeout + 8000)
        return results["json"]

    def assert_harmless(self, value):
        if isinstance(value, dict):
            for key, one in value.items():
                self.assert_harmless(key)
                self.assert_harmless(one)
        elif isinstance(value, list):
            for one in value:
                self.assert_harmless(one)
        elif isinstance(value, str):
            self.assertFalse(any(support.is_control(c) or c == "\n" for c in value), repr(value))

    @contextlib.contextmanager
    def listener(self, serve):
        with support.Listener(serve) as server:
            yield server.port


def say(*pieces):
    """Says this at once, and then reads."""
    def serve(connection):
        for piece in pieces:
            connection.sendall(piece)
        support.hold_open(connection)
    return serve


def say_after_request(*pieces):
    def serve(connection):
        connection.recv(65536)
        say(*pieces)(connection)
    return serve


def reset(connection):
    """Closes in a way that sends RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def reset_after_request(connection):
    connection.recv(65536)
    reset(connection)


def endless(piece):
    def serve(connection):
        while True:
            connection.sendall(piece)
    return serve


def drip(piece):
    """One byte a second, for ever."""
    def serve(connection):
        limit = time.monotonic() + support.PATIENCE
        # What one reads with a time limit is a pause that ends when the other side goes.
        connection.settimeout(1)
        for position in range(1000000):
            connection.sendall(piece[position % len(piece):][:1])
            with contextlib.suppress(TimeoutError):
                while connection.recv(65536):
                    pass
                return
            if time.monotonic() > limit:
                return
    return serve


class Streams(Hostile):
    """TCP peers, for every probe that speaks TCP."""

    PROBES = ("tls", "http", "dns", "dot")

    def rows_for(self, port, **tcp):
        rows = {probe: support.row(probe, port) for probe in self.PROBES}
        rows["tcp"] = support.row("tcp", port, **tcp)
        return rows

    def verdicts(self, result):
        return {row: (result.check_of(row)["verdict"], result.check_of(row)["cause"])
                for row in (*self.PROBES, "tcp")}

    def test_banner_with_escapes(self):
        with self.listener(say(ESCAPES * 20)) as port:
            result = self.assert_bounded(self.rows_for(port, hold=0.5), timeout=UNHURRIED)
        verdicts = self.verdicts(result)
        self.assertEqual(verdicts["tcp"], ("reachable", "connected"))
        for probe in ("tls", "dot", "http"):
            self.assertEqual(verdicts[probe], ("intercepted", "wrong-protocol"), probe)
        self.assertNotEqual(verdicts["dns"][0], "reachable")

    def test_status_line_with_escapes(self):
        head = b"HTTP/1.1 200 " + ESCAPES.replace(b"\r\n", b"") + b"\r\nServer: " + ESCAPES.replace(
            b"\r\n", b"") + b"\r\n\r\n"
        moved = b"HTTP/1.1 302 Found\r\nLocation: http://evil.\x1b[31mexample\x9b/" + b"\r\n\r\n"
        with self.listener(say_after_request(head)) as port, self.listener(say_after_request(moved)) as moved_port:
            table = self.table({"head": support.row("http", port), "moved": support.row("http", moved_port)})
            for form in ("table", "json", "ndjson"):
                result = support.run("check", "--targets", table, "--format", form, "-v", "--timeout", TIMEOUT)
                self.assertIn(result.code, (0, 1))
                self.assert_clean_text(result.raw)

    def test_endless(self):
        for piece in (b"\x00" * 65536, b"A" * 65536, b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 8000,
                      b"\x16\x03\x03\x40\x00" + b"\x02" * 0x4000, b"\x15\x03\x03\x00\x02\x01\x00" * 9000):
            with self.subTest(piece=piece[:20]), self.listener(endless(piece)) as port:
                # A stage each for TLS and for what is inside.
                result = self.assert_bounded(self.rows_for(port, hold=0.5), stages=2)
                for probe in self.PROBES:
                    self.assertIn(result.check_of(probe)["verdict"], ("broken", "intercepted", "unresolved"), probe)
                self.assertEqual(self.verdicts(result)["tcp"], ("reachable", "connected"))
                # What is kept is bounded, too.
                self.assertLess(len(result.raw), 3_000_000)

    def test_one_byte_a_second(self):
        for piece in (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1000, b"\x16\x03\x03\x00\x7a" + b"\x02" * 100, b"\x00\x40"):
            with self.subTest(piece=piece[:20]), self.listener(drip(piece)) as port:
                result = self.assert_bounded(self.rows_for(port))
                for probe in self.PROBES:
                    self.assertIn(result.check_of(probe)["verdict"], ("broken", "intercepted", "unresolved"), probe)

    def test_accept_then_reset(self):
        with self.listener(reset) as port:
            # With a hold, the connection is seen to die, which ends the hold.
            result = self.assert_bounded(self.rows_for(port, hold=3))
        for probe in (*self.PROBES, "tcp"):
            check = result.check_of(probe)
            self.assertEqual(check["verdict"], "broken", check)
            # The reset may meet the first packet of the request.
            self.assertIn(check["cause"], ("reset-after-connect", "reset-after-hello", "no-answer"), check)
        self.assertEqual(result.check_of("tcp")["cause"], "reset-after-connect")

    def test_accept_then_close(self):
        with self.listener(lambda connection: None) as port:
            result = self.assert_bounded(self.rows_for(port, hold=3))
        for probe in (*self.PROBES, "tcp"):
            check = result.check_of(probe)
            self.assertEqual(check["verdict"], "broken", check)
            self.assertIn(check["cause"], ("closed-after-connect", "closed-after-hello", "reset-after-connect",
                                           "reset-after-hello", "no-answer"), check)
        self.assertEqual(result.check_of("tcp")["cause"], "closed-after-connect")

    def test_reset_after_request(self):
        with self.listener(reset_after_request) as port:
            result = self.assert_bounded(self.rows_for(port), timeout=UNHURRIED)
        verdicts = self.verdicts(result)
        self.assertEqual(verdicts["tls"], ("broken", "reset-after-hello"))
        self.assertEqual(verdicts["dot"], ("broken", "reset-after-hello"))
        self.assertEqual(verdicts["http"], ("broken", "no-answer"))
        self.assertEqual(verdicts["dns"], ("broken", "no-answer"))

    def test_close_after_request(self):
        with self.listener(lambda connection: connection.recv(65536)) as port:
            result = self.assert_bounded(self.rows_for(port), timeout=UNHURRIED)
        verdicts = self.verdicts(result)
        self.assertEqual(verdicts["tls"], ("broken", "closed-after-hello"))
        self.assertEqual(verdicts["http"], ("broken", "no-answer"))
        self.assertEqual(verdicts["dns"], ("broken", "no-answer"))

    def test_accept_and_stall(self):
        with self.listener(support.hold_open) as port:
            result = self.assert_bounded(self.rows_for(port))
        verdicts = self.verdicts(result)
        for probe in ("tls", "dot"):
            self.assertEqual(verdicts[probe], ("broken", "hello-timeout"))
        for probe in ("http", "dns"):
            self.assertEqual(verdicts[probe], ("broken", "no-answer"))
        self.assertEqual(verdicts["tcp"], ("reachable", "connected"))

    def test_echo(self):
        """A port that says back what it hears speaks no protocol."""
        def serve(connection):
            while data := connection.recv(65536):
                connection.sendall(data)

        with self.listener(serve) as port:
            result = self.assert_bounded(self.rows_for(port))
        for probe in self.PROBES:
            self.assertIn(result.check_of(probe)["verdict"], ("broken", "intercepted"), probe)


# --- DNS --------------------------------------------------------------------------------------------------------------


def header(query, flags=b"\x81\x80", questions=1, answers=0):
    return query[:2] + flags + struct.pack(">HHHH", questions, answers, 0, 0)


def question(query):
    end = query.index(b"\0", 12) + 5
    return query[12:end]


def answer(query, name=b"\xc0\x0c", data=b"\xad\xf3\x8a\x42", kind=1):
    """A good answer, but for what a caller changes."""
    record = name + struct.pack(">HHIH", kind, 1, 60, len(data)) + data
    return header(query, answers=1) + question(query) + record


def other_question(message):
    """Another first letter."""
    return message[:13] + bytes([message[13] ^ 1]) + message[14:]


# What a server may send instead of an answer.
TRICKS = {
    "loop": lambda query: [header(query, answers=1) + question(query) + b"\xc0" + bytes([12 + len(question(query))])
                           + b"\0\1\0\1\0\0\0\0\0\4\1\2\3\4"],
    "loop-in-question": lambda query: [header(query) + b"\xc0\x0c\0\1\0\1"],
    "mutual-loop": lambda query: [header(query) + b"\xc0\x0e\xc0\x0c\0\1\0\1"],
    "forward-pointer": lambda query: [header(query) + b"\xc0\x40\0\1\0\1" + b"\0" * 60],
    "counts": lambda query: [query[:2] + b"\x81\x80" + b"\xff\xff" * 4 + question(query)],
    "long-labels": lambda query: [header(query, answers=1) + question(query) + b"\x3f" + b"x" * 63 + b"\xc0\x0c" * 2],
    "long-data": lambda query: [header(query, answers=1) + question(query) + b"\xc0\x0c\0\1\0\1\0\0\0\0\xff\xff\1\2"],
    "short": lambda query: [query[:5]],
    "empty": lambda query: [b""],
    "garbage": lambda query: [bytes(range(256)) * 8],
    "escapes": lambda query: [query[:2] + ESCAPES],
    "wrong-id": lambda query: [bytes([query[0] ^ 0xff, query[1]]) + answer(query)[2:]],
    "wrong-question": lambda query: [other_question(answer(query))],
    "echo": lambda query: [query],
    "flood-of-wrong-ids": lambda query: [bytes([number, number]) + answer(query)[2:] for number in range(200)],
}


class Dns(Hostile):
    def test_over_udp(self):
        with contextlib.ExitStack() as stack:
            rows = {}
            for name, trick in TRICKS.items():
                server = stack.enter_context(support.DatagramServer(trick))
                rows[name] = support.row("dns", server.port, transport="udp")
            result = self.assert_bounded(rows, timeout=UNHURRIED)
        for name in TRICKS:
            check = result.check_of(name)
            self.assertNotEqual(check["verdict"], "reachable", check)
            self.assertNotEqual(check["verdict"], "local", check)
        for name in ("loop", "counts", "short", "long-data"):
            self.assertEqual(result.check_of(name)["cause"], "dns-malformed", name)
        # Nobody knows who sent what does not fit: it is as if nothing had come.
        for name in ("wrong-id", "wrong-question"):
            check = result.check_of(name)
            self.assertEqual((check["verdict"], check["cause"]), ("inconclusive", "no-reply"), check)
            self.assertTrue(check["warnings"])

    def test_any_datagram(self):
        """Where no protocol is spoken, any answer is one, however it looks."""
        with contextlib.ExitStack() as stack:
            rows = {}
            for number, data in enumerate((b"", ESCAPES, b"\0" * 60000)):
                server = stack.enter_context(support.DatagramServer(lambda query, data=data: [data] * 50))
                rows[f"udp-{number}"] = support.row("udp", server.port, transport="udp")
            result = self.assert_bounded(rows, timeout=UNHURRIED, code=0)
        for name in rows:
            self.assert_verdict(result, name, "reachable", "answered")

    def test_the_true_answer_after_false_ones(self):
        """What does not fit is waited past."""
        def serve(query):
            return [*TRICKS["wrong-id"](query), *TRICKS["wrong-question"](query), answer(query)]

        with support.DatagramServer(serve) as server:
            result = self.assert_bounded({"one": support.row("dns", server.port, transport="udp")},
                                         timeout=UNHURRIED, code=0)
        check = self.assert_verdict(result, "one", "reachable", "answered")
        self.assertEqual(check["dns"]["answers"], ["173.243.138.66"])
        self.assertTrue(check["warnings"])

    def test_two_answers(self):
        """One question, answered twice and differently: somebody on the way is faster than the server."""
        def serve(query):
            return [answer(query, data=b"\x08\x08\x08\x08"), answer(query)]

        with support.DatagramServer(serve) as server:
            result = self.assert_bounded({"one": support.row("dns", server.port, transport="udp")}, timeout=UNHURRIED)
        self.assert_verdict(result, "one", "intercepted", "dns-rewritten")

    def test_sinkholes(self):
        rows = {}
        with contextlib.ExitStack() as stack:
            for name, data in (("block-page", bytes([208, 91, 112, 55])), ("loopback", bytes([127, 0, 0, 1])),
                               ("zero", bytes(4)), ("private", bytes([10, 0, 0, 1]))):
                server = stack.enter_context(
                    support.DatagramServer(lambda query, data=data: [answer(query, data=data)]))
                rows[name] = support.row("dns", server.port, transport="udp")
            result = self.assert_bounded(rows, timeout=UNHURRIED)
        for name in rows:
            self.assert_verdict(result, name, "intercepted", "dns-sinkhole")

    def test_over_tcp(self):
        def framed(trick):
            def serve(connection):
                query = connection.recv(65536)[2:]
                for message in trick(query):
                    connection.sendall(struct.pack(">H", len(message)) + message)
                support.hold_open(connection)
            return serve

        tricks = {name: framed(trick) for name, trick in TRICKS.items()}
        tricks["half-a-length"] = say_after_request(b"\0")
        tricks["length-without-a-message"] = say_after_request(b"\xff\xff")
        tricks["no-length"] = say_after_request(b"\0\0" * 4)
        with contextlib.ExitStack() as stack:
            rows = {name: support.row("dns", stack.enter_context(support.Listener(trick)).port)
                    for name, trick in tricks.items()}
            result = self.assert_bounded(rows, timeout=UNHURRIED)
        for name in rows:
            check = result.check_of(name)
            self.assertIn(check["verdict"], ("broken", "unresolved", "intercepted"), check)
        self.assertEqual(result.check_of("loop")["cause"], "dns-malformed")

    def test_as_the_resolver(self):
        """The resolver that names are looked up with is no friend either."""
        for name, trick in TRICKS.items():
            with self.subTest(name=name), support.DatagramServer(trick) as server:
                result = self.assert_bounded({"one": support.row("tcp", 443, "name.fdnprobe.example")},
                                             "--resolver", f"127.0.0.1:{server.port}")
                check = result.check_of("one")
                self.assertEqual(check["verdict"], "unresolved", check)

    def test_names_with_escapes(self):
        """CNAMEs are the far side's words, too."""
        def serve(query):
            target = b"\x09ev\x1b[31mil\x07\x07example\0"
            return [header(query, answers=1) + question(query) + b"\xc0\x0c"
                    + struct.pack(">HHIH", 5, 1, 60, len(target)) + target]

        with support.DatagramServer(serve) as server:
            rows = {"one": support.row("tcp", 443, "name.fdnprobe.example"),
                    "two": support.row("dns", server.port, transport="udp")}
            self.assert_bounded(rows, "--resolver", f"127.0.0.1:{server.port}")


# --- TLS --------------------------------------------------------------------------------------------------------------


class Certificates(Hostile):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.common = pathlib.Path(tempfile.mkdtemp(prefix="fdnprobe-hostile-"))
        cls.addClassCleanup(shutil.rmtree, cls.common, True)
        cls.authority = pki.Authority(cls.common / "ca")

    @staticmethod
    def tls(certificate):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.chain, certificate.key)

        def serve(connection):
            with context.wrap_socket(connection, server_side=True) as inside:
                support.hold_open(inside)
        return serve

    def check_certificate(self, certificate, *options, **row):
        with support.Listener(self.tls(certificate)) as server:
            rows = {"one": support.row("tls", server.port, "127.0.0.1", **row),
                    "dot": support.row("dot", server.port, "127.0.0.1", **row)}
            return self.assert_bounded(rows, *options, timeout=UNHURRIED, stages=2)

    def test_control_characters(self):
        # In the words of openssl's configuration: \x1b itself, and escapes for line ends.
        name = "ev\x1b]0;owned\x07il\x1b[2J\u009b\u202e\\r\\nfdnprobe: all is well\x7f"
        bad = self.authority.self_signed("a\x1b[31mb.example", "c\x07.example", common_name=name)
        result = self.check_certificate(bad, trust="public", server_name="service.example")
        for row in ("one", "dot"):
            self.assertIn(result.check_of(row)["verdict"], ("untrusted", "intercepted"))
        # Where the names are compared and shown.
        bad = self.authority.issue("a\x1b[31mb.example", common_name=name)
        result = self.check_certificate(bad, "--ca-file", self.authority.root, trust="public",
                                        server_name="service.example")
        self.assert_verdict(result, "one", "untrusted", "name-mismatch")

    def test_many_names(self):
        """About 90 KB of them, the largest chain that OpenSSL's clients take."""
        names = [f"name-{number:04d}.{'x' * 60}.example" for number in range(1050)]
        bad = self.authority.issue(*names, common_name="many.example")
        self.assertGreater(bad.leaf.stat().st_size, 90000)
        result = self.check_certificate(bad, "--ca-file", self.authority.root, trust="public",
                                        server_name="service.example")
        self.assert_verdict(result, "one", "untrusted", "name-mismatch")
        # And the name that counts may be the last of them.
        with support.Listener(self.tls(bad)) as server:
            rows = {"one": support.row("tls", server.port, server_name=names[-1])}
            result = support.check("--targets", self.table(rows), "--ca-file", self.authority.root)
        self.assert_verdict(result, "one", "reachable", "answered")
        self.assertLess(len(result.raw), 40000)

    def test_too_many_names(self):
        names = [f"name-{number:04d}.{'x' * 60}.example" for number in range(3000)]
        result = self.check_certificate(self.authority.self_signed(*names, common_name="many.example"), trust="public",
                                        server_name="service.example")
        for row in ("one", "dot"):
            self.assertIn(result.check_of(row)["verdict"], ("broken", "untrusted", "intercepted"))
        self.assertLess(len(result.raw), 100000)
