"""strongSwan's charon as the gateway: what it says to an offer, in either version of IKE, is an answer.

charon takes the ports 500 and 4500; each class has a network namespace of its own, so that it is in nobody's way.
"""

import os
import pathlib
import socket
import subprocess

import support

CHARON = "/usr/lib/ipsec/charon"

# The plugins that offers and answers take, and nothing that looks at the machine's own tunnels or files.
SETTINGS = """
charon {{
  load = random nonce openssl kdf pem pkcs1 vici kernel-netlink socket-default
  install_routes = no
  install_virtual_ip = no
  {options}
  filelog {{
    stderr {{
      default = 1
      net = 1
    }}
  }}
  plugins {{
    vici {{
      socket = unix://{folder}/vici
    }}
  }}
}}
"""

CONNECTION = """
connections {{
  gate {{
    version = {version}
    local_addrs = 127.0.0.1
    proposals = {proposals}
    local {{
      auth = psk
    }}
    remote {{
      auth = psk
    }}
    children {{
      net {{
        local_ts = 10.81.0.0/16
      }}
    }}
  }}
}}
"""


class Charon(support.Closing):
    """charon with one connection, or with none."""

    def __init__(self, folder, proposals=None, version=2, options=""):
        self.folder = pathlib.Path(folder)
        (self.folder / "strongswan.conf").write_text(SETTINGS.format(folder=self.folder, options=options))
        (self.folder / "swanctl.conf").write_text(
            CONNECTION.format(version=version, proposals=proposals) if proposals else "connections {\n}\n")
        self.environment = {**os.environ, "STRONGSWAN_CONF": str(self.folder / "strongswan.conf")}
        self.log = self.folder / "charon.log"
        with self.log.open("wb") as log:
            # Its process id goes to /run, where another's may be.
            self.process = subprocess.Popen(
                ["unshare", "-m", "sh", "-ec", 'mount -t tmpfs none /run; exec "$@"', "charon", CHARON],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)
        try:
            support.eventually(self._load, "charon loads its connection")
        except AssertionError as late:
            self.close()
            raise AssertionError(f"{late}\n{self.log.read_text()}") from late

    def _load(self):
        if self.process.poll() is not None:
            raise AssertionError(f"charon ended with {self.process.returncode}")
        return subprocess.run(
            ["swanctl", "--load-conns", "--file", str(self.folder / "swanctl.conf"), "--uri",
             f"unix://{self.folder}/vici"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment,
            timeout=support.PATIENCE, check=False).returncode == 0

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(support.PATIENCE)


ROWS = {"ike": support.row("ike", 500, transport="udp"), "natt": support.row("ike-natt", 4500, transport="udp")}


class Gateway(support.TestCase):
    def check(self, **options):
        return support.check("--targets", self.table(ROWS), "--timeout", "2", **options)

    def assert_answers(self, result, detail):
        """On both ports, in the same words."""
        self.assert_exit(result, 0)
        for row in ROWS:
            found = self.assert_verdict(result, row, "reachable", "answered")
            self.assertEqual(found["confidence"], "proven")
            self.assertIn(f" answers, {detail}", found["summary"])
            self.assertEqual(found["warnings"], [])

    def drop_version_2(self):
        """A gateway that knows version 1 alone, as FortiOS does it: it keeps silent to the other."""
        # The version is byte 17 of the message, which follows 8 bytes of UDP, and on 4500 the marker.
        rules = "\n".join(f"udp dport {port} @th,{(8 + marker + 17) * 8},8 0x20 drop"
                          for port, marker in ((500, 0), (4500, 4)))
        script = f"table inet version_test {{\nchain rules {{\ntype filter hook input priority 0\n{rules}\n}}\n}}\n"
        subprocess.run(["nft", script], check=True, stdin=subprocess.DEVNULL, timeout=support.PATIENCE)
        self.addCleanup(subprocess.run, ["nft", "delete table inet version_test"], check=True,
                        stdin=subprocess.DEVNULL, timeout=support.PATIENCE)

    def test_takes_an_offer(self):
        with Charon(self.folder, "aes128gcm16-prfsha256-modp2048"):
            self.assert_answers(self.check(), "IKEv2: AES-GCM-16-128, PRF-HMAC-SHA2-256, group 14 (MODP-2048).")

    def test_takes_one_with_separate_integrity(self):
        with Charon(self.folder, "aes256-sha1-modp2048"):
            self.assert_answers(
                self.check(), "IKEv2: AES-CBC-256, HMAC-SHA1-96, PRF-HMAC-SHA1, group 14 (MODP-2048).")

    def test_wants_another_group(self):
        for group, name in (("ecp256", "group 19 (ECP-256)"), ("modp1536", "group 5 (MODP-1536)")):
            with self.subTest(group=group), Charon(self.folder, f"aes256-sha256-{group}"):
                self.assert_answers(self.check(), f"IKEv2: INVALID_KE_PAYLOAD: it wants {name}.")

    def test_takes_nothing(self):
        """The path is open all the same."""
        with Charon(self.folder, "camellia256-sha512-modp8192"):
            self.assert_answers(self.check(), "IKEv2: NO_PROPOSAL_CHOSEN: it takes nothing of what was offered.")

    def test_knows_nobody(self):
        with Charon(self.folder):
            self.assert_answers(self.check(), "IKEv2: NO_PROPOSAL_CHOSEN: it takes nothing of what was offered.")

    def test_wants_a_cookie(self):
        """It has as many half-open exchanges as it likes; the first checks leave some."""
        with Charon(self.folder, "aes256-sha256-modp2048", options="cookie_threshold = 1"):
            self.check()
            self.assert_answers(self.check(), "IKEv2: COOKIE: it wants to see its cookie again before it does more.")

    def test_version_1_alone(self):
        with Charon(self.folder, "aes256-sha256-modp2048", version=1):
            self.drop_version_2()
            result = self.check()
        self.assert_answers(result, "IKEv1: AES-CBC-256, SHA2-256, a pre-shared key, group 14 (MODP-2048).")
        for check in result.json["checks"]:
            # Version 2 had half of the time.
            self.assertGreater(check["timing_ms"]["exchange"], 900)

    def test_version_1_takes_nothing(self):
        with Charon(self.folder, "aes256-sha512-modp8192", version=1):
            self.drop_version_2()
            self.assert_answers(self.check(), "IKEv1: NO-PROPOSAL-CHOSEN: it takes nothing of what was offered.")

    def test_as_the_lab_plays_it(self):
        """The lab's gateway agrees to the first offer; charon, when it is told to like the same, says the same."""
        hosts = {name: {**row, "checks": [{**row["checks"][0], "host": "gate.example"}]} for name, row in ROWS.items()}
        played = support.check("--targets", self.table(hosts, "lab"), "--lab")
        with Charon(self.folder, "aes256gcm16-prfsha256-modp2048"):
            real = self.check()
        for row in ROWS:
            mine, its = played.check_of(row), real.check_of(row)
            for key in ("verdict", "cause", "stage", "confidence", "owner", "warnings"):
                self.assertEqual(mine[key], its[key], key)
            detail = mine["summary"].partition(" answers, ")[2]
            self.assertIn("IKEv2: ", detail)
            self.assertEqual(detail, its["summary"].partition(" answers, ")[2])

    def test_nobody_there(self):
        result = self.check()
        self.assert_exit(result, 1)
        for row in ROWS:
            self.assert_verdict(result, row, "closed", "port-unreachable")


class Silence(support.TestCase):
    """Peers that keep quiet, or say something else."""

    def one(self, probe, server, timeout="3"):
        """Whoever answers has time to do so."""
        table = self.table({"one": support.row(probe, server.port, transport="udp")})
        return support.check("--targets", table, "--timeout", timeout)

    @staticmethod
    def versions(server, marker=0):
        """The versions of all messages, once both have been read: the last may be under way when the check ends."""
        def both():
            versions = [message[marker + 17] for message in server.received]
            return versions if set(versions) == {0x10, 0x20} else None
        return support.eventually(both, "both versions are offered")

    def test_silent_gateway(self):
        """Both versions are offered, and the sentence says what would tell more."""
        with support.DatagramServer() as server:
            result = self.one("ike", server, timeout="1")
            # With less time than usual, version 1 gets its half all the same.
            versions = self.versions(server)
        self.assert_exit(result, 3)
        check = self.assert_verdict(result, "one", "inconclusive", "no-reply")
        self.assertIn("a responder at the far end would decide", check["summary"])
        self.assertEqual(versions[0], 0x20)
        self.assertEqual(versions, sorted(versions, reverse=True))

    def test_the_marker(self):
        with support.DatagramServer() as server:
            self.one("ike-natt", server, timeout="1")
            self.versions(server, marker=4)
            for message in server.received:
                self.assertEqual(message[:4], bytes(4))

    def test_echo(self):
        for probe in ("ike", "ike-natt"):
            with support.DatagramServer(lambda query: [query]) as server:
                result = self.one(probe, server)
            self.assert_exit(result, 1)
            self.assert_verdict(result, "one", "intercepted", "wrong-protocol")

    def test_nonsense(self):
        for answer in (b"", b"hello", b"\x00" * 28, b"\xff" * 2000):
            with support.DatagramServer(lambda _, answer=answer: [answer]) as server:
                result = self.one("ike", server)
            self.assert_exit(result, 1)
            self.assert_verdict(result, "one", "intercepted", "wrong-protocol")
        # An answer of the right exchange that breaks off.
        with support.DatagramServer(lambda query: [query[:40]]) as server:
            self.assert_verdict(self.one("ike", server), "one", "broken", "bad-answer")

    def test_somebody_elses_answer(self):
        def other(query):
            return [bytes(8) + query[8:]]
        with support.DatagramServer(other) as server:
            check = self.assert_verdict(self.one("ike", server), "one", "inconclusive", "no-reply")
        self.assertTrue(any("do not belong" in warning for warning in check["warnings"]), check["warnings"])

    def test_esp_says_what_natt_says(self):
        port = support.free_port(socket.SOCK_DGRAM)
        rows = {"ipsec": {"ports": f"ESP/50, UDP/{port}", "checks": [
            {"port": "ESP/50", "probe": "esp", "host": "127.0.0.1"},
            {"port": f"UDP/{port}", "probe": "ike-natt", "host": "127.0.0.1"}]}}
        table = self.table(rows)
        result = support.check("--targets", table)
        [esp] = [check for check in result.json["checks"] if check["probe"] == "esp"]
        self.assertEqual((esp["verdict"], esp["cause"]), ("skipped", "not-testable-from-here"))
        self.assertIn(f"UDP/{port} is closed (port-unreachable)", esp["summary"])
        # What people read says it too.
        self.assertIn(f"UDP/{port} is closed", " ".join(support.run("check", "--targets", table).out.split()))
