"""What the members of an HA cluster say to each other: heartbeats on Ethernet, and ports that are open to them alone.

No cluster can be had here, so heartbeats are sent as observers have seen them.
"""

import contextlib
import struct
import subprocess

import support

# Sends one frame again and again, as a member does: INTERFACE TYPE PAYLOAD, the last two in hexadecimal.
MEMBER = """
import socket, sys, time
name, kind, payload = sys.argv[1:]
frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
frames.bind((name, 0))
print("ready", flush=True)
while True:
    frames.send(b"\\xff" * 6 + b"\\x02\\x09\\x0f\\x00\\x00\\x01" + bytes.fromhex(kind + payload))
    time.sleep(0.2)
"""


def heartbeat(serial, group="edge"):
    head = struct.pack("<HBB32s2xH12x16sH2x16s", 0x5201, 2, 0, group.encode(), 7, b"port3", 1, serial.encode())
    return head + struct.pack("<HHBHH", 0x0C, 1, 128, 0, 0)


class Ports(support.TestCase):
    def test_members_only(self):
        """Silence towards a stranger is how a member of a cluster is; a refusal is one."""
        with support.DatagramServer() as sync, support.DatagramServer() as unicast, support.SilentPort() as silent, \
                support.ClosedPort() as closed, support.Listener(support.hold_open) as listener:
            rows = {"sync": support.row("ha-sync", sync.port, transport="udp"),
                    "unicast": support.row("ha-unicast", unicast.port, transport="udp"),
                    "silent": support.row("ha-sync", silent.port),
                    "closed": support.row("ha-sync", closed.port),
                    "open": support.row("ha-sync", listener.port)}
            result = support.check("--targets", self.table(rows), "--timeout", "1.5")
        for row in ("sync", "unicast", "silent"):
            check = self.assert_verdict(result, row, "skipped", "not-testable-from-here")
            self.assertIn("members of its cluster alone", check["summary"])
            self.assertEqual(result.rows[row]["state"], "unconfigured")
        self.assert_verdict(result, "closed", "closed", "refused")
        self.assert_verdict(result, "open", "reachable", "connected")


class Segment(support.TestCase):
    """A segment with a member at one end and the program at the other."""

    @contextlib.contextmanager
    def member(self, kind, payload):
        with support.Namespace() as here, support.Namespace() as there:
            support.join(here, "hb0", there, "hb1")
            here.run("ip", "link", "set", "hb0", "up")
            there.run("ip", "link", "set", "hb1", "up")
            process = subprocess.Popen(
                [*there.prefix, "python3", "-c", MEMBER, "hb1", kind, payload.hex()],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
            try:
                self.assertEqual(process.stdout.readline().strip(), b"ready")
                yield here
            finally:
                process.kill()
                process.communicate()

    def listen(self, here, kind="0x8890", **options):
        table = self.table({"segment": {"ports": f"ETH Layer {kind}", "checks": [
            {"port": f"ETH/{kind}", "probe": "ha-heartbeat"}]}})
        return support.check("--targets", table, "--interface", "hb0", "--timeout", "2", prefix=here.prefix, **options)

    def test_heartbeat(self):
        with self.member("8890", heartbeat("FPXVM8TM00000001")) as here:
            result = self.listen(here)
        self.assert_exit(result, 0)
        check = self.assert_verdict(result, "segment", "reachable", "answered")
        self.assertEqual(check["confidence"], "proven")
        self.assertIn("heartbeats of group 'edge' (id 7, active-passive), from FPXVM8TM00000001 on its port3",
                      check["summary"])

    def test_other_frames(self):
        """On the types that carry data too any frame will do, and on the heartbeats' own none but a heartbeat."""
        with self.member("8893", b"configuration" * 8) as here:
            result = self.listen(here, "0x8893")
            self.assertEqual(self.assert_verdict(result, "segment", "reachable", "answered")["confidence"], "likely")
            self.assertIn("02:09:0f:00:00:01", result.check_of("segment")["summary"])
            # Frames of another type are not heard.
            result = self.listen(here)
            self.assert_exit(result, 3)
            self.assertIn("wrong interface or VLAN",
                          self.assert_verdict(result, "segment", "inconclusive", "no-reply")["summary"])
        with self.member("8890", b"not Fortinet's " * 10) as here:
            result = self.listen(here)
            self.assert_exit(result, 1)
            self.assert_verdict(result, "segment", "broken", "bad-answer")

    def test_hostile_names(self):
        with self.member("8890", heartbeat("FPX1", "'\u202e")) as here:
            result = self.listen(here)
        self.assert_verdict(result, "segment", "broken", "bad-answer")
        self.assert_clean_text(result.out.encode())
