"""list, validate, explain, help, and what the command line says to a slip of the pen."""

import pathlib
import re
import subprocess

import support

DOCUMENTS = support.SOURCES / "targets"


CODES = """
reachable answered client-certificate-required connected responder-confirmed
closed refused port-unreachable
blocked timeout reset-on-path admin-prohibited host-unreachable net-unreachable port-unreachable-on-path lost-on-path
mtu-blackhole proxy-unreachable proxy-auth-required proxy-denied
broken closed-after-connect reset-after-connect hello-timeout reset-after-hello closed-after-hello tls-alert no-answer
no-banner bad-answer service-denied
untrusted untrusted-issuer name-mismatch certificate-expired certificate-not-yet-valid certificate-revoked ocsp-missing
intercepted tls-intercepted answered-on-path dns-sinkhole dns-rewritten captive-portal wrong-protocol
unresolved nxdomain no-address servfail dns-refused dns-timeout dns-malformed
inconclusive no-reply path-open control-failed
skipped not-configured needs-privilege not-testable-from-here not-applicable address-family-unavailable
local no-route local-firewall source-unavailable out-of-descriptors out-of-ports permission-denied interrupted internal
degraded unconfigured
""".split()


class List(support.TestCase):
    def listed(self, *arguments):
        result = support.run("list", "--format", "json", *arguments)
        self.assert_exit(result, 0)
        return result

    def test_every_row_of_both_documents(self):
        for table in ("fortiproxy-7.4", "fortiguard"):
            with self.subTest(table=table):
                # Read without the program's own parser.
                text = (DOCUMENTS / f"{table}.toml").read_text(encoding="utf-8")
                rows = re.findall(r'^\[\[row\]\]\nid = "([^"]+)"\ndirection = "(\w+)"', text, re.MULTILINE)
                self.assertEqual(len(rows), text.count("\n[[row]]\n"))
                result = self.listed("--targets", table, "--direction", "both")
                found = [(identifier, row["direction"]) for identifier, row in result.rows.items()]
                self.assertEqual(found, rows)
                for identifier, row in result.rows.items():
                    self.assertTrue(row["checks"], f"{identifier} disappears silently")
                    self.assertEqual(row["table"], table)
                    self.assertIn(f'ports = "{row["ports"]}"', text)
                    self.assertIn(f'purpose = "{row["purpose"]}"', text)

    def test_directions(self):
        both = self.listed("--direction", "both").rows
        for direction in ("outgoing", "incoming"):
            some = self.listed("--direction", direction).rows
            self.assertEqual(list(some), [one for one, row in both.items() if row["direction"] == direction])
        self.assertEqual(list(self.listed().rows), list(self.listed("--direction", "outgoing").rows))

    def test_table_shows_every_row(self):
        for table in ("fortiproxy-7.4", "fortiguard"):
            rows = self.listed("--targets", table, "--direction", "both").rows
            result = support.run("list", "--targets", table, "--direction", "both", env={"COLUMNS": 1000})
            self.assert_exit(result, 0)
            for row in rows.values():
                self.assertIn(row["purpose"], result.out)
                self.assertIn(row["peer"], result.out)

    def test_ids_are_unique_and_stable(self):
        arguments = ("--targets", "fortiproxy-7.4", "--targets", "fortiguard", "--direction", "both")
        first = [check["id"] for check in self.listed(*arguments).json["checks"]]
        second = [check["id"] for check in self.listed(*arguments).json["checks"]]
        self.assertEqual(first, second)
        self.assertEqual(len(first), len(set(first)))

    def test_ids_are_those_of_check(self):
        checked = support.check("--direction", "both", "--timeout", "0.5")
        self.assertEqual(list(self.listed("--direction", "both").checks), list(checked.checks))

    def test_form_of_ids(self):
        for check in self.listed("--direction", "both").json["checks"]:
            self.assertTrue(check["id"].startswith(check["row"] + "/"), check["id"])
            port, probe, host = check["id"][len(check["row"]) + 1:].split("/")
            self.assertEqual(probe, check["probe"] or "none")
            self.assertTrue(host)
            self.assertRegex(port, r"^(tcp|udp)-\d+$|^esp-50$|^eth-0x[0-9a-f]+$")

    def test_reasons_of_what_is_skipped(self):
        for table in ("fortiproxy-7.4", "fortiguard"):
            for check in self.listed("--targets", table, "--direction", "both").json["checks"]:
                if check.get("verdict"):
                    self.assertEqual(check["verdict"], "skipped")
                    self.assertIn(check["cause"], ("not-configured", "not-applicable"))
                    if check["cause"] == "not-applicable":
                        self.assertTrue(check["summary"].startswith("used only by a device with "), check)
                    self.assertTrue(check["summary"])
                else:
                    self.assertNotIn("cause", check)

    def everything(self, address="192.0.2.2", **device):
        """Options for all that the shipped tables could want: addresses, a responder's key, a RADIUS secret."""
        site = self.site(peers={end: address for end in self.ends()}, device=device,
                         secrets={"radius": self.secret("radius", "shared"), "responder": self.secret("key", "k" * 32)})
        return ["--targets", "fortiproxy-7.4", "--targets", "fortiguard", "--direction", "both", "--site", site]

    def ends(self):
        result = self.listed("--targets", "fortiproxy-7.4", "--targets", "fortiguard", "--direction", "both")
        return {row["peer"] if row["direction"] == "outgoing" else row["product"] for row in result.rows.values()}

    def secret(self, name, text):
        path = self.write(f"{name}.secret", text + "\n")
        path.chmod(0o600)
        return path

    def test_every_row_can_be_tested(self):
        """With what a site can give, no check of either document is left out but what only other devices use."""
        others = "used only by a device with "
        amazon = others + 'fortiguard = "anycast" and anycast_source = "aws".'
        own = {"update_servers": ["192.0.2.11"], "rating_servers": ["192.0.2.12"], "sdns": ["192.0.2.13"],
               "mail": "192.0.2.14:25", "dns": ["192.0.2.15"]}

        def left_out(**site):
            result = self.listed(*self.everything(**site))
            for check in result.json["checks"]:
                if "verdict" not in check:
                    self.assertTrue(check["probe"], check["id"])
            tried = {check["row"] for check in result.json["checks"] if "verdict" not in check}
            return ([check for check in result.json["checks"] if "verdict" in check],
                    {row["id"].split("/")[-1] for row in result.json["rows"] if row["id"] not in tried}, result)

        skipped, untried, result = left_out()
        self.assertEqual({check["cause"] for check in skipped}, {"not-applicable"})
        self.assertEqual({check["summary"] for check in skipped},
                         {*(f"{others}{key} set." for key in own), amazon, "192.0.2.2 is not an IPv6 address."})
        self.assertEqual(untried, {"ipv6-fgfm-management"})
        self.assertEqual(result.json["missing"], [])
        # Whoever has servers of his own has all that hangs on them, in place of what is then not used.
        skipped, untried, _ = left_out(**own)
        self.assertEqual({check["cause"] for check in skipped}, {"not-applicable"})
        self.assertEqual({check["summary"] for check in skipped if not check["summary"].startswith("not used by ")},
                         {amazon, "192.0.2.2 is not an IPv6 address."})
        self.assertEqual(untried, {"ipv6-fgfm-management"})
        # Over IPv6 FortiManager has the other of its two rows.
        _, untried, _ = left_out(address="2001:db8::2")
        self.assertEqual(untried, {"ipv4-fgfm-management"})
        # What nobody can try are names that nobody knows.
        skipped, _, _ = left_out(fortiguard="anycast", anycast_source="aws")
        unknown = [check for check in skipped if check["cause"] != "not-applicable"]
        self.assertEqual(len(unknown), sum((DOCUMENTS / f"{table}.toml").read_text(encoding="utf-8").count("\nskip =")
                                           for table in ("fortiproxy-7.4", "fortiguard")))
        for check in unknown:
            self.assertEqual((check["cause"], check["probe"]), ("not-testable-from-here", None))
            self.assertIn("`fortiguard-anycast-source aws` are not published", check["summary"])

    def test_what_others_use(self):
        """What does not apply for one reason is one line; with -v, each has its own."""
        reason = "used only by a device with update_servers set"

        def lines(*options):
            result = support.run("list", "--only", "AV/IPS Update", *options, env={"COLUMNS": 1000})
            self.assert_exit(result, 0)
            return [line.strip() for line in result.out.splitlines() if reason in line]

        self.assertEqual(lines(), [f"skipped (not-applicable): {reason}: TCP/8890, TCP/443"])
        each = lines("-v")
        self.assertEqual([line.split()[:2] for line in each], [["TCP/8890", "tls"], ["TCP/443", "tls"]])
        for line in each:
            self.assertTrue(line.endswith(f"skipped (not-applicable): {reason}"), line)

    def test_what_takes_a_responder(self):
        result = self.listed("--direction", "both", "--peer", "FortiProxy=192.0.2.2", "--only", "*ipsec*")
        causes = {check["port"]: check.get("cause") for check in result.json["checks"]}
        self.assertEqual(causes, {500: None, 50: "not-testable-from-here", 4500: None})
        [esp] = [check for check in result.json["checks"] if check["transport"] == "esp"]
        for text in ("fdnprobe respond", "--responder-key", "UDP/4500"):
            self.assertIn(text, esp["summary"])
        key = self.secret("key", "k" * 32)
        result = self.listed("--direction", "both", "--peer", "FortiProxy=192.0.2.2", "--only", "*ipsec*",
                             "--responder-key", key)
        self.assertEqual([check.get("cause") for check in result.json["checks"]], [None, None, None])

    def test_what_takes_a_right(self):
        """Raw packets, for an ordinary user: the one command that grants them."""
        arguments = ("list", "--format", "json", "--peer", "FortiProxy=192.0.2.2", "--only", "HA Heartbeat")
        result = support.run(*arguments, prefix=support.as_ordinary_user())
        self.assert_exit(result, 0)
        grant = f"sudo setcap cap_net_raw+ep {support.BINARY}"
        for check in result.json["checks"]:
            self.assertEqual(check["cause"], "needs-privilege")
            self.assertIn(grant, check["summary"])
        [missing] = [one for one in result.json["missing"] if "CAP_NET_RAW" in one["what"]]
        self.assertEqual((missing["how"], missing["checks"]), (grant, 3))
        for check in support.run(*arguments).json["checks"]:
            self.assertNotIn("cause", check)

    def test_frames_take_an_interface(self):
        arguments = ("--only", "HA Heartbeat")
        self.assertEqual({check["cause"] for check in self.listed(*arguments).json["checks"]}, {"not-configured"})
        for check in self.listed(*arguments, "--interface", "lo").json["checks"]:
            self.assertNotIn("cause", check)
            self.assertTrue(check["id"].endswith("/fortiproxy"), check["id"])

    def test_what_is_missing(self):
        result = self.listed("--direction", "both")
        missing = {one["what"]: one for one in result.json["missing"]}
        skipped = [check for check in result.json["checks"] if check.get("cause") == "not-configured"]
        named = [one["checks"] for what, one in missing.items()
                 if what.startswith("the address of ") or what == "an interface"]
        self.assertEqual(sum(named), len(skipped))
        self.assertIn("--peer FortiManager=ADDRESS", missing["the address of FortiManager"]["how"])
        for what in ("an interface", "the radius secret", "a responder at the far end"):
            self.assertGreater(missing[what]["checks"], 0)
        # What is not chosen is not missing, and a run's own report has no such list.
        self.assertEqual(self.listed("--only", "Registration").json["missing"], [])
        text = support.run("list", "--direction", "both", env={"COLUMNS": 1000}).out
        self.assertIn("To test more", text)
        for one in missing.values():
            self.assertIn(f"- {one['what']}: {one['how']} ({one['checks']} check", text)

    def test_what_a_site_configures(self):
        secret = self.secret("radius", "hunter2hunter2")
        site = self.site(
            peers={"FortiManager": "192.0.2.5", "FortiProxy": {"address": "192.0.2.2", "ports": {
                "TCP/1700": "UDP/3799", "TCP/8013": 9013}}},
            hosts={"update.fortiguard.net:tcp/443": "127.0.0.1:20443"},
            network={"resolvers": ["192.0.2.53"], "source": "127.0.0.1", "interface": "lo"},
            tls={"inspection_ca_files": ["inspection.pem"]}, secrets={"radius": secret})
        result = support.run("list", "--site", site, env={"COLUMNS": 1000})
        self.assert_exit(result, 0)
        for text in (f"Configured in {site}", "- FortiManager: 192.0.2.5\n",
                     "- FortiProxy: 192.0.2.2, TCP/1700 is UDP/3799, TCP/8013 is TCP/9013\n",
                     "- update.fortiguard.net at TCP/443: pinned to 127.0.0.1:20443\n", "- resolvers: 192.0.2.53:53\n",
                     "- source: 127.0.0.1\n", "- interface: lo\n", "inspection.pem\n", "- secrets: radius\n"):
            self.assertIn(text, result.out)
        self.assertNotIn("the radius secret", result.out)
        for shown in (result.out, result.err, support.run("list", "--site", site, "--format", "json").out):
            self.assertNotIn("hunter2", shown)
        self.assertNotIn("Configured", support.run("list").out)

    def test_customised_ports(self):
        """A port that a site has moved, to another transport even, is dialled where it is."""
        def disconnect(**ports):
            site = self.site(peers={"FortiProxy": {"address": "192.0.2.2", **ports}})
            arguments = ("--direction", "incoming", "--only", "RADIUS disconnect", "--site", site)
            return (self.listed(*arguments).json["checks"], support.run("list", *arguments, env={"COLUMNS": 1000}).out)

        checks, text = disconnect()
        self.assertEqual([one["id"].split("/")[-3] for one in checks], ["tcp-1700", "udp-1700", "udp-3799"])
        self.assertIn("dialled at UDP/1700", text)
        checks, text = disconnect(ports={"TCP/1700": "UDP/3799"})
        self.assertEqual([one["id"].split("/")[-3] for one in checks], ["tcp-1700", "udp-1700", "udp-3799"])
        self.assertEqual([one.get("cause") for one in checks], [None, "not-applicable", "not-applicable"])
        self.assertIn("dialled at UDP/3799", text)
        checks, text = disconnect(ports={"UDP/1700": 3799})
        self.assertEqual([one.get("cause") for one in checks], [None, None, "not-applicable"])
        self.assertIn("dialled at UDP/3799", text)

    def test_sends_nothing(self):
        with support.Listener(support.hold_open) as server, support.DatagramServer() as resolver:
            table = self.table({"a": support.row("tcp", server.port), "b": support.row("tcp", server.port, "b.test")})
            site = self.site(network={"resolvers": [f"127.0.0.1:{resolver.port}"]})
            self.assert_exit(support.run("list", "--targets", table, "--site", site), 0)
            self.assert_exit(support.run("list", "--targets", table, "--site", site, "--format", "json"), 0)
            self.assertEqual((server.accepted, resolver.received), (0, []))

    def test_only(self):
        everything = self.listed().rows
        chosen = self.listed("--only", "fortiguard").rows
        self.assertEqual(list(chosen), [one for one, row in everything.items() if row["peer"] == "FortiGuard"])
        by_id = self.listed("--only", "*/fortiguard/*").rows
        self.assertLess(0, len(by_id))
        for row in by_id:
            self.assertIn("/fortiguard/", row)
        by_purpose = self.listed("--only", "av/ips update").rows
        self.assertEqual({row["purpose"] for row in by_purpose.values()}, {"AV/IPS Update"})
        two = self.listed("--only", "FortiGuard", "--only", "FortiManager").rows
        self.assertEqual({row["peer"] for row in two.values()}, {"FortiGuard", "FortiManager"})

    def test_peer(self):
        """An address given for a peer configures its rows, and stands in for its public names."""
        result = self.listed("--peer", "FortiManager=192.0.2.5,192.0.2.6", "--only", "FortiManager")
        for check in result.json["checks"]:
            if check["host"] is None:
                self.assertEqual(check["summary"], "used only by a device with rating_servers set.")
            else:
                self.assertIn(check["host"], ("192.0.2.5", "192.0.2.6"))
        # A name is what the site file takes for one, with or without a dot.
        result = self.listed("--peer", "FortiManager=Manager,2001:DB8::0:5", "--only", "IPv4 FGFM*")
        self.assertEqual([check["host"] for check in result.json["checks"]], ["manager", "2001:db8::5"])
        result = self.listed("--peer", "FortiGuard=192.0.2.7", "--only", "FortiGuard")
        for check in result.json["checks"]:
            if check.get("verdict") is None and check["host"] != "192.0.2.7":
                self.assertEqual(check["pinned"], ["192.0.2.7"], check)

    def test_tables_by_path_and_beside_the_binary(self):
        path = DOCUMENTS / "fortiguard.toml"
        self.assertEqual(list(self.listed("--targets", path).rows), list(self.listed("--targets", "fortiguard").rows))
        # A folder of a user's own goes before.
        self.table({"one": support.row("tcp", 1)}, name="mine")
        result = support.run("list", "--targets", "mine", "--format", "json", env={"FDNPROBE_TARGETS_DIR": self.folder})
        self.assertEqual(list(result.rows), ["one"])

    def test_moved_prefix(self):
        """bin/fdnprobe finds share/fdnprobe/targets."""
        prefix = self.folder / "prefix"
        (prefix / "bin").mkdir(parents=True)
        targets = prefix / "share/fdnprobe/targets"
        targets.mkdir(parents=True)
        binary = prefix / "bin/fdnprobe"
        binary.write_bytes(pathlib.Path(support.BINARY).read_bytes())
        binary.chmod(0o755)
        (targets / "moved.toml").write_text(support.table_text({"one": support.row("tcp", 1)}, "moved"))
        done = subprocess.run([binary, "list", "--targets", "moved"], capture_output=True, check=False)
        self.assertEqual(done.returncode, 0, done)


class Validate(support.TestCase):
    def test_shipped_tables(self):
        files = sorted(DOCUMENTS.glob("*.toml"))
        self.assertGreaterEqual(len(files), 2)
        result = support.run("validate", *files)
        self.assert_exit(result, 0)
        self.assertEqual(result.err, "")
        self.assertEqual(len(result.out.splitlines()), len(files))

    def test_one_bad_among_good(self):
        good = self.table({"one": support.row("tcp", 1)}, name="good")
        bad = self.write("bad.toml", "schema = \n")
        result = support.run("validate", bad, good)
        self.assert_exit(result, 2)
        self.assertIn(f"{bad}:1:", result.err)
        self.assertIn(str(good), result.out)

    def test_needs_a_file(self):
        self.assert_usage_error(support.run("validate"))


class Explain(support.TestCase):
    def test_every_code(self):
        for code in CODES:
            with self.subTest(code=code):
                result = support.run("explain", code)
                self.assert_exit(result, 0)
                self.assertEqual(result.err, "")
                self.assertIn(code, result.out.lower())
                # What was seen, what it means, what to do; of a state, only what it means.
                words = 10 if "state of a row" in result.out else 25
                self.assertGreater(len(result.out.split()), words, result.out)

    def test_overview_names_every_code(self):
        result = support.run("explain")
        self.assert_exit(result, 0)
        words = set(result.out.split())
        self.assertEqual(set(CODES) - words, set())
        # And every code of the overview can be explained.
        for code in sorted(words - set(CODES)):
            if re.fullmatch(r"[a-z]+(-[a-z]+)+", code):
                self.assert_exit(support.run("explain", code), 0)

    def test_case_and_several(self):
        result = support.run("explain", "TIMEOUT", "refused")
        self.assert_exit(result, 0)
        self.assertIn("timeout", result.out)
        self.assertIn("refused", result.out)

    def test_unknown(self):
        self.assert_usage_error(support.run("explain", "tls-intercept"), "'tls-intercepted'")
        self.assert_usage_error(support.run("explain", "xyzzy"), "'xyzzy'")

    def test_width(self):
        for width in (60, 100):
            for line in support.run("explain", "timeout", env={"COLUMNS": width}).out.splitlines():
                self.assertLessEqual(len(line), width)


class Help(support.TestCase):
    COMMANDS = ("check", "list", "lab", "explain", "validate")
    OPTIONS = ("--targets", "--site", "--peer", "--only", "--direction", "--lab", "--format", "--output", "--timeout",
               "--deadline", "--retries", "--concurrency", "--rate", "--resolver", "--ca-file", "--source",
               "--interface", "-4", "-6", "--all-addresses", "--accept", "--explain", "--no-color", "--quiet", "-v")

    def test_help(self):
        for option in ("--help", "-h"):
            result = support.run(option)
            self.assert_exit(result, 0)
            self.assertEqual(result.err, "")
            for name in self.COMMANDS:
                self.assertRegex(result.out, rf"(?m)^\s+{name}\s")
            self.assertIn("Examples:", result.out)

    def test_help_of_commands(self):
        for name in self.COMMANDS:
            result = support.run(name, "--help")
            self.assert_exit(result, 0)
            self.assertRegex(result.out, r"Examples?:")
            self.assertIn(f"fdnprobe {name}", result.out)
        text = support.run("check", "--help").out
        for option in self.OPTIONS:
            self.assertRegex(text, rf"(?m)^\s+(-\w,)?{option}\b")

    def test_version(self):
        result = support.run("--version")
        self.assert_exit(result, 0)
        self.assertRegex(result.out, r"^fdnprobe \d+\.\d+\.\d+\n$")

    def test_no_command(self):
        result = support.run()
        self.assert_exit(result, 2)


class Slips(support.TestCase):
    """What is not understood: exit code 2, the nearest known word, and nothing sent."""

    def test_nearest(self):
        for arguments, *texts in (
            (["check", "--tiemout", "3"], "--timeout"),
            (["check", "--tiemout=3"], "--timeout"),
            (["check", "--no-colour"], "--no-color"),
            (["list", "--direktion", "both"], "--direction"),
            (["chek"], "'check'"),
            (["lst"], "'list'"),
            (["check", "--targets", "fortiproxy-7.5"], "fortiproxy-7.4"),
            (["check", "--targets", "fortigard"], "fortiguard"),
            (["check", "--peer", "FortiManger=192.0.2.5"], "'FortiManager'"),
            (["check", "--only", "FortiGard"], "'FortiGuard'"),
            (["list", "--only", "AV/IPS Updat"], "'AV/IPS Update'"),
        ):
            with self.subTest(arguments=arguments):
                self.assert_usage_error(support.run(*arguments), *texts)

    def test_values(self):
        for arguments, *texts in (
            (["check", "--direction", "sideways"], "outgoing", "incoming", "both"),
            (["check", "--format", "yaml"], "table", "json", "ndjson"),
            (["check", "--accept", "fine"], "degraded"),
            (["check", "--timeout", "soon"], "--timeout"),
            (["check", "--timeout", "0"], "--timeout"),
            (["check", "--timeout", "-1"], "--timeout"),
            (["check", "--timeout", "nan"], "--timeout"),
            (["check", "--deadline", "0"], "--deadline"),
            (["check", "--retries", "-1"], "--retries"),
            (["check", "--concurrency", "0"], "--concurrency"),
            (["check", "--rate", "-5"], "--rate"),
            (["check", "--resolver", "dns.example"], "dns.example", "ADDRESS"),
            (["check", "--resolver", "192.0.2.1:99999"], "192.0.2.1:99999"),
            (["check", "--source", "eth0"], "eth0", "address"),
            (["check", "--peer", "FortiManager"], "NAME=ADDRESS"),
            (["check", "--peer", "FortiManager=300.1.1.1"], "300.1.1.1"),
            (["check", "--peer", "FortiManager=a_b"], "`a_b`", "`_`"),
            (["check", "--peer", "FortiManager=192.0.2.5,"], "empty"),
            (["check", "--peer", "FortiManager=192.0.2.5:541"], "port"),
            (["check", "--peer", "FortiManager=192.0.2.5,192.0.2.5"], "already"),
            (["list", "--responder-key", "/nonexistent.key"], "--responder-key", "/nonexistent.key"),
            (["check", "-4", "-6"], "-6"),
            (["check", "--lab", "--site", "x.toml"], "--site"),
            (["check", "--ca-file", "/nonexistent.pem"], "/nonexistent.pem"),
            (["check", "--site", "/nonexistent.toml"], "/nonexistent.toml"),
            (["check", "--only", "FortiClient"], "--direction"),
            (["check", "--targets", "fortiguard", "--targets", "fortiguard"], "twice"),
            (["check", "extra"], "extra"),
        ):
            with self.subTest(arguments=arguments):
                self.assert_usage_error(support.run(*arguments), *texts)

    def test_nothing_is_sent(self):
        with support.Listener(support.hold_open) as server:
            table = self.table({"one": support.row("tcp", server.port)})
            for wrong in (["--only", "nothing"], ["--peer", "Nobody=192.0.2.1"], ["--no-such-option"],
                          ["--accept", "fine"], ["--source", "nowhere"], ["--output", "/nonexistent/report"]):
                with self.subTest(wrong=wrong):
                    self.assert_usage_error(support.run("check", "--targets", table, *wrong))
            self.assertEqual(server.accepted, 0)
            # And that it would have been seen.
            self.assert_exit(support.run("check", "--targets", table), 0)
            support.eventually(lambda: server.accepted == 1, "a connection")

    def test_several_at_once(self):
        result = support.run("check", "--only", "FortiGard", "--peer", "FortiManger=192.0.2.5", "--source", "x",
                             "--resolver", "y")
        self.assert_usage_error(result, "FortiGard", "FortiManger", "--source x", "--resolver y")

    def test_arguments_are_escaped(self):
        for arguments in (["check", "--only", "\x1b[31mred"], ["check", "--\x1b[31mred"], ["\x1b[31mred"],
                          ["check", "--peer", "\x1b[31m=192.0.2.1"], ["check", "--targets", "/\x1b[31m.toml"],
                          ["check", "--format", "\x1b[31m"], ["explain", "\x1b[31m"], ["validate", "/\x1b[31m"]):
            with self.subTest(arguments=arguments):
                result = support.run(*arguments)
                self.assert_exit(result, 2)
                self.assert_clean_text(result.err.encode())
