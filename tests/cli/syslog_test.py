"""A real syslog receiver, rsyslogd: what is in its log after a check, and what is not."""

import pathlib
import socket
import subprocess

import support


class Rsyslogd:
    """rsyslogd on one port, over UDP and TCP."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.file = self.folder / "messages"
        for _ in range(5):
            self.port = support.free_port()
            (self.folder / "rsyslog.conf").write_text(f"""
global(workDirectory="{self.folder}")
module(load="imudp")
module(load="imtcp")
input(type="imudp" address="127.0.0.1" port="{self.port}")
input(type="imtcp" address="127.0.0.1" port="{self.port}")
template(name="all" type="string" string="%inputname%|%pri%|%app-name%|%hostname%|%msg%|%rawmsg%\\n")
action(type="omfile" file="{self.file}" template="all")
""")
            self.process = subprocess.Popen(
                ["rsyslogd", "-n", "-f", self.folder / "rsyslog.conf", "-i", self.folder / "pid"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            if support.eventually(self.state, "rsyslogd starts or gives up") == "up":
                return
            said = self.process.communicate()[0]
        raise AssertionError(f"rsyslogd does not start: {said}")

    def state(self):
        if self.process.poll() is not None:
            return "gone"
        return "up" if self.logged() is not None else None

    def logged(self):
        """What came over the network so far: all that was sent before a mark, without it. None: not even the mark."""
        if not support.accepts_connections(self.port):
            return None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b"<13>mark: here", ("127.0.0.1", self.port))
        with socket.create_connection(("127.0.0.1", self.port)) as one:
            one.sendall(b"<13>mark: here\n")

        def lines():
            text = self.file.read_text(errors="replace") if self.file.exists() else ""
            return [line for line in text.splitlines() if line.startswith("im")]

        def marked():
            found = lines()
            # A mark of each kind since the last time.
            return found if all(sum("mark: here" in line and line.startswith(kind) for line in found) > count
                                for kind, count in self.marks.items()) else None

        self.marks = getattr(self, "marks", {"imudp": 0, "imtcp": 0})
        found = support.eventually(marked, "both marks are in the log")
        for kind in self.marks:
            self.marks[kind] = sum("mark: here" in line and line.startswith(kind) for line in found)
        return [line for line in found if "mark: here" not in line]

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=support.PATIENCE)


class WithRsyslogd(support.TestCase):
    def setUp(self):
        super().setUp()
        self.receiver = Rsyslogd(self.folder / "rsyslogd")
        self.addCleanup(self.receiver.close)

    def check(self, *options):
        table = self.table({transport: support.row("syslog", self.receiver.port, transport=transport)
                            for transport in ("udp", "tcp")})
        # Three datagrams go out, the last of them after 1.5 s.
        return support.check("--targets", table, "--timeout", "3", *options)

    def test_without_leave_nothing_is_logged(self):
        result = self.check()
        self.assert_exit(result, 3)
        found = self.assert_verdict(result, "udp", "inconclusive", "no-reply")
        self.assertIn("syslog is never answered", found["summary"])
        found = self.assert_verdict(result, "tcp", "reachable", "connected")
        self.assertRegex(found["summary"], r"the connection stood for [23]\.\d s")
        self.assertEqual(self.receiver.logged(), [])
        # And yet it was asked, three times, because a datagram may be lost.
        sent = [event for event in result.check_of("udp")["attempts"][0]["evidence"] if event["what"] == "exchange.sent"]
        self.assertEqual(len(sent), 3)

    def test_with_leave_one_message_is_logged(self):
        result = self.check("--allow-syslog-message")
        found = self.assert_verdict(result, "udp", "inconclusive", "no-reply")
        self.assertIn("the receiver's log", found["summary"])
        found = self.assert_verdict(result, "tcp", "reachable", "connected")
        self.assertIn("a message was sent and acknowledged", found["summary"])
        logged = self.receiver.logged()
        self.assertEqual(sorted(line.split("|")[0] for line in logged), ["imtcp", "imudp"], logged)
        for line in logged:
            _, priority, program, host, message, raw = line.split("|")
            # user.debug; where the message names no host, rsyslogd puts the sender's.
            self.assertEqual((priority, program), ("15", "fdnprobe"), line)
            self.assertIn(host, ("-", "localhost", "127.0.0.1"), line)
            self.assertIn("fdnprobe reachability check", message)
            self.assertTrue(raw.startswith("<15>1 "), line)

    def test_a_closed_port_is_told_by_an_empty_datagram(self):
        port = support.free_port(socket.SOCK_DGRAM)
        for options in ((), ("--allow-syslog-message",)):
            result = support.check("--targets", self.table({"one": support.row("syslog", port, transport="udp")}),
                                   *options)
            self.assert_verdict(result, "one", "closed", "port-unreachable")
