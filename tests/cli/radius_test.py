"""A real RADIUS server: FreeRADIUS, asked for its status and, as the device that takes disconnects, for the end of no
session."""

import contextlib
import pathlib
import socket
import subprocess

import support

SECRET = "sword-fish"
KINDS = {"auth": "udp", "acct": "udp", "nak": "udp", "ack": "udp", "tcp": "tcp"}


def exactly(connection, size):
    """That many bytes, or fewer where the other side has closed."""
    data = b""
    while len(data) < size and (more := connection.recv(size - len(data))):
        data += more
    return data


class FreeRadius:
    """FreeRADIUS with one client, 127.0.0.1, and a port for each kind of answer."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        (self.folder / "dictionary").write_text("$INCLUDE /usr/share/freeradius/dictionary\n")
        for _ in range(5):
            self.ports = {name: support.free_port(socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM)
                          for name, transport in KINDS.items()}
            self.write()
            self.log = open(self.folder / "log", "wb")
            self.process = subprocess.Popen(["freeradius", "-X", "-d", self.folder], stdin=subprocess.DEVNULL,
                                            stdout=self.log, stderr=self.log)
            if support.eventually(self.state, "FreeRADIUS starts or gives up") == "up":
                return
            self.close()  # somebody took one of the ports meanwhile
        raise AssertionError(f"FreeRADIUS does not start: {self.said()[-3000:]}")

    def said(self):
        return (self.folder / "log").read_text(errors="replace")

    def state(self):
        if self.process.poll() is not None:
            return "gone"
        return "up" if "Ready to process requests" in self.said() else None

    def listen(self, kind, name, server, proto="udp"):
        return (f"listen {{\n  type = {kind}\n  proto = {proto}\n  ipaddr = 127.0.0.1\n  port = {self.ports[name]}\n"
                f"  virtual_server = {server}\n}}\n")

    def write(self):
        (self.folder / "radiusd.conf").write_text(f"""
prefix = /usr
libdir = /usr/lib/freeradius
logdir = {self.folder}
run_dir = {self.folder}
proxy_requests = no
log {{
  destination = stdout
}}
security {{
  status_server = yes
}}
client known {{
  ipaddr = 127.0.0.1
  proto = "*"
  secret = {SECRET}
}}
modules {{
  always ok {{
    rcode = ok
  }}
  always reject {{
    rcode = reject
  }}
}}
server refuses {{
  authorize {{
    reject
  }}
  accounting {{
    ok
  }}
}}
server nak {{
  recv-coa {{
    update reply {{
      Error-Cause := Session-Context-Not-Found
    }}
    reject
  }}
}}
server ack {{
  recv-coa {{
    ok
  }}
}}
""" + self.listen("auth", "auth", "refuses") + self.listen("acct", "acct", "refuses")
            + self.listen("coa", "nak", "nak") + self.listen("coa", "ack", "ack")
            + self.listen("coa", "tcp", "nak", "tcp"))

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(support.PATIENCE)
        self.log.close()


class WithFreeRadius(support.TestCase):
    def setUp(self):
        super().setUp()
        self.radius = FreeRadius(self.folder / "radius")
        self.addCleanup(self.radius.close)

    def rows(self):
        return {name: support.row("radius" if name in ("auth", "acct") else "radius-dynauth", self.radius.ports[name],
                                  transport=transport)
                for name, transport in KINDS.items()}

    def check(self, rows, *options, secret=None):
        sections = {}
        if secret is not None:
            file = self.write("radius.secret", secret + "\n")
            file.chmod(0o600)
            sections["secrets"] = {"radius": str(file)}
        result = support.check("--targets", self.table(rows), "--site", self.site(**sections), "--timeout", "2",
                               *options)
        if secret is not None:
            self.assertNotIn(secret, result.out + result.err)
        return result

    def test_right_secret(self):
        result = self.check(self.rows(), secret=SECRET)
        for name, words in (("auth", "Access-Accept"), ("acct", "Accounting-Response"),
                            ("nak", "Disconnect-NAK: Session Context Not Found (503)"), ("ack", "Disconnect-ACK")):
            found = self.assert_verdict(result, name, "reachable", "answered")
            self.assertIn(f"{words}, verified with the secret", found["summary"])
            self.assertEqual(found["confidence"], "proven")
            self.assertEqual(len(found["warnings"]), 1 if name == "ack" else 0)
        # This FreeRADIUS takes connections for disconnects and drops what is said there.
        found = self.assert_verdict(result, "tcp", "broken", "no-answer")
        self.assertIn("acknowledged", found["summary"])
        support.eventually(lambda: "Invalid packet code 40" in self.radius.said(), "FreeRADIUS says that it dropped it")
        # Nobody was logged in, nothing was recorded, and the request for an end named nothing.
        said = self.radius.said()
        self.assertNotIn("Received Access-Request", said)
        self.assertNotIn("Received Accounting-Request", said)
        for name in ("User-Name", "NAS-", "Acct-Session-Id", "Framed-IP-Address", "Calling-Station-Id"):
            self.assertNotIn(name, said)

    def test_lab(self):
        """What the lab plays comes to the same, in the same words, as the real server."""
        real = self.check(self.rows(), secret=SECRET)
        rows = {name: support.row("radius" if name == "auth" else "radius-dynauth", port, "radius.example", "udp")
                for name, port in (("auth", 1812), ("nak", 1700))}
        played = support.check("--targets", self.table(rows, "lab"), "--lab")
        for name in rows:
            of_lab, of_server = played.check_of(name), real.check_of(name)
            for key in ("verdict", "cause", "stage", "confidence", "owner", "warnings"):
                self.assertEqual(of_lab[key], of_server[key], f"{name}: {key}")
            words = of_server["summary"].split("answer", 1)[1].split(":", 1)[-1]
            self.assertIn(words.strip(), of_lab["summary"])

    def test_wrong_secret(self):
        result = self.check(self.rows(), secret="not-" + SECRET)
        self.assert_exit(result, 1)
        for name in ("auth", "acct", "nak", "ack"):
            found = self.assert_verdict(result, name, "inconclusive", "no-reply")
            self.assertIn("just as silent to a client that it does not know, or that has another secret",
                          found["summary"])
        self.assert_verdict(result, "tcp", "broken", "no-answer")
        # It was the secret, and not the packet.
        support.eventually(lambda: "Shared secret is incorrect" in self.radius.said(), "FreeRADIUS says so")

    def test_unknown_client(self):
        """Another source address of this host: the server has not been told of it."""
        result = self.check(self.rows(), "--source", "127.0.0.2", secret=SECRET)
        for name in ("auth", "acct", "nak", "ack"):
            found = self.assert_verdict(result, name, "inconclusive", "no-reply")
            self.assertIn("just as silent to a client that it does not know", found["summary"])
        # Over TCP it hangs up at once.
        self.assertEqual(result.check_of("tcp")["verdict"], "broken")
        support.eventually(lambda: "from unknown client 127.0.0.2" in self.radius.said(),
                           "FreeRADIUS says that it does not know the client")

    def test_no_secret(self):
        rows = self.rows()
        rows["closed"] = support.row("radius", support.free_port(socket.SOCK_DGRAM), transport="udp")
        result = self.check(rows)
        for name in ("auth", "acct", "nak", "ack"):
            found = self.assert_verdict(result, name, "inconclusive", "no-reply")
            self.assertIn("`radius` under [secrets] in the site file, would decide", found["summary"])
        found = self.assert_verdict(result, "tcp", "reachable", "connected")
        self.assertIn("what it is was not asked", found["summary"])
        # What needs no secret is found out without one.
        self.assert_verdict(result, "closed", "closed", "port-unreachable")

    def relay(self, connection):
        """RADIUS over TCP (RFC 6613) in front of a server that answers over UDP, in two pieces."""
        head = exactly(connection, 4)
        request = head + exactly(connection, int.from_bytes(head[2:], "big") - 4)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.settimeout(support.PATIENCE)
            server.connect(("127.0.0.1", self.radius.ports["nak"]))
            server.send(request)
            answer = server.recv(4096)
        connection.sendall(answer[:3])
        connection.sendall(answer[3:])
        support.hold_open(connection)

    def test_disconnect_over_tcp(self):
        with support.Listener(self.relay) as relay:
            result = self.check({"relay": support.row("radius-dynauth", relay.port)}, secret=SECRET)
        self.assert_exit(result, 0)
        found = self.assert_verdict(result, "relay", "reachable", "answered")
        self.assertIn("Disconnect-NAK: Session Context Not Found (503), verified with the secret", found["summary"])

    def test_impostors(self):
        """An echo service, and a server whose answer was signed with another secret."""
        with contextlib.ExitStack() as stack:
            echo = stack.enter_context(support.DatagramServer(lambda query: [query]))
            liar = stack.enter_context(support.DatagramServer(
                lambda query: [b"\x02" + query[1:2] + b"\x00\x14" + bytes(16)]))
            result = self.check({
                "echo": support.row("radius", echo.port, transport="udp"),
                "liar": support.row("radius", liar.port, transport="udp"),
            }, secret=SECRET)
        self.assert_verdict(result, "echo", "intercepted", "wrong-protocol")
        found = self.assert_verdict(result, "liar", "broken", "bad-answer")
        self.assertIn("its secret may be another one", found["summary"])
