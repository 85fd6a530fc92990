"""What a report looks like: the keys of JSON, the lines of ndjson, the width and the colours of the table, what goes to
which stream, and the exit codes."""

import concurrent.futures
import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
import tomllib

import support

CHECK_KEYS = {"id", "row", "level", "host", "address", "port", "transport", "probe", "verdict", "cause", "stage",
              "confidence", "owner", "summary", "advice", "warnings", "attempts"}
ROW_KEYS = {"id", "table", "direction", "peer", "purpose", "ports", "need", "state", "checks"}
STATES = {"reachable", "degraded", "blocked", "broken", "untrusted", "intercepted", "unresolved", "local",
          "inconclusive", "unconfigured"}
VERDICTS = {"reachable", "closed", "blocked", "broken", "untrusted", "intercepted", "unresolved", "inconclusive",
            "skipped", "local"}
STAGES = {"plan", "resolve", "connect", "proxy", "tls", "exchange"}
OWNERS = {"nobody", "this-host", "network", "resolver", "proxy", "service", "vendor", "unknown"}
TIMESTAMP = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"


class Json(support.TestCase):
    def assert_form(self, document, planned=False):
        self.assertEqual(document["schema"], "fdnprobe.report/1")
        self.assertEqual(document["program"]["name"], "fdnprobe")
        self.assertRegex(document["program"]["version"], r"^\d+\.\d+\.\d+")
        self.assertRegex(document["started"], TIMESTAMP)
        self.assertIsInstance(document["elapsed_ms"], (int, float))
        self.assertLessEqual({"host", "site", "resolvers", "proxy"}, set(document["vantage"]))
        self.assertIsInstance(document["vantage"]["resolvers"], list)
        self.assertEqual(set(document["summary"]), {"rows", "checks"})
        ids = [check["id"] for check in document["checks"]]
        self.assertEqual(ids, [one for row in document["rows"] for one in row["checks"]])
        rows = {row["id"] for row in document["rows"]}
        for row in document["rows"]:
            self.assertLessEqual(ROW_KEYS - ({"state"} if planned else set()), set(row))
            self.assertIn(row["direction"], ("outgoing", "incoming"))
            self.assertIn(row["need"], ("any", "all"))
            self.assertTrue(row["id"].startswith(row["table"] + "/"))
            if not planned:
                self.assertIn(row["state"], STATES)
        for check in document["checks"]:
            self.assertIn(check["row"], rows)
            self.assertIn(check["level"], ("need", "notice"))
            if not planned:
                self.assert_check(check)

    def assert_check(self, check):
        self.assertLessEqual(CHECK_KEYS, set(check))
        self.assertIn(check["verdict"], VERDICTS)
        self.assertIn(check["stage"], STAGES)
        self.assertIn(check["confidence"], ("proven", "likely", "possible"))
        self.assertIn(check["owner"], OWNERS)
        self.assertIsInstance(check["warnings"], list)
        self.assertTrue(check["summary"])
        if check["verdict"] not in ("reachable", "skipped"):
            self.assertTrue(check["advice"], check)
        # What the plan leaves out is not tried; other skips are what a try came to.
        if check["stage"] == "plan":
            self.assertEqual(check["verdict"], "skipped")
            self.assertEqual(check["attempts"], [])
            return
        self.assertLessEqual({"resolve", "connect", "tls", "exchange", "total"}, set(check["timing_ms"]))
        self.assertTrue(check["attempts"])
        for attempt in check["attempts"]:
            self.assertIn("address", attempt)
            self.assertTrue(attempt["evidence"])
            times = [event["at_ms"] for event in attempt["evidence"]]
            self.assertEqual(times, sorted(times))
            for event in attempt["evidence"]:
                self.assertIsInstance(event["what"], str)

    def test_check(self):
        for scenario in ("clean", "tls-inspection", "dns-failure"):
            result = support.check(f"--lab={scenario}", "--targets", "fortiproxy-7.4", "--targets", "fortiguard")
            document = result.json
            self.assert_form(document)
            for what, items, word in (("rows", document["rows"], "state"), ("checks", document["checks"], "verdict")):
                counts = {}
                for item in items:
                    counts[item[word]] = counts.get(item[word], 0) + 1
                self.assertEqual(document["summary"][what], counts)
            self.assertEqual(document["vantage"]["site"], "lab")
            self.assertIsNone(document["vantage"]["proxy"])

    def tried(self, *arguments):
        """The checks of a run, without those that only other devices use."""
        checks = support.check(*arguments).json["checks"]
        for check in checks:
            if check["verdict"] == "skipped":
                self.assertEqual(check["cause"], "not-applicable", check)
                self.assertTrue(check["summary"].startswith("used only by a device with "), check)
        return [check for check in checks if check["verdict"] != "skipped"]

    def test_tls(self):
        tried = self.tried("--lab", "--only", "AV/IPS Update")
        self.assertGreater(len(tried), 4)
        for check in tried:
            self.assertEqual(check["tls"]["version"], "TLSv1.3")
            self.assertTrue(check["tls"]["cipher"])
            for certificate in check["tls"]["chain"]:
                self.assertLessEqual({"subject", "issuer", "not_after", "sha256"}, set(certificate))
                self.assertRegex(certificate["not_after"], TIMESTAMP)
                self.assertRegex(certificate["sha256"], r"^[0-9a-f]{64}$")

    def test_dns(self):
        tried = self.tried("--lab", "--only", "SDNS queries for DNS Filter")
        self.assertGreater(len(tried), 3)
        for check in tried:
            self.assertIn(check["probe"], ("dns", "dot"))
            self.assertEqual(check["dns"]["rcode"], "NOERROR")
            self.assertTrue(check["dns"]["answers"])

    def test_list(self):
        document = support.run("list", "--format", "json", "--direction", "both").json
        self.assert_form(document, planned=True)
        for check in document["checks"]:
            self.assertNotIn("attempts", check)

    def test_ndjson(self):
        """One check a line as each ends, then the report's summary and rows."""
        result = support.run("check", "--lab=refused", "--format", "ndjson")
        self.assert_exit(result, 1)
        *checks, last = [json.loads(line) for line in result.out.splitlines()]
        for check in checks:
            self.assert_check(check)
        self.assertLessEqual({"summary", "rows"}, set(last))
        document = support.check("--lab=refused").json
        self.assertEqual({check["id"] for check in checks}, {check["id"] for check in document["checks"]})
        self.assertEqual(len(checks), len(document["checks"]))
        self.assertEqual(last["summary"], document["summary"])
        self.assertEqual(last["rows"], document["rows"])

    def test_ndjson_comes_as_checks_end(self):
        """A line is there while a slower check is still under way."""
        with support.Listener(support.hold_open) as server:
            table = self.table({"slow": support.row("tcp", server.port, hold=30),
                                "quick": support.row("tcp", server.port)})
            with support.started("check", "--targets", table, "--format", "ndjson") as process:
                self.assertEqual(json.loads(process.stdout.readline())["id"].split("/")[1], "quick")
                self.assertIsNone(process.poll())


def commands():
    """Every line of every command that the tables have."""
    found = set()

    def collect(value):
        if isinstance(value, dict):
            for key, one in value.items():
                found.update(line.strip() for line in one.splitlines()) if key == "commands" else collect(one)
        elif isinstance(value, list):
            for one in value:
                collect(one)

    for path in (support.SOURCES / "targets").glob("*.toml"):
        collect(tomllib.loads(path.read_text(encoding="utf-8")))
    return found - {""}


COMMANDS = commands()


class Table(support.TestCase):
    def assert_width(self, text, width):
        for line in text.splitlines():
            # A command is to be copied: it is never broken.
            if line.strip() not in COMMANDS:
                self.assertLessEqual(len(line), width, line)

    def test_width(self):
        def shown(width, scenario):
            return width, support.run("check", f"--lab={scenario}", "--targets", "fortiguard", "-v", "--explain",
                                      env={"COLUMNS": width})

        widths = (60, 100, 140)
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            for width, result in pool.map(shown, widths * 3, sorted(("clean", "dns-failure", "tls-inspection") * 3)):
                self.assert_width(result.out, width)
                self.assertGreater(max(len(line) for line in result.out.splitlines()), width * 0.8)
        for width in widths:
            env = {"COLUMNS": width}
            for table in ("fortiproxy-7.4", "fortiguard"):
                result = support.run("list", "--targets", table, "--direction", "both", "-v", env=env)
                self.assert_width(result.out, width)

    def test_says_everything_in_words(self):
        """Grouped by peer, a line a purpose, causes and advice under it, and what to do first at the end."""
        result = support.run("check", "--lab=tls-inspection")
        self.assert_exit(result, 1)
        self.assertIn("FortiGuard", result.out)
        self.assertIn("intercepted (tls-intercepted)", result.out)
        self.assertIn("'Corp Inspection CA'", " ".join(result.out.split()))
        self.assertIn("What to do first", result.out)
        self.assertIn("AV/IPS Update", result.out)
        self.assert_clean_text(result.raw)
        # What has no common cause has its own advice, and the device's commands as lines of their own.
        alone = support.run("check", "--lab=silent", "--only", "AV/IPS Update")
        self.assertIn("To do (network): Open TCP/443", " ".join(alone.out.split()))
        lines = [line.strip() for line in alone.out.splitlines()]
        self.assertIn("config system fortiguard", lines)
        self.assertIn("set fortiguard-anycast-source aws", lines)
        self.assertIn("On FortiProxy 7.0 and later:", lines)

    def test_clean_ends_with_a_sentence(self):
        result = support.run("check", "--lab")
        *_, sentence, hint = result.out.splitlines()
        self.assertRegex(sentence, r"^Every.* is reachable\.$")
        self.assertEqual(hint, "How the device is configured is not known; `fdnprobe init --config FILE` would make this "
                               "exact.")

    def test_quiet(self):
        """Only what is not as it should be."""
        full = support.run("check", "--lab=refused")
        quiet = support.run("check", "--lab=refused", "--quiet")
        self.assert_exit(quiet, 1)
        self.assertIn("AV/IPS Update", quiet.out)
        self.assertIn("closed (refused)", quiet.out)
        self.assertIn("SDNS queries", full.out)
        self.assertNotIn("SDNS queries", quiet.out)
        self.assertLess(len(support.run("check", "--lab", "--quiet").out.splitlines()), 6)

    def test_verbose(self):
        plain = support.run("check", "--lab", "--only", "AV/IPS Update")
        verbose = support.run("check", "--lab", "--only", "AV/IPS Update", "-v")
        self.assertGreater(len(verbose.out), len(plain.out) + 200)
        self.assertRegex(verbose.out, r"\d+(\.\d+)? ms")

    def test_explain(self):
        plain = support.run("check", "--lab=refused", "--only", "AV/IPS Update")
        explained = support.run("check", "--lab=refused", "--only", "AV/IPS Update", "--explain")
        explanation = support.run("explain", "refused").out.splitlines()
        self.assertGreater(len(explanation), 2)
        longest = max(explanation, key=len).strip()[:40]
        self.assertIn(longest, explained.out)
        self.assertNotIn(longest, plain.out)

    def test_streams(self):
        """Results on standard output, and nothing else there; no progress without a terminal."""
        result = support.run("check", "--lab=refused")
        self.assertEqual(result.err, "")
        self.assertNotIn("\x1b", result.out)
        site = self.site(peers={"FortiManger": "192.0.2.5"})
        result = support.check("--site", site, "--only", "FortiManager")
        self.assertIn("warning", result.err)
        self.assertIn("FortiManager", result.err)
        self.assertEqual(result.json["schema"], "fdnprobe.report/1")


class Terminal(support.TestCase):
    def on_terminal(self, *arguments, stdout=True, stderr=True, width=90, **env):
        """Runs on a terminal; what came on it, and what came on the pipe that is not on it."""
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
        read_end, write_end = os.pipe()
        process = subprocess.Popen(
            support.command(arguments), stdin=subprocess.DEVNULL, stdout=side if stdout else write_end,
            stderr=side if stderr else write_end, env=support.environment(**env),
        )
        os.close(side)
        os.close(write_end)
        shown = b""
        while True:
            try:
                piece = os.read(main, 65536)
            except OSError:  # EIO: the other side has been closed
                break
            if not piece:
                break
            shown += piece
        piped = b""
        while piece := os.read(read_end, 65536):
            piped += piece
        os.close(main)
        os.close(read_end)
        self.assertIn(process.wait(support.PATIENCE), (0, 1))
        return shown.decode(), piped.decode()

    def test_colour(self):
        shown, _ = self.on_terminal("check", "--lab=refused", "--only", "FortiGuard", stderr=False)
        self.assertRegex(shown, support.COLOURS)
        # The words are all there without it.
        plain = support.COLOURS.sub("", shown).replace("\r\n", "\n")
        self.assert_clean_text(plain.encode())
        self.assertIn("closed (refused)", plain)
        for line in plain.splitlines():
            self.assertLessEqual(len(line), 90)

    def test_no_colour(self):
        for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": None}):
            shown, _ = self.on_terminal("check", "--lab=refused", "--only", "FortiGuard", stderr=False, **env)
            self.assertNotIn("\x1b", shown)
        shown, _ = self.on_terminal("check", "--lab=refused", "--only", "FortiGuard", "--no-color", stderr=False)
        self.assertNotIn("\x1b", shown)
        # Empty is as good as absent.
        shown, _ = self.on_terminal("check", "--lab=refused", "--only", "FortiGuard", stderr=False, NO_COLOR="")
        self.assertIn("\x1b[", shown)

    def test_no_colour_in_json(self):
        for arguments in (["--format", "json"], ["--format", "ndjson"]):
            shown, _ = self.on_terminal("check", "--lab=refused", *arguments, stderr=False)
            self.assertNotIn("\x1b", shown)

    def test_output_file_has_no_colour(self):
        file = self.folder / "report.txt"
        self.on_terminal("check", "--lab=refused", "--output", file)
        self.assert_clean_text(file.read_bytes())

    def test_list_and_explain(self):
        for arguments in (["list"], ["explain", "timeout"]):
            shown, _ = self.on_terminal(*arguments, width=70)
            for line in support.COLOURS.sub("", shown).splitlines():
                self.assertLessEqual(len(line), 70)

    def test_progress(self):
        """On a terminal's standard error, and gone at the end; not where it is no terminal."""
        shown, piped = self.on_terminal("check", "--lab", stdout=False)
        self.assertRegex(shown, r"\d+ of \d+ checks done")
        self.assertTrue(shown.endswith("\r\x1b[K"), repr(shown[-60:]))
        self.assertNotIn("checks done", piped)
        self.assertIn("reachable", piped)
        _, piped = self.on_terminal("check", "--lab", stderr=False)
        self.assertEqual(piped, "")
        shown, _ = self.on_terminal("check", "--lab", "--quiet", stdout=False)
        self.assertEqual(shown, "")


class ExitCodes(support.TestCase):
    def setUp(self):
        super().setUp()
        self.open = support.Listener()
        self.closed = support.ClosedPort()
        self.mute = support.DatagramServer()
        for one in (self.open, self.closed, self.mute):
            self.addCleanup(one.close)
        self.rows = {
            "good": support.row("tcp", self.open.port),
            "bad": support.row("tcp", self.closed.port),
            "mute": support.row("udp", self.mute.port, transport="udp"),
            "unknown": support.plain_row([7]),
            "either": {"ports": f"TCP/{self.open.port}, TCP/{self.closed.port}", "need": "any",
                       "checks": [{"port": f"TCP/{port}", "probe": "tcp", "host": "127.0.0.1"}
                                  for port in (self.open.port, self.closed.port)]},
            "stand-in": {"ports": f"TCP/{self.open.port}, TCP/{self.closed.port}",
                         "checks": [{"port": f"TCP/{port}", "probe": "tcp", "host": "127.0.0.1", "alternative": "way"}
                                    for port in (self.open.port, self.closed.port)]},
            "shown": {"ports": f"TCP/{self.open.port}, TCP/{self.closed.port}",
                      "checks": [{"port": f"TCP/{self.open.port}", "probe": "tcp", "host": "127.0.0.1"},
                                 {"port": f"TCP/{self.closed.port}", "probe": "tcp", "host": "127.0.0.1",
                                  "level": "notice"}]},
        }

    def assert_run(self, rows, code, states, *options):
        table = self.table({name: self.rows[name] for name in rows})
        result = support.check("--targets", table, "--timeout", "0.3", *options)
        self.assert_exit(result, code)
        self.assertEqual([row["state"] for row in result.json["rows"]], states)
        return result

    def test_codes(self):
        self.assert_run(["good"], 0, ["reachable"])
        self.assert_run(["unknown"], 0, ["unconfigured"])
        self.assert_run(["either"], 0, ["degraded"])
        self.assert_run(["shown"], 0, ["reachable"])
        # What stays shut beside what stands in for it is a notice, and degrades nothing.
        result = self.assert_run(["stand-in"], 0, ["reachable"])
        self.assertEqual([(check["verdict"], check["level"]) for check in result.json["checks"]],
                         [("reachable", "need"), ("closed", "notice")])
        self.assert_run(["bad"], 1, ["blocked"])
        self.assert_run(["mute"], 3, ["inconclusive"])
        self.assert_run(["good", "mute", "unknown"], 3, ["reachable", "inconclusive", "unconfigured"])
        self.assert_run(["good", "mute", "bad"], 1, ["reachable", "inconclusive", "blocked"])

    def test_accept(self):
        self.assert_run(["bad"], 0, ["blocked"], "--accept", "blocked")
        self.assert_run(["mute"], 0, ["inconclusive"], "--accept", "inconclusive")
        self.assert_run(["mute", "bad"], 3, ["inconclusive", "blocked"], "--accept", "blocked")
        self.assert_run(["mute", "bad"], 1, ["inconclusive", "blocked"], "--accept", "inconclusive")
        self.assert_run(["mute", "bad"], 0, ["inconclusive", "blocked"], "--accept", "inconclusive",
                        "--accept", "blocked")

    def test_every_state_can_be_accepted(self):
        table = self.table({"good": self.rows["good"]})
        for state in sorted(STATES):
            self.assert_exit(support.check("--targets", table, "--accept", state), 0)


class Families(support.TestCase):
    def test_four_and_six(self):
        with support.Listener() as four, support.Listener(address="::1") as six:
            table = self.table({"four": support.row("tcp", four.port), "six": support.row("tcp", six.port, "::1")})
            result = support.check("--targets", table)
            self.assert_exit(result, 0)
            self.assertEqual(result.check_of("six")["address"], "::1")
            result = support.check("--targets", table, "-4")
            self.assert_verdict(result, "four", "reachable")
            self.assert_verdict(result, "six", "skipped", "not-applicable")
            result = support.check("--targets", table, "-6")
            self.assert_verdict(result, "four", "skipped", "not-applicable")
            self.assert_verdict(result, "six", "reachable")

    def with_hosts(self, lines):
        return support.with_file(self.write("hosts", lines), "/etc/hosts")

    def test_addresses_of_a_name(self):
        """The first good address is enough, the failing ones are named, and --all-addresses tries all."""
        prefix = self.with_hosts("127.0.0.1 dual.example\n::1 dual.example\n")
        site = self.site(dns={"split_horizon": ["dual.example"]})
        with support.Listener(address="::1") as six:
            table = self.table({"one": support.row("tcp", six.port, "dual.example")})
            check = self.assert_verdict(support.check("--targets", table, "--site", site, prefix=prefix),
                                        "one", "reachable", "connected")
            self.assertEqual(check["address"], "::1")
            self.assertTrue(any("127.0.0.1 is closed (refused)" in warning for warning in check["warnings"]), check)
            result = support.check("--targets", table, "--site", site, "-4", prefix=prefix)
            self.assert_verdict(result, "one", "closed", "refused")
        with support.Listener() as four:
            table = self.table({"one": support.row("tcp", four.port, "dual.example")})
            check = self.assert_verdict(support.check("--targets", table, "--site", site, prefix=prefix),
                                        "one", "reachable", "connected")
            self.assertEqual(check["address"], "127.0.0.1")
            result = support.check("--targets", table, "--site", site, "--all-addresses", prefix=prefix)
            check = self.assert_verdict(result, "one", "reachable", "connected")
            self.assertEqual({attempt["address"] for attempt in check["attempts"]}, {"127.0.0.1", "::1"})
            self.assertTrue(any("::1 is closed (refused)" in warning for warning in check["warnings"]), check)
            result = support.check("--targets", table, "--site", site, "-6", prefix=prefix)
            self.assert_verdict(result, "one", "closed", "refused")

    def test_every_line_of_the_hosts_file(self):
        """A name has the addresses of all its lines, as it has for every other program."""
        prefix = self.with_hosts("127.0.0.2 many.example\n127.0.0.3 many.example\n")
        site = self.site(dns={"split_horizon": ["many.example"]})
        with support.Listener(address="127.0.0.3") as server:
            table = self.table({"one": support.row("tcp", server.port, "many.example")})
            check = self.assert_verdict(support.check("--targets", table, "--site", site, prefix=prefix),
                                        "one", "reachable", "connected")
            self.assertEqual(check["address"], "127.0.0.3")
