"""`fdnprobe respond`, asked by a client that is written here, from the description of the message alone."""

import contextlib
import ctypes
import hashlib
import hmac
import os
import pathlib
import re
import resource
import signal
import socket
import struct
import subprocess
import time

import support

TCP, UDP, ESP, ETHERNET = range(4)
REACH, ARRIVALS = 1, 2
SIZE, SIGNED = 160, 128
REPLY = 0x80
TTL_KNOWN, FROM_IPV4, FROM_IPV6, FROM_ETHERNET, LISTENING = 1, 2, 4, 8, 16

KEY = "8f" * 32
OTHER_KEY = "71" * 32
# Who never answers within this long has nothing to say; only tests that fail wait for it.
ANSWER = 20.0


def request(transport, port, kind=REACH, key=KEY, when=None, nonce=None, attempt=b"attempt1"):
    milliseconds = int((time.time() if when is None else when) * 1000)
    body = struct.pack(">8sBBBBHBBQ16s8s16sHH60x", b"fdnprobe", 1, kind, transport, 0, port, 0, 0, milliseconds,
                       nonce or os.urandom(16), attempt, bytes(16), 0, 0)
    assert len(body) == SIGNED
    return body + hmac.digest(key.encode(), body, hashlib.sha256)


class Reply:
    def __init__(self, data, key=KEY):
        assert len(data) == SIZE, f"a reply of {len(data)} bytes: {data!r}"
        assert hmac.compare_digest(hmac.digest(key.encode(), data[:SIGNED], hashlib.sha256), data[SIGNED:])
        (magic, version, self.kind, self.transport, flags, self.port, ttl, _, self.time, self.nonce, self.attempt, source,
         self.source_port, self.arrivals) = struct.unpack(">8sBBBBHBBQ16s8s16sHH60x", data[:SIGNED])
        assert (magic, version) == (b"fdnprobe", 1)
        self.ttl = ttl if flags & TTL_KNOWN else None
        self.listening = bool(flags & LISTENING)
        self.source = None
        if flags & FROM_IPV4:
            self.source = socket.inet_ntop(socket.AF_INET, source[:4])
        elif flags & FROM_IPV6:
            self.source = socket.inet_ntop(socket.AF_INET6, source)
        elif flags & FROM_ETHERNET:
            self.source = source[:6].hex(":")


class Responder:
    """`fdnprobe respond`, listening; what it says on standard error is in `log`."""

    def __init__(self, test, table, *options, prefix=(), key=KEY, ready=True):
        folder = test.folder
        self.key = test.write("responder.key", key + "\n")
        self.key.chmod(0o600)
        # An ordinary user has to read the one and to write the other.
        place = folder / "ready"
        place.mkdir(exist_ok=True)
        place.chmod(0o777)
        if "--reuid=65534" in prefix:
            os.chown(self.key, 65534, 65534)
        self.ready = place / "file"
        self.errors = folder / "errors"
        with open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [*prefix, *support.command(["respond", "--targets", table, "--key", self.key,
                                            "--ready-file", self.ready, *options])],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors, env=support.environment(),
            )
        test.addCleanup(self.kill)
        if ready:
            support.eventually(lambda: self.ready.exists() or self.process.poll() is not None, "the responder listens")
            assert self.process.poll() is None, self.log

    @property
    def log(self):
        return self.errors.read_text(encoding="utf-8")

    @property
    def answers(self):
        """The lines about who asked: those that begin with a time."""
        return [line for line in self.log.splitlines() if line[:2] == "20"]

    def logged(self, *texts):
        """Waits for one line with all these, which may be patterns."""
        def within(text, line):
            return text.search(line) if isinstance(text, re.Pattern) else text in line

        def found():
            return [line for line in self.answers if all(within(text, line) for text in texts)]
        return support.eventually(found, f"a line with {texts} in:\n{self.log}")[0]

    def memory(self):
        """Resident, in kB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0])

    def stop(self, how=signal.SIGTERM):
        """The exit code, and how long it took."""
        began = time.monotonic()
        self.process.send_signal(how)
        code = self.process.wait(support.PATIENCE)
        return code, time.monotonic() - began

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def inside(namespace):
    """What is opened in here belongs to that namespace, and stays there."""
    libc = ctypes.CDLL(None, use_errno=True)
    new_network = 0x40000000  # CLONE_NEWNET
    with open("/proc/self/ns/net", "rb") as own, open(f"/proc/{namespace.pid}/ns/net", "rb") as other:
        if libc.setns(other.fileno(), new_network) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            libc.setns(own.fileno(), new_network)


def dial(kind, address, port, ttl=None, source=None):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    one = socket.socket(family, kind)
    one.settimeout(ANSWER)
    if ttl is not None:
        set_ttl(one, ttl)
    if source is not None:
        one.bind((source, 0))
    one.connect((address, port))
    return one


def tcp(address, port, ttl=None, source=None):
    return dial(socket.SOCK_STREAM, address, port, ttl, source)


def udp(address, port, ttl=None, source=None):
    """Connected: a reply from another address than the one that was asked does not come in."""
    return dial(socket.SOCK_DGRAM, address, port, ttl, source)


def set_ttl(one, ttl):
    if one.family == socket.AF_INET6:
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
    else:
        one.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)


def read_all(connection):
    """Everything until the far end closes, in whatever way."""
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while part := connection.recv(4096):
            data += part
    return data


def ask_tcp(connection, message):
    connection.sendall(message)
    data = b""
    while len(data) < SIZE:
        part = connection.recv(SIZE - len(data))
        assert part, f"closed after {len(data)} bytes"
        data += part
    return Reply(data)


def ask_udp(one, message):
    one.send(message)
    return Reply(one.recv(65536))


def table_of(test, ports, **rows):
    """One row of the peer `Far` with these ports, and others by their peers."""
    def row_of(peer, listed):
        return {"peer": peer, "purpose": "test", "ports": ", ".join(listed),
                "checks": [{"port": one, "skip": "nothing here speaks it"} for one in listed]}
    return test.table({"far": row_of("Far", ports),
                       **{name.lower(): row_of(name, listed) for name, listed in rows.items()}})


class CommandLine(support.TestCase):
    """Keys, choices, and what is said when something is wrong; ports of this class's own namespace."""

    def test_make_key(self):
        key = self.folder / "new.key"
        result = support.run("respond", "--make-key", key)
        self.assert_exit(result, 0)
        self.assertEqual(key.stat().st_mode & 0o7777, 0o600)
        self.assertRegex(key.read_text(encoding="ascii"), r"\A[0-9a-f]{64}\n\Z")
        for text in (f"fdnprobe respond --key {key}", f"fdnprobe check --responder-key {key}"):
            self.assertIn(text, result.out)
        self.assertNotIn(key.read_text(encoding="ascii").strip(), result.out + result.err)

        before = key.read_bytes()
        self.assert_usage_error(support.run("respond", "--make-key", key), str(key), "already")
        self.assertEqual(key.read_bytes(), before)
        self.assert_usage_error(support.run("respond", "--make-key", self.folder / "no" / "key"), "No such file")
        self.assert_usage_error(support.run("respond", "--make-key", self.folder / "two", "--key", key), "--make-key")
        self.assertFalse((self.folder / "two").exists())

    def test_keys_that_are_refused(self):
        self.assert_usage_error(support.run("respond"), "--key FILE", "--make-key FILE")
        self.assert_usage_error(support.run("respond", "--key", self.folder / "missing"), "missing")
        key = self.write("responder.key", KEY)
        for mode in (0o644, 0o640, 0o604):
            key.chmod(mode)
            result = support.run("respond", "--key", key)
            self.assert_usage_error(result, "others can read", "chmod 600")
            self.assertNotIn(KEY, result.err)
        short = self.write("short.key", "0123456789012345678901234567890")
        short.chmod(0o600)
        result = support.run("respond", "--key", short)
        self.assert_usage_error(result, "at least 32 characters")
        self.assertNotIn("01234567890", result.err)

    def test_choices_that_are_refused(self):
        key = self.write("responder.key", KEY)
        key.chmod(0o600)

        def refused(*options):
            return support.run("respond", "--key", key, *options)

        self.assert_usage_error(refused("--peer", "FortiManger"), "FortiManger", "did you mean 'FortiManager'?")
        self.assert_usage_error(refused("--peer", "FortiGuard", "--direction", "incoming"), "incoming", "FortiGuard",
                                "--direction both")
        self.assert_usage_error(refused("--targets", "nosuch"), "nosuch")
        self.assert_usage_error(refused("--interface", "nosuch0"), "nosuch0", "lo")
        self.assert_usage_error(refused("--listen", "localhost"), "localhost", "IP address")
        self.assert_usage_error(refused("--listen", "192.0.2.1"), "192.0.2.1", "no such address")
        self.assert_usage_error(refused("--listen", "127.0.0.1:53"), "127.0.0.1:53", "IP address")
        self.assert_usage_error(refused("--ready-file", key), "--ready-file", str(key))
        self.assertEqual(key.read_text(encoding="ascii"), KEY)
        self.assert_usage_error(refused("--ready-file", self.folder / "no" / "file"), "--ready-file", "No such file")

    def test_ports_of_the_shipped_table(self):
        """The peers of outgoing rows and the product of incoming ones, each port once."""
        table = support.SOURCES / "targets" / "fortiproxy-7.4.toml"
        everything = Responder(self, table)
        lines = everything.ready.read_text(encoding="ascii").splitlines()
        self.assertEqual(lines[0], "fdnprobe respond")
        ports = [line.split()[0] for line in lines[1:]]
        self.assertEqual(len(ports), len(set(ports)))
        for port in ("TCP/443", "UDP/53", "UDP/9443", "ESP/50", "ETH/0x8890"):
            self.assertIn(port, ports)
        self.assertIn("TCP/443 0.0.0.0 [::]", lines)
        self.assertIn("ETH/0x8890 *", lines)
        everything.stop()

        fortiguard = Responder(self, table, "--peer", "fortiguard")
        chosen = [line.split()[0] for line in fortiguard.ready.read_text(encoding="ascii").splitlines()[1:]]
        self.assertIn("TCP/8890", chosen)
        self.assertNotIn("ESP/50", chosen)
        self.assertLess(len(chosen), len(ports))
        fortiguard.stop()

        incoming = Responder(self, table, "--direction", "incoming")
        self.assertIn("ESP/50", incoming.ready.read_text(encoding="ascii"))
        self.assertNotIn("TCP/8890", incoming.ready.read_text(encoding="ascii"))

    def test_peers(self):
        table = table_of(self, ["TCP/7001"], Near=["TCP/7002"], Wide=["TCP/7003"])
        responder = Responder(self, table, "--peer", "Far", "--peer", "near")
        self.assertIn("2 of 2 ports are served: TCP/7001, TCP/7002", responder.log)
        self.assertFalse(support.accepts_connections(7003))

    def test_listen(self):
        responder = Responder(self, table_of(self, ["TCP/7001", "UDP/7002"]), "--listen", "127.0.0.2", "--listen", "::1")
        self.assertEqual(responder.ready.read_text(encoding="ascii"),
                         "fdnprobe respond\nTCP/7001 127.0.0.2 [::1]\nUDP/7002 127.0.0.2 [::1]\n")
        with tcp("127.0.0.2", 7001) as one:
            self.assertEqual(ask_tcp(one, request(TCP, 7001)).kind, REACH | REPLY)
        with tcp("::1", 7001) as one:
            self.assertEqual(ask_tcp(one, request(TCP, 7001)).source, "::1")
        self.assertFalse(support.accepts_connections(7001, "127.0.0.1"))

    def test_every_address_stands_in_for_one(self):
        responder = Responder(self, table_of(self, ["TCP/7001"]), "--listen", "0.0.0.0", "--listen", "127.0.0.1")
        self.assertIn("TCP/7001 0.0.0.0\n", responder.ready.read_text(encoding="ascii"))
        self.assertNotIn("not served", responder.log)

    def test_port_in_use(self):
        with support.Listener() as server, support.DatagramServer() as datagrams:
            table = table_of(self, [f"TCP/{server.port}", f"UDP/{datagrams.port}", "TCP/7001"])
            responder = Responder(self, table, "--listen", "127.0.0.1")
            [stream] = [line for line in responder.log.splitlines() if f"TCP/{server.port} is not served" in line]
            self.assertIn("on 127.0.0.1: another program uses it", stream)
            self.assertIn(f"ss -ltnp sport = :{server.port}", stream)
            [datagram] = [line for line in responder.log.splitlines() if f"UDP/{datagrams.port} is not served" in line]
            self.assertIn("ss -lunp", datagram)
            self.assertIn("1 of 3 ports are served: TCP/7001;", responder.log)
            self.assertEqual(responder.ready.read_text(encoding="ascii"), "fdnprobe respond\nTCP/7001 127.0.0.1\n")
            with tcp("127.0.0.1", 7001) as one:
                ask_tcp(one, request(TCP, 7001))

    def test_nothing_can_be_bound(self):
        with support.Listener() as server:
            table = table_of(self, [f"TCP/{server.port}"])
            responder = Responder(self, table, "--listen", "127.0.0.1", ready=False)
            self.assertEqual(responder.process.wait(support.PATIENCE), 4)
            self.assertIn("nothing could be bound", responder.log)
            self.assertEqual(list(responder.ready.parent.iterdir()), [])

    def test_ordinary_user(self):
        """It says what it may not bind, and serves the rest."""
        table = table_of(self, ["TCP/81", "TCP/7001", "UDP/82", "UDP/7002", "ESP/50", "ETH/0x8890"])
        responder = Responder(self, table, prefix=support.as_ordinary_user())
        for port in ("TCP/81", "UDP/82", "ESP/50", "ETH/0x8890"):
            [line] = [line for line in responder.log.splitlines() if f"{port} is not served" in line]
            self.assertIn("sudo setcap cap_net_bind_service,cap_net_raw+ep /", line)
        self.assertIn("2 of 6 ports are served: TCP/7001, UDP/7002;", responder.log)
        with tcp("127.0.0.1", 7001) as one:
            self.assertEqual(ask_tcp(one, request(TCP, 7001)).port, 7001)
        with udp("127.0.0.1", 7002) as one:
            self.assertEqual(ask_udp(one, request(UDP, 7002)).port, 7002)
        self.assertEqual(responder.stop()[0], 0)

    def test_end(self):
        """Either signal ends it in order, also with clients that have said nothing yet, and the port is free again."""
        table = table_of(self, ["TCP/7001", "UDP/7002"])
        for how in (signal.SIGTERM, signal.SIGINT):
            responder = Responder(self, table)
            with tcp("127.0.0.1", 7001) as idle, tcp("127.0.0.1", 7001) as half, tcp("127.0.0.1", 7001) as served:
                half.sendall(request(TCP, 7001)[:50])
                ask_tcp(served, request(TCP, 7001))
                code, seconds = responder.stop(how)
                self.assertEqual(code, 0, responder.log)
                self.assertLess(seconds, 2.5)
                self.assertEqual(read_all(idle), b"")
            self.assertFalse(responder.ready.exists())

    def test_stale_ready_file(self):
        """What a killed responder left behind is gone before the next one listens."""
        table = table_of(self, ["TCP/7001"])
        killed = Responder(self, table)
        killed.process.kill()
        killed.process.wait()
        self.assertTrue(killed.ready.exists())
        killed.ready.write_text("fdnprobe respond\nTCP/1 0.0.0.0\n", encoding="ascii")
        following = Responder(self, table, ready=False)

        def announced():
            with contextlib.suppress(FileNotFoundError):
                return "TCP/7001" in following.ready.read_text(encoding="ascii")
            return False

        support.eventually(announced, "a new file")
        self.assertEqual(following.stop()[0], 0)
        self.assertFalse(following.ready.exists())

    def test_nobody_reads_standard_error(self):
        """A full pipe must not stop it."""
        responder = Responder(self, table_of(self, ["UDP/7002"]))
        responder.stop()
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writing, b"x" * 4096)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writing, b"x")
        # Room for what it says of itself at the beginning, and then no more.
        os.read(reading, 4096)
        os.set_blocking(writing, True)
        table = self.folder / "table.toml"
        process = subprocess.Popen(
            support.command(["respond", "--targets", table, "--key", responder.key, "--ready-file", responder.ready]),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=writing, env=support.environment())
        try:
            support.eventually(responder.ready.exists, "the responder listens")
            with udp("127.0.0.1", 7002) as one:
                for _ in range(150):
                    ask_udp(one, request(UDP, 7002))
            process.terminate()
            self.assertEqual(process.wait(support.PATIENCE), 0)
        finally:
            process.kill()
            process.wait()
            os.close(reading)
            os.close(writing)


class Strangers(support.TestCase):
    """Who has not the key, or has overheard somebody who has."""

    PORTS = ("TCP/7001", "UDP/7002")

    def setUp(self):
        super().setUp()
        self.responder = Responder(self, table_of(self, self.PORTS))

    def assert_silent(self, message, *texts):
        """Over UDP: the answer to what is sent next is the first that comes."""
        with udp("127.0.0.1", 7002) as one:
            one.send(message)
            nonce = os.urandom(16)
            self.assertEqual(ask_udp(one, request(UDP, 7002, nonce=nonce)).nonce, nonce)
        if texts:
            self.responder.logged("UDP/7002", *texts)

    def assert_closed(self, message, *texts, at_once=True):
        """Over TCP: not one byte."""
        began = time.monotonic()
        with tcp("127.0.0.1", 7001) as one:
            one.sendall(message)
            self.assertEqual(read_all(one), b"")
        seconds = time.monotonic() - began
        if at_once:
            self.assertLess(seconds, 2.5)
        else:
            self.assertGreater(seconds, 2.5)
            self.assertLess(seconds, 10)
        if texts:
            self.responder.logged("TCP/7001", *texts)

    def refused(self, make, text):
        """`make` gives a new message for a transport and a port."""
        self.assert_silent(make(UDP, 7002), text)
        self.assert_closed(make(TCP, 7001), text)

    def test_wrong_key(self):
        self.refused(lambda *to: request(*to, key=OTHER_KEY), "wrong key")

    def test_changed_on_the_way(self):
        def changed(*to):
            message = bytearray(request(*to))
            message[50] ^= 1
            return bytes(message)
        self.refused(changed, "wrong key")

    def test_other_clocks(self):
        # A request may be read a moment later than it was made.
        self.refused(lambda *to: request(*to, when=time.time() - 400), re.compile(r"\b40[0-5] s behind"))
        self.assert_silent(request(UDP, 7002, when=time.time() + 3600), re.compile(r"\b(3600|359\d) s ahead"))
        with udp("127.0.0.1", 7002) as one:
            for seconds in (-280, 280):
                self.assertEqual(ask_udp(one, request(UDP, 7002, when=time.time() + seconds)).kind, REACH | REPLY)

    def test_replay(self):
        message = request(UDP, 7002)
        with udp("127.0.0.1", 7002) as one:
            ask_udp(one, message)
        self.assert_silent(message, "replay")
        self.assert_closed(message, "replay")
        again = request(TCP, 7001)
        with tcp("127.0.0.1", 7001) as one:
            ask_tcp(one, again)
        self.assert_closed(again, "replay")

    def test_other_programs(self):
        hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(502)
        for garbage in (b"x", b"GET / HTTP/1.0\r\n\r\n", hello, os.urandom(1400), b"fdnprobX" + bytes(152)):
            self.assert_silent(garbage)
            self.assert_closed(garbage)
        self.assert_silent(b"")
        self.assert_silent(os.urandom(60000))
        self.responder.logged("UDP/7002", "no request of fdnprobe")

    def test_half_requests(self):
        message = request(UDP, 7002)
        for size in (8, 100, SIZE - 1):
            self.assert_silent(message[:size])
        # Over TCP the rest may still come, for a while.
        self.assert_closed(request(TCP, 7001)[:100], "no request of fdnprobe", at_once=False)

    def test_says_nothing(self):
        self.assert_closed(b"", "no request of fdnprobe", at_once=False)

    def test_reply_of_another_responder(self):
        """Two responders that are made to talk to each other stop at once."""
        with udp("127.0.0.1", 7002) as one:
            one.send(request(UDP, 7002))
            reply = one.recv(65536)
        self.assert_silent(reply)
        self.assertEqual([line for line in self.responder.answers if "confirmed" not in line], [])

    def test_a_reply_is_never_longer_than_what_was_sent(self):
        with udp("127.0.0.1", 7002) as one:
            one.send(request(UDP, 7002) + b"padding")
            self.assertEqual(len(one.recv(65536)), SIZE)

    def test_rate_of_a_source(self):
        began = time.monotonic()
        answered = 0
        with udp("127.0.0.1", 7002, source="127.0.0.3") as one:
            one.settimeout(3.0)
            with contextlib.suppress(TimeoutError):
                while answered < 5000:
                    ask_udp(one, request(UDP, 7002))
                    answered += 1
        refilled = 100 * (time.monotonic() - began)
        self.assertGreaterEqual(answered, 500)
        self.assertLessEqual(answered, 500 + refilled)
        self.responder.logged("127.0.0.3", "rate")
        # Others have theirs, and so has this one again after a while.
        with udp("127.0.0.1", 7002, source="127.0.0.4") as one:
            ask_udp(one, request(UDP, 7002))
        with tcp("127.0.0.1", 7001, source="127.0.0.3") as one:
            ask_tcp(one, request(TCP, 7001))

    def test_idle_connections(self):
        """A thousand of them keep nobody out."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        with contextlib.ExitStack() as idle:
            for _ in range(1000):
                idle.enter_context(tcp("127.0.0.1", 7001))
            began = time.monotonic()
            with tcp("127.0.0.1", 7001) as one:
                self.assertEqual(ask_tcp(one, request(TCP, 7001)).port, 7001)
            with udp("127.0.0.1", 7002) as one:
                ask_udp(one, request(UDP, 7002))
            self.assertLess(time.monotonic() - began, 2.5)
            open_now = len(list(pathlib.Path(f"/proc/{self.responder.process.pid}/fd").iterdir()))
            self.assertLessEqual(open_now, 256 + 30)
        # What many connections of one source come to is a few lines.
        self.assertLess(len(self.responder.answers), 30)

    def test_few_descriptors(self):
        self.responder.stop()
        few = Responder(self, table_of(self, self.PORTS), prefix=["prlimit", "--nofile=40:40", "--"])
        with contextlib.ExitStack() as idle:
            for _ in range(100):
                idle.enter_context(tcp("127.0.0.1", 7001))
            began = time.monotonic()
            with tcp("127.0.0.1", 7001) as one:
                ask_tcp(one, request(TCP, 7001))
            # Sooner than the idle ones are sent away for saying nothing.
            self.assertLess(time.monotonic() - began, 2.5)
        self.assertEqual(few.stop()[0], 0)

    def test_flood(self):
        """Memory and the log stay as they are, whatever comes, and whoever has the key is answered."""
        with udp("127.0.0.1", 7002) as one:
            ask_udp(one, request(UDP, 7002))
            before = self.responder.memory()
            old = request(UDP, 7002)
            ask_udp(one, old)
            for number in range(3000):
                for message in (os.urandom(SIZE), b"fdnprobe" + os.urandom(SIZE - 8), old,
                                request(UDP, 7002, attempt=struct.pack(">Q", number)),
                                request(UDP, 7002, key=OTHER_KEY), b"x" * 1400):
                    one.send(message)
        with udp("127.0.0.1", 7002, source="127.0.0.9") as one:
            one.settimeout(1.0)

            def answered():
                # A flooded socket drops what does not fit.
                with contextlib.suppress(TimeoutError):
                    return ask_udp(one, request(UDP, 7002))
                return None

            support.eventually(answered, "an answer")
        self.assertLess(self.responder.memory() - before, 4096)
        refused = [line for line in self.responder.answers if "confirmed" not in line]
        self.assertLess(len(refused), 60)
        code, seconds = self.responder.stop()
        self.assertEqual(code, 0)
        self.assertLess(seconds, 2.5)


class TwoHosts(support.TestCase):
    """near -- far, by cable: every way in which a request can come, and what is told of it."""

    NEAR, FAR, FAR_TOO = "10.83.1.1", "10.83.1.2", "10.83.1.3"
    NEAR6, FAR6, FAR_TOO6 = "fd83::1", "fd83::2", "fd83::3"
    NEAR_HARDWARE, FAR_HARDWARE = "02:00:5e:00:53:01", "02:00:5e:00:53:02"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.near, cls.far = support.Namespace(), support.Namespace()
        for one in (cls.near, cls.far):
            cls.addClassCleanup(one.close)
        support.join(cls.near, "near0", cls.far, "far0")
        cls.near.shell(f"""
            ip link set near0 address {cls.NEAR_HARDWARE}
            ip address add {cls.NEAR}/24 dev near0; ip address add {cls.NEAR6}/64 dev near0 nodad; ip link set near0 up""")
        cls.far.shell(f"""
            ip link set far0 address {cls.FAR_HARDWARE}
            ip address add {cls.FAR}/24 dev far0; ip address add {cls.FAR_TOO}/24 dev far0
            ip address add {cls.FAR6}/64 dev far0 nodad; ip address add {cls.FAR_TOO6}/64 dev far0 nodad
            ip link set far0 up""")

    def setUp(self):
        super().setUp()
        self.responder = self.respond()

    def respond(self, *options):
        table = table_of(self, ["TCP/7001", "UDP/7002", "ESP/50", "ETH/0x8890", "ETH/0x8893"])
        return Responder(self, table, *options, prefix=self.far.prefix)

    def assert_reply(self, reply, message, port, source, ttl):
        self.assertEqual(reply.kind, REACH | REPLY)
        self.assertEqual((reply.transport, reply.port), port)
        self.assertEqual(reply.nonce, message[24:40])
        self.assertEqual(reply.attempt, message[40:48])
        self.assertEqual((reply.source, reply.source_port), source)
        self.assertEqual(reply.ttl, ttl)
        self.assertLess(abs(reply.time / 1000 - time.time()), 30)

    def test_tcp(self):
        for address, source, ttl in ((self.FAR, self.NEAR, 37), (self.FAR_TOO, self.NEAR, 38),
                                     (self.FAR6, self.NEAR6, 39), (self.FAR_TOO6, self.NEAR6, 40)):
            with inside(self.near):
                connection = tcp(address, 7001, ttl)
            with connection:
                port = connection.getsockname()[1]
                # As many requests as somebody likes, in whatever pieces.
                for _ in range(3):
                    message = request(TCP, 7001)
                    connection.sendall(message[:3])
                    reply = ask_tcp(connection, message[3:])
                    self.assert_reply(reply, message, (TCP, 7001), (source, port), ttl)
            shown = f"[{source}]:{port}" if ":" in source else f"{source}:{port}"
            self.responder.logged(f" {shown} TCP/7001 TTL {ttl}: confirmed")

    def test_udp(self):
        for address, source, ttl in ((self.FAR, self.NEAR, 37), (self.FAR_TOO, self.NEAR, 38),
                                     (self.FAR6, self.NEAR6, 39), (self.FAR_TOO6, self.NEAR6, 40)):
            with inside(self.near):
                one = udp(address, 7002, ttl)
            with one:
                message = request(UDP, 7002)
                self.assert_reply(ask_udp(one, message), message, (UDP, 7002), (source, one.getsockname()[1]), ttl)

    def test_udp_to_everybody(self):
        """A broadcast and a multicast ask nobody in particular."""
        with inside(self.near):
            four = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            four.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
            link = socket.if_nametoindex("near0")
        for one, everybody, somebody in ((four, ("10.83.1.255", 7002), (self.FAR, 7002)),
                                         (six, ("ff02::1", 7002, 0, link), (self.FAR6, 7002))):
            with one:
                one.settimeout(ANSWER)
                one.sendto(request(UDP, 7002), everybody)
                nonce = os.urandom(16)
                one.sendto(request(UDP, 7002, nonce=nonce), somebody)
                self.assertEqual(Reply(one.recv(65536)).nonce, nonce)
        self.assertEqual(len(self.responder.answers), 2)

    def link_local(self, namespace, interface):
        def found():
            words = namespace.run("ip", "-6", "-o", "address", "show", "dev", interface, "scope", "link",
                                  "-tentative").split()
            return words[words.index("inet6") + 1].split("/")[0] if "inet6" in words else None
        return support.eventually(found, "a link-local address")

    def test_udp_on_the_link(self):
        far, near = self.link_local(self.far, "far0"), self.link_local(self.near, "near0")
        for source in (near, self.NEAR6):
            with inside(self.near):
                link = socket.if_nametoindex("near0")
                one = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                one.settimeout(ANSWER)
                one.bind((source, 0, 0, link if source == near else 0))
                one.connect((far, 7002, 0, link))
            with one:
                self.assertEqual(ask_udp(one, request(UDP, 7002)).source, source)

    def esp(self, address, ttl):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with inside(self.near):
            one = socket.socket(family, socket.SOCK_RAW, 50)
        one.settimeout(ANSWER)
        set_ttl(one, ttl)
        one.connect((address, 0))
        return one

    @staticmethod
    def ask_esp(one, message):
        one.send(message)
        packet = one.recv(65536)
        if one.family == socket.AF_INET:
            packet = packet[(packet[0] & 15) * 4:]
        return packet

    def test_esp(self):
        for address, source, ttl in ((self.FAR, self.NEAR, 37), (self.FAR_TOO, self.NEAR, 38),
                                     (self.FAR6, self.NEAR6, 39), (self.FAR_TOO6, self.NEAR6, 40)):
            with self.esp(address, ttl) as one:
                header = os.urandom(4) + struct.pack(">I", 1)
                message = request(ESP, 50)
                packet = self.ask_esp(one, header + message)
                self.assertEqual(packet[:4], header[:4])
                self.assertEqual(len(packet), 8 + SIZE)
                self.assert_reply(Reply(packet[8:]), message, (ESP, 50), (source, 0), ttl)

    def test_esp_of_others(self):
        """Tunnels that are none of ours, and what is no ESP at all."""
        with self.esp(self.FAR, 64) as one:
            replayed = struct.pack(">II", 1, 1) + request(ESP, 50)
            self.ask_esp(one, replayed)
            for stranger in (b"", b"\0" * 7, os.urandom(8), os.urandom(500), replayed,
                             struct.pack(">II", 1, 2) + request(ESP, 50, key=OTHER_KEY),
                             struct.pack(">II", 1, 3) + request(ESP, 50)[:-1]):
                one.send(stranger)
            nonce = os.urandom(16)
            packet = self.ask_esp(one, struct.pack(">II", 2, 4) + request(ESP, 50, nonce=nonce))
            self.assertEqual(Reply(packet[8:]).nonce, nonce)

    def frames(self, ethertype=0x8890):
        with inside(self.near):
            one = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ethertype))
            one.bind(("near0", ethertype))
        one.settimeout(ANSWER)
        return one

    def test_ethernet(self):
        for ethertype in (0x8890, 0x8893):
            for to in (b"\xff" * 6, bytes.fromhex(self.FAR_HARDWARE.replace(":", "")), b"\x01\x00\x5e\x00\x00\x01"):
                with self.frames(ethertype) as one:
                    message = request(ETHERNET, ethertype)
                    one.sendto(message, ("near0", ethertype, 0, 0, to))
                    data, (_, _, kind, _, sender) = one.recvfrom(65536)
                    self.assertEqual(kind, socket.PACKET_HOST)
                    self.assertEqual(sender.hex(":"), self.FAR_HARDWARE)
                    self.assert_reply(Reply(data), message, (ETHERNET, ethertype), (self.NEAR_HARDWARE, 0), None)
        self.responder.logged(f" {self.NEAR_HARDWARE} ETH/0x8893: confirmed")

    def test_ethernet_of_others(self):
        """Real heartbeats, frames for somebody else, and a group that claims to be a station."""
        with self.frames() as one:
            for to, frame in ((b"\xff" * 6, os.urandom(200)), (b"\xff" * 6, request(ETHERNET, 0x8890, key=OTHER_KEY)),
                              (bytes.fromhex("02005e005399"), request(ETHERNET, 0x8890))):
                one.sendto(frame, ("near0", 0x8890, 0, 0, to))
            with inside(self.near):
                raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                raw.bind(("near0", 0))
            with raw:
                raw.send(b"\xff" * 6 + b"\x03\x00\x5e\x00\x53\x01" + b"\x88\x90" + request(ETHERNET, 0x8890))
            nonce = os.urandom(16)
            one.sendto(request(ETHERNET, 0x8890, nonce=nonce), ("near0", 0x8890, 0, 0, b"\xff" * 6))
            self.assertEqual(Reply(one.recv(65536)).nonce, nonce)

    def test_one_interface(self):
        self.responder.stop()
        self.far.run("ip", "link", "add", "other0", "type", "veth", "peer", "name", "other1")
        self.addCleanup(self.far.run, "ip", "link", "del", "other0")
        responder = self.respond("--interface", "other0")
        self.assertIn("ETH/0x8890 other0\n", responder.ready.read_text(encoding="ascii"))
        with self.frames() as one:
            one.settimeout(0.5)
            one.sendto(request(ETHERNET, 0x8890), ("near0", 0x8890, 0, 0, b"\xff" * 6))
            with self.assertRaises(TimeoutError):
                one.recv(65536)
        responder.stop()
        self.respond("--interface", "far0")
        with self.frames() as one:
            one.sendto(request(ETHERNET, 0x8890), ("near0", 0x8890, 0, 0, b"\xff" * 6))
            Reply(one.recv(65536))

    def test_arrivals(self):
        """A request whose reply gets lost is asked about over a connection that works."""
        attempt = os.urandom(8)

        def arrivals():
            with inside(self.near):
                connection = tcp(self.FAR, 7001)
            with connection:
                return ask_tcp(connection, request(UDP, 7002, kind=ARRIVALS, attempt=attempt))

        none = arrivals()
        self.assertEqual((none.kind, none.arrivals, none.source, none.ttl), (ARRIVALS | REPLY, 0, None, None))
        self.assertTrue(none.listening)
        with inside(self.near):
            connection = tcp(self.FAR, 7001)
        with connection:
            # Of a port that is not its own it cannot know anything.
            self.assertFalse(ask_tcp(connection, request(UDP, 7003, kind=ARRIVALS)).listening)

        self.near.filter("input", ["udp sport 7002 drop"])
        self.addCleanup(self.near.run, "nft", "delete", "table", "inet", "input_test")
        with inside(self.near):
            one = udp(self.FAR, 7002, 50)
        with one:
            for _ in range(2):
                one.send(request(UDP, 7002, attempt=attempt))
            counted = support.eventually(lambda: (reply := arrivals()).arrivals == 2 and reply, "both have arrived")
            self.assertEqual((counted.source, counted.source_port), (self.NEAR, one.getsockname()[1]))
        self.assertEqual((counted.transport, counted.port, counted.ttl), (UDP, 7002, 50))

    def test_translated(self):
        """Behind a NAT the client learns under which port it was seen, and which one it reached."""
        for command in ("add table ip test", "add chain ip test in { type nat hook prerouting priority -100; }",
                        "add rule ip test in tcp dport 7101 redirect to :7001"):
            self.far.run("nft", command)
        self.addCleanup(self.far.run, "nft", "delete", "table", "ip", "test")
        with inside(self.near):
            connection = tcp(self.FAR, 7101)
        with connection:
            self.assertEqual(ask_tcp(connection, request(TCP, 7101)).port, 7001)
        self.responder.logged("TCP/7001", "confirmed, dialled as TCP/7101")

    def test_interface_that_comes_and_goes(self):
        self.far.run("ip", "link", "set", "far0", "down")
        self.far.run("ip", "link", "set", "far0", "up")
        with self.frames() as one:
            one.settimeout(1.0)

            def answered():
                one.sendto(request(ETHERNET, 0x8890), ("near0", 0x8890, 0, 0, b"\xff" * 6))
                with contextlib.suppress(TimeoutError):
                    return Reply(one.recv(65536))
                return None

            support.eventually(answered, "an answer")
        # The kernel takes IPv6 addresses away with the link.
        self.far.shell(f"ip address add {self.FAR6}/64 dev far0 nodad; ip address add {self.FAR_TOO6}/64 dev far0 nodad")
