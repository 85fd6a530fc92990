"""The lab: every scenario shows its own verdict and leaves the rest alone, in one process and in two."""

import collections
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


# From the best to the worst that a row can be.
STATES = ("reachable", "degraded", "inconclusive", "untrusted", "broken", "intercepted", "blocked", "unresolved",
          "local")
# What answers only the members of its own cluster.
MEMBERS_ONLY = ("ha-sync", "ha-unicast")


def slug(name):
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def holds_anyway(when):
    """Whether a device of which nothing is known fits: "not this" holds then, all else is undecided."""
    def listed(value):
        return value if isinstance(value, list) else [value]

    def holds(condition):
        return any(isinstance(word, str) and word.startswith("!") for word in listed(condition))

    return not when or any(all(map(holds, one.values())) for one in listed(when))


class Rule:
    """One check of a shipped table, as it counts for a device of which nothing is known: the lab's."""

    def __init__(self, row_id, row, check):
        port = check.get("dial", check["port"]).lower().replace("/", "-")
        self.start = f"{row_id}/{port}/{check.get('probe', 'none')}"
        self.hosts = [host.lower() for host in check.get("hosts", [check["host"]] if "host" in check else [])]
        self.host_from = check.get("host_from")
        if self.host_from:
            self.hosts = [slug(self.host_from)]
        self.left_out = "skip" in check
        at_site = "host" not in check and "hosts" not in check
        self.any_signer = check.get("trust", "any" if at_site else "public") == "any"
        self.ipv6 = check.get("family") == "ipv6"
        self.alternative = check.get("alternative", "")
        self.undecided = not holds_anyway(check.get("when"))
        notice_when = [one["notice_when"] for one in (row, check) if "notice_when" in one]
        self.notice = (check.get("level") == "notice" or self.ipv6 or any(map(holds_anyway, notice_when))
                       or not holds_anyway(row.get("when"))
                       or self.undecided and row.get("need", "all") == "all" and not self.alternative)
        self.way = not self.notice and bool(self.undecided or self.alternative)

    def rank(self):
        """Where a table says more than once how an endpoint counts, the best known is true."""
        return 2 if self.notice else int(self.undecided)


def load_rules():
    found = {}
    for name in TABLES:
        table = tomllib.loads((support.SOURCES / "targets" / f"{name}.toml").read_text(encoding="utf-8"))
        for row in table["row"]:
            if row["direction"] == "outgoing":
                identifier = f"{name}/{row['id']}"
                found[identifier] = [Rule(identifier, row, check) for check in row["check"]]
    return found


RULES = load_rules()


def rules_of(check):
    start, host = check["id"].rsplit("/", 1)
    return [rule for rule in RULES[check["row"]]
            if rule.start == start and (host in rule.hosts or not rule.hosts or rule.left_out)]


def rule_of(check):
    return min(rules_of(check), key=Rule.rank)


def takes_any_signer(check):
    """It takes a certificate from anybody, and so cannot notice inspection."""
    return rule_of(check).any_signer


def state_of(check):
    return {"closed": "blocked"}.get(check["verdict"], check["verdict"])


def groups_of(checks):
    """The ways that stand in for each other, of the checks of one row that were tried."""
    groups = {}
    for check in checks:
        if check["verdict"] != "skipped" and rule_of(check).way:
            groups.setdefault(rule_of(check).alternative, []).append(check)
    return groups


def level_due(check, groups):
    """A way that fails beside one that works is a notice; nothing else has its level from what comes of it."""
    rule = rule_of(check)
    if not rule.way or check["verdict"] in ("skipped", "reachable"):
        return "notice" if rule.notice else "need"
    spare = any(other["verdict"] == "reachable" for other in groups[rule.alternative])
    return "notice" if spare else "need"


def state_due(row, checks, groups):
    """A group of ways is worth its best, whatever the others are; the rest combines by what the row needs."""
    tried = [check for check in checks if check["verdict"] != "skipped"]
    states = [state_of(check) for check in tried if not rule_of(check).notice and not rule_of(check).way]
    states += [min(map(state_of, ways), key=STATES.index) for ways in groups.values()]
    if not states:
        return "reachable" if any(check["verdict"] == "reachable" for check in tried) else "unconfigured"
    if row["need"] == "all":
        return max(states, key=STATES.index)
    best = min(states, key=STATES.index)
    spoilt = any(STATES.index(state) > STATES.index("inconclusive") for state in states)
    return "degraded" if best == "reachable" and spoilt else best


def skip_due(check):
    """Cause and beginning of the summary of what even the lab cannot try, or None."""
    rule = rule_of(check)
    if rule.host_from:
        return "not-applicable", f"used only by a device with {rule.host_from} set."
    if rule.left_out:
        return "not-applicable", 'used only by a device with fortiguard = "anycast" and anycast_source = "aws".'
    if check["transport"] == "ethernet":
        return "not-applicable", "127.0.0.1 is this host itself"
    if rule.ipv6:
        return "not-applicable", f"{check['host']} is not an IPv6 address."
    if check["probe"] in MEMBERS_ONLY and check["transport"] == "udp":
        return "not-testable-from-here", f"{check['host']} UDP/{check['port']} "
    return None


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
        if scenario == "tls-inspection" and tls and takes_any_signer(check):
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

    def assert_follows_tables(self, report):
        """Levels and states are those that the tables ask for, and everything is counted."""
        by_id = {check["id"]: check for check in report["checks"]}
        for row in report["rows"]:
            checks = [by_id[identifier] for identifier in row["checks"]]
            groups = groups_of(checks)
            for check in checks:
                self.assertEqual(check["level"], level_due(check, groups), json.dumps(check)[:3000])
            said = [(check["id"], check["level"], check["verdict"]) for check in checks]
            self.assertEqual(row["state"], state_due(row, checks, groups), f"{row['id']}: {said}")
        for what, key in (("rows", "state"), ("checks", "verdict")):
            counted = collections.Counter(one[key] for one in report[what])
            self.assertEqual({name: count for name, count in report["summary"][what].items() if count}, counted)

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
        self.assert_follows_tables(result.json)
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
            self.assert_follows_tables(clean.json)
            for row in clean.json["rows"]:
                if row["state"] == "unconfigured":
                    verdicts = {clean.checks[identifier]["verdict"] for identifier in row["checks"]}
                    self.assertEqual(verdicts, {"skipped"}, row)

        def test_every_check_of_the_table_is_there(self):
            """Each outgoing row and each of its checks and hosts, and only what even the lab cannot try is skipped."""
            clean = self.clean(table).json
            rows = [identifier for identifier in RULES if identifier.startswith(f"{table}/")]
            self.assertEqual([row["id"] for row in clean["rows"]], rows)
            checked = {check["id"] for check in clean["checks"]}
            for row in rows:
                for rule in RULES[row]:
                    for host in rule.hosts:
                        self.assertIn(f"{rule.start}/{host}", checked)
                    self.assertTrue([one for one in checked if one.startswith(f"{rule.start}/")], rule.start)
            for check in clean["checks"]:
                self.assertTrue(rules_of(check), check["id"])
                due = skip_due(check)
                said = json.dumps(check)[:3000]
                self.assertEqual(check["verdict"] == "skipped", due is not None, said)
                if due is not None:
                    self.assertEqual(check["cause"], due[0], said)
                    self.assertEqual(check["summary"][:len(due[1])], due[1], said)

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
