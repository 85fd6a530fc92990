"""The lab: every scenario shows its own verdict and leaves the rest alone, in one process and in two."""

import concurrent.futures
import json
import re
import signal
import tomllib

import support

TABLES = ("fortiproxy-7.4", "fortiguard")
# Room for a repeated SYN, without which silence is not called blocked, and for many handshakes that begin at once and
# have both their ends in one process.
TIMEOUT = 3
# All that may not change from run to run, nor by another check's fault.
LASTING = ("id", "row", "level", "host", "address", "port", "transport", "probe", "verdict", "cause", "stage",
           "confidence", "owner", "summary", "advice", "warnings")


def any_signer():
    """Row and probe of the checks that take a certificate from anybody, and so cannot notice inspection."""
    found = set()
    for name in TABLES:
        table = tomllib.loads((support.SOURCES / "targets" / f"{name}.toml").read_text(encoding="utf-8"))
        for row in table["row"]:
            for check in row.get("check", []):
                if "host_from" in check:  # the lab has none of a site's own
                    continue
                at_site = "host" not in check and "hosts" not in check
                if check.get("trust", "any" if at_site else "public") == "any":
                    found.add((f"{name}/{row['id']}", check.get("probe")))
    return found


ANY_SIGNER = any_signer()


def lasting(check):
    """A check without the lab's ports and without durations, which differ from run to run."""
    text = json.dumps({key: check.get(key) for key in LASTING if key != "port"})
    text = re.sub(r"\b\d+(\.\d+)? m?s\b", "TIME", text)
    text = re.sub(rf"\b{check.get('dial_port', check['port'])}\b", "PORT", text)
    return {**json.loads(text), "port": check["port"]}


def is_number(host):
    return re.fullmatch(r"[0-9.]+", host) is not None


def victims(report):
    """The hosts of the first outgoing row that has public names and speaks TCP: the update servers."""
    for row in report["rows"]:
        hosts = {
            check["host"] for check in report["checks"]
            if check["row"] == row["id"] and check["transport"] == "tcp" and check["verdict"] != "skipped"
            and check.get("host") and not is_number(check["host"]) and not check["host"].endswith(".lab.test")
        }
        if row["direction"] == "outgoing" and hosts:
            return hosts
    raise AssertionError("no row of the table has public names")


def is_first_udp_host(report, check):
    first = next(one["host"] for one in report["checks"] if one["probe"] == "udp" and one["verdict"] != "skipped")
    return check["transport"] == "udp" and check["probe"] == "udp" and check["host"] == first


def expectation(scenario, report):
    """Which checks a scenario changes, and what they become: (verdict, causes) or None."""
    hosts = victims(report)

    def of(check):
        if check["verdict"] == "skipped":
            return None
        victim = check.get("host") in hosts
        tls = bool(check.get("tls"))
        if scenario == "refused" and victim and check["transport"] == "tcp":
            return "closed", {"refused"}
        if scenario == "silent" and victim and check["transport"] == "tcp":
            return "blocked", {"timeout"}
        if scenario == "silent" and is_first_udp_host(report, check):
            return "inconclusive", {"no-reply"}
        if scenario == "dns-failure" and victim:
            return "unresolved", {"nxdomain", "servfail", "dns-refused"}
        if scenario == "dns-sinkhole" and victim:
            return "intercepted", {"dns-sinkhole"}
        if scenario == "tls-inspection" and tls and (check["row"], check["probe"]) in ANY_SIGNER:
            return "reachable", {"answered"}
        if scenario == "tls-inspection" and tls:
            return "intercepted", {"tls-intercepted"}
        if scenario == "expired-certificate" and victim and tls:
            return "untrusted", {"certificate-expired"}
        return None

    return of


class LabCase(support.TestCase):
    clean_reports = {}

    def clean(self, table):
        if table not in self.clean_reports:
            self.clean_reports[table] = support.check("--lab", "--targets", table, "--timeout", TIMEOUT)
        return self.clean_reports[table]

    def assert_scenario(self, scenario, table, result):
        clean = self.clean(table).json
        changed_by = expectation(scenario, clean)
        before = {check["id"]: check for check in clean["checks"]}
        self.assert_exit(result, 1)
        self.assertEqual(list(result.checks), list(before))
        changed_rows = set()
        changed = 0
        for identifier, check in result.checks.items():
            expected = changed_by(before[identifier])
            if expected is None:
                self.assertEqual(lasting(check), lasting(before[identifier]))
                continue
            changed += 1
            changed_rows.add(check["row"])
            verdict, causes = expected
            self.assertEqual(check["verdict"], verdict, f"{scenario}: {json.dumps(check)[:3000]}")
            self.assertIn(check["cause"], causes, f"{scenario}: {json.dumps(check)[:3000]}")
            self.assertTrue(check["summary"], check)
            if verdict != "reachable":
                self.assertTrue(check["advice"], check)
        self.assertGreater(changed, 0, scenario)
        for row, row_before in zip(result.json["rows"], clean["rows"]):
            if row["id"] not in changed_rows:
                self.assertEqual(row, row_before)


def add_scenario_tests(table):
    """One test for each scenario, so that a failure names it."""

    class Scenarios(LabCase):
        def test_clean(self):
            """Exit code 0, every row that has something to try is reachable, and so is every check."""
            clean = self.clean(table)
            self.assert_exit(clean, 0)
            states = {row["id"]: row["state"] for row in clean.json["rows"]}
            self.assertLessEqual(set(states.values()), {"reachable", "unconfigured"}, states)
            self.assertIn("reachable", states.values())
            for check in clean.json["checks"]:
                # Nobody answers these, however well he is.
                silent = ("inconclusive",) if check["probe"] in ("syslog", "fds-push") else ()
                self.assertIn(check["verdict"], ("reachable", "skipped", *silent), json.dumps(check)[:3000])
                if check["verdict"] == "skipped":
                    self.assertTrue(check["summary"], check)
            for row in clean.json["rows"]:
                if row["state"] == "unconfigured":
                    verdicts = {clean.checks[identifier]["verdict"] for identifier in row["checks"]}
                    self.assertEqual(verdicts, {"skipped"}, row)

        def test_fortiguard_is_all_there(self):
            """The lab stands for the whole outgoing FortiGuard part: only what a site's own device would have to name is
            skipped."""
            for check in self.clean(table).json["checks"]:
                row = self.clean(table).rows[check["row"].split("/", 1)[1]]
                if row["peer"] == "FortiGuard" and check["verdict"] == "skipped":
                    self.assertEqual(check["cause"], "not-applicable", check)
                    self.assertTrue(check["summary"].startswith("used only by a device with "), check)

    def add(scenario):
        def test(self):
            result = support.check(f"--lab={scenario}", "--targets", table, "--timeout", TIMEOUT)
            self.assert_scenario(scenario, table, result)

        setattr(Scenarios, f"test_{scenario.replace('-', '_')}", test)

    for scenario in support.SCENARIOS:
        add(scenario)
    return Scenarios


class FortiProxyScenarios(add_scenario_tests("fortiproxy-7.4")):
    def test_the_update_servers_are_the_victims(self):
        self.assertIn("update.fortiguard.net", victims(self.clean("fortiproxy-7.4").json))

    def test_each_name_fails_in_its_own_way(self):
        result = support.check("--lab=dns-failure", "--timeout", TIMEOUT)
        causes = {check["cause"] for check in result.json["checks"] if check["verdict"] == "unresolved"}
        self.assertGreaterEqual(len(causes), 2, causes)

    def test_both_tables_at_once(self):
        result = support.check("--lab", "--targets", TABLES[0], "--targets", TABLES[1], "--timeout", TIMEOUT)
        self.assert_exit(result, 0)
        self.assertEqual({row["table"] for row in result.json["rows"]}, set(TABLES))


class FortiGuardScenarios(add_scenario_tests("fortiguard")):
    pass


class SeparateLab(LabCase):
    """`fdnprobe lab` and `check --site` are the same in two processes."""

    def assert_same(self, scenario):
        with support.Lab(self.folder, scenario) as lab:
            with concurrent.futures.ThreadPoolExecutor() as pool:
                result, again = pool.map(lambda _: support.check("--site", lab.site, "--timeout", TIMEOUT), range(2))
            listed = support.run("list", "--format", "json", "--site", lab.site)
            code = lab.stop()
        self.assertEqual(code, 0)
        self.assertEqual(lab.folders(), [])
        self.assertEqual([lasting(one) for one in result.json["checks"]],
                         [lasting(one) for one in again.json["checks"]])
        self.assertEqual(list(result.checks), list(listed.checks))
        if scenario == "clean":
            self.assert_exit(result, 0)
            self.assertEqual([lasting(one) for one in result.json["checks"]],
                             [lasting(one) for one in self.clean("fortiproxy-7.4").json["checks"]])
        else:
            self.assert_scenario(scenario, "fortiproxy-7.4", result)


def add_separate(scenario):
    setattr(SeparateLab, f"test_{scenario.replace('-', '_')}", lambda self: self.assert_same(scenario))


for one in ("clean", *support.SCENARIOS):
    add_separate(one)


class LabCommand(support.TestCase):
    def test_signals_end_it_and_remove_its_folder(self):
        for how in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=how), support.Lab(self.folder) as lab:
                self.assertEqual(len(lab.folders()), 1)
                self.assertEqual(lab.stop(how), 0)
                self.assertEqual(lab.folders(), [])

    def test_check_lab_removes_its_folder(self):
        temporary = self.folder / "tmp"
        temporary.mkdir()
        self.assert_exit(support.check("--lab", env={"TMPDIR": temporary}), 0)
        self.assertEqual(list(temporary.iterdir()), [])

    def test_interrupted_check_removes_its_folder(self):
        temporary = self.folder / "tmp"
        temporary.mkdir()
        with support.started("check", "--lab=silent", "--timeout", "20", env={"TMPDIR": temporary}) as process:
            support.eventually(lambda: any(temporary.glob("*/*.pem")), "the lab's folder")
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(support.PATIENCE), 130)
        self.assertEqual(list(temporary.iterdir()), [])

    def test_its_site_file_is_valid(self):
        with support.Lab(self.folder, None, "--targets", "fortiguard") as lab:
            result = support.run("validate", lab.site)
            self.assert_exit(result, 0)
            self.assertNotIn("warning", result.err)
            result = support.check("--site", lab.site, "--targets", "fortiguard", "--timeout", TIMEOUT)
            self.assert_exit(result, 0)

    def test_ordinary_user(self):
        """No root and no fixed port: two labs stand beside each other."""
        with support.Lab(self.folder):
            result = support.check("--lab", prefix=support.as_ordinary_user(), env={"HOME": "/nonexistent"})
            self.assert_exit(result, 0)

    def test_unknown_scenario(self):
        for arguments in (["lab", "dns-sinkhol"], ["check", "--lab=dns-sinkhol"]):
            with self.subTest(arguments=arguments):
                result = support.run(*arguments)
                self.assert_usage_error(result, "dns-sinkhol", "dns-sinkhole", "expired-certificate")

    def test_unwritable_folder(self):
        result = support.run("check", "--lab", env={"TMPDIR": "/nonexistent"})
        self.assert_exit(result, 4)
        self.assertIn("/nonexistent", result.err)
        self.assertEqual(result.out, "")
