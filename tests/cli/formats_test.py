"""The formats for other programs, each read by somebody else's reader: csv by Python and by SQLite, Markdown by cmark-gfm,
JUnit by junitparser and xmllint, Nagios' output by Nagios itself, metrics by promtool, by Prometheus's own client library
and by a node exporter's textfile collector."""

import csv
import datetime
import html.parser
import io
import json
import re
import signal
import subprocess
import sys
import unittest
import urllib.request

import support

# Modules of Debian's packages belong to Debian's interpreter.
SYSTEM_PYTHON = "/usr/bin/python3"
TABLES = ("--targets", "fortiproxy-7.4", "--targets", "fortiguard")
BAD_STATES = ("untrusted", "broken", "intercepted", "blocked", "unresolved")

# What a table's author, a resolver or a far end would write who wants more than to be read.
HOSTILE = ("=cmd|' /C calc'!A0", "<script>alert(1)</script>", "a | b | c", "`x` **y** [z](http://w.example)",
           "]]></failure><x>", "quote\" and back\\slash", "'perf'=1;2;3|", "@someone, www.w.example, a@w.example",
           "1. one", "# two", "- three", "ünï 日本語")


def by_debian(script, text):
    """What a script says, as JSON, of a text on its standard input."""
    done = subprocess.run([SYSTEM_PYTHON, "-c", script], input=text.encode(), stdout=subprocess.PIPE, check=True,
                          timeout=support.PATIENCE)
    return json.loads(done.stdout)


def succeeds(*command, text):
    done = subprocess.run(command, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          timeout=support.PATIENCE)
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"{command}: exit code {done.returncode}: {done.stdout.decode()[:3000]}")
    return done.stdout.decode()


class FormatCase(support.TestCase):
    def of_lab(self, scenario, form, *options):
        return support.run("check", f"--lab={scenario}", *TABLES, "--format", form, *options)

    def hostile(self, form, *options):
        """Rows whose words are hostile, at a port that refuses."""
        with support.ClosedPort() as closed:
            rows = {f"row-{number}": {**support.row("tcp", closed.port), "peer": text, "purpose": text, "note": text}
                    for number, text in enumerate(HOSTILE)}
            table = self.table(rows)
            site = self.site(hosts={})
            return support.run("check", "--targets", table, "--site", site, "--format", form, *options)


class Csv(FormatCase):
    def read(self, result):
        return list(csv.DictReader(io.StringIO(result.out), strict=True))

    def test_python(self):
        for scenario in ("dns-failure", "expired-certificate"):
            lines = self.read(self.of_lab(scenario, "csv"))
            document = support.check(f"--lab={scenario}", *TABLES).json
            checks = {check["id"]: check for check in document["checks"]}
            self.assertEqual([line["check"] for line in lines if line["check"]], list(checks))
            for line in lines:
                self.assertNotIn(None, line)
                self.assertNotIn(None, line.values())
                check = checks[line["check"]]
                for key in ("row", "level", "probe", "transport", "verdict", "cause", "stage", "confidence", "owner"):
                    self.assertEqual(line[key], check[key] or "", line)
                self.assertEqual(line["port"], str(check["port"]))
                self.assertEqual(line["site"], "lab")
                if check.get("tls"):
                    # The lab makes a new certificate for each run.
                    moments = [datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") for text in (
                        line["certificate_not_after"], check["tls"]["chain"][0]["not_after"])]
                    self.assertLess(max(moments) - min(moments), datetime.timedelta(hours=1), line)
            states = {row["id"]: row["state"] for row in document["rows"]}
            self.assertEqual({line["row"]: line["state"] for line in lines}, states)

    def test_sqlite(self):
        file = self.write("report.csv", self.of_lab("refused", "csv").raw)
        query = "SELECT count(DISTINCT row) FROM report WHERE verdict = 'closed' AND cause = 'refused'"
        done = subprocess.run(["sqlite3", ":memory:", f".import --csv {file} report", "SELECT count(*) FROM report",
                               query], capture_output=True, text=True, check=True, timeout=support.PATIENCE)
        self.assertEqual(done.stderr, "")
        total, refused = [int(line) for line in done.stdout.split()]
        self.assertEqual(total, len(file.read_text().splitlines()) - 1)
        self.assertGreater(refused, 5)

    def test_hostile(self):
        lines = self.read(self.hostile("csv"))
        safe = [f"'{text}" if text[0] in "=+-@" else text for text in HOSTILE]
        self.assertEqual([line["purpose"] for line in lines], safe)
        for line in lines:
            for cell in line.values():
                self.assertNotRegex(cell, r"^[=+\-@\t\r]")


class Page(html.parser.HTMLParser):
    """What cmark-gfm made of it: elements by name, the cells of each line of each table, and the words."""

    def __init__(self, text):
        super().__init__()
        self.elements = {}
        self.tables = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements[tag] = self.elements.get(tag, 0) + 1
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_data(self, data):
        self.words += data
        if self.tables and self.tables[-1] and self.tables[-1][-1]:
            self.tables[-1][-1][-1] += data.strip("\n")


class Markdown(FormatCase):
    def page(self, result):
        # Raw HTML is let through, so that whatever gets past the escaping is seen.
        extensions = [part for name in ("table", "autolink", "strikethrough") for part in ("-e", name)]
        return Page(succeeds("cmark-gfm", "--unsafe", *extensions, text=result.out))

    def assert_tables(self, page):
        for table in page.tables:
            self.assertEqual(table[0], ["State", "Purpose", "Ports", "Found"])
            for line in table:
                self.assertEqual(len(line), 4, line)

    def test_tables(self):
        page = self.page(self.of_lab("tls-inspection", "markdown"))
        self.assert_tables(page)
        self.assertEqual(page.elements["h1"], 1)
        self.assertEqual(page.elements["h3"], len(page.tables))
        document = support.check("--lab=tls-inspection", *TABLES).json
        rows = sorted((row["state"], row["purpose"], row["ports"]) for row in document["rows"])
        self.assertEqual(sorted(tuple(line[:3]) for table in page.tables for line in table[1:]), rows)
        self.assertNotIn("a", page.elements)

    def test_hostile(self):
        page = self.page(self.hostile("markdown"))
        self.assert_tables(page)
        self.assertEqual([line[1] for table in page.tables for line in table[1:]], list(HOSTILE))
        allowed = {"h1", "h2", "h3", "p", "ol", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "strong", "code"}
        self.assertLessEqual(set(page.elements), allowed)
        self.assertEqual(page.elements["h1"], 1)


READ_JUNIT = """
import json, sys
from junitparser import JUnitXml
suites = JUnitXml.fromstring(sys.stdin.buffer.read())
print(json.dumps({
    "totals": [suites.tests, suites.failures, suites.errors, suites.skipped],
    "suites": [{
        "name": suite.name, "totals": [suite.tests, suite.failures, suite.errors, suite.skipped], "time": suite.time,
        "timestamp": suite.timestamp, "hostname": suite.hostname,
        "cases": [{"name": case.name, "class": case.classname, "time": case.time,
                   "results": [[type(one).__name__, one.type, one.message, one.text] for one in case.result]}
                  for case in suite]} for suite in suites]}))
"""


class Junit(FormatCase):
    def read(self, result):
        document = by_debian(READ_JUNIT, result.out)
        succeeds("xmllint", "--noout", "--nonet", "-", text=result.out)
        for suite in document["suites"]:
            kinds = [kind for case in suite["cases"] for kind, *_ in case["results"]]
            counted = [len(suite["cases"]), *(kinds.count(kind) for kind in ("Failure", "Error", "Skipped"))]
            self.assertEqual(suite["totals"], counted)
            self.assertRegex(suite["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$")
            self.assertTrue(suite["hostname"])
        sums = [sum(column) for column in zip(*(suite["totals"] for suite in document["suites"]))]
        self.assertEqual(document["totals"], sums)
        return document

    def test_states(self):
        for scenario in ("refused", "tls-inspection"):
            document = self.read(self.of_lab(scenario, "junit"))
            rows = support.check(f"--lab={scenario}", *TABLES).json["rows"]
            states = [row["state"] for row in rows]
            self.assertEqual(document["totals"],
                             [len(rows), sum(state in BAD_STATES for state in states), states.count("local"),
                              states.count("unconfigured") + states.count("inconclusive")])
            self.assertEqual({suite["name"] for suite in document["suites"]}, {row["peer"] for row in rows})
            cases = [(case["class"], case["name"]) for suite in document["suites"] for case in suite["cases"]]
            self.assertEqual(len(set(cases)), len(cases))

    def test_failure(self):
        document = self.read(self.of_lab("refused", "junit"))
        [case] = [case for suite in document["suites"] for case in suite["cases"]
                  if case["class"] == "fortiproxy-7.4.outgoing.FortiGuard" and case["name"].startswith("Management")]
        [[kind, cause, message, body]] = case["results"]
        self.assertEqual((kind, cause), ("Failure", "refused"))
        self.assertTrue(message.startswith("blocked (refused): "), message)
        self.assertIn("connect.error", body)

    def test_accept(self):
        result = self.of_lab("refused", "junit", "--accept", "blocked")
        self.assert_exit(result, 0)
        self.assertEqual(self.read(result)["totals"][1:3], [0, 0])

    def test_hostile(self):
        document = self.read(self.hostile("junit"))
        self.assertEqual([suite["name"] for suite in document["suites"]], list(HOSTILE))
        self.assertEqual(document["totals"][:2], [len(HOSTILE), len(HOSTILE)])


class Nagios(FormatCase):
    """Nagios Core runs the plugin once, and says what it has understood."""

    def verdict_of_nagios(self, *arguments):
        log = self.folder / "nagios.log"
        status = self.folder / "status.dat"
        (self.folder / "results").mkdir()
        plugin = self.write("plugin", f"#!/bin/sh\nexec {support.BINARY} check --format nagios {' '.join(arguments)}\n")
        plugin.chmod(0o755)
        objects = self.write("objects.cfg", f"""
define timeperiod {{
 timeperiod_name always
 alias always
 sunday 00:00-24:00
 monday 00:00-24:00
 tuesday 00:00-24:00
 wednesday 00:00-24:00
 thursday 00:00-24:00
 friday 00:00-24:00
 saturday 00:00-24:00
}}
define command {{
 command_name plugin
 command_line {plugin}
}}
define command {{
 command_name nothing
 command_line /bin/true
}}
define contact {{
 contact_name nobody
 host_notification_period always
 service_notification_period always
 host_notification_commands nothing
 service_notification_commands nothing
}}
define host {{
 host_name here
 address 127.0.0.1
 contacts nobody
 max_check_attempts 1
 check_period always
 notifications_enabled 0
 active_checks_enabled 0
}}
define service {{
 host_name here
 contacts nobody
 service_description ports
 check_command plugin
 max_check_attempts 1
 check_interval 3600
 retry_interval 3600
 check_period always
 notifications_enabled 0
}}
""")
        configuration = self.write("nagios.cfg", f"""
log_file={log}
cfg_file={objects}
status_file={status}
object_cache_file={self.folder}/objects.cache
precached_object_file={self.folder}/objects.precache
lock_file={self.folder}/nagios.lock
temp_file={self.folder}/nagios.tmp
temp_path={self.folder}
check_result_path={self.folder}/results
state_retention_file={self.folder}/retention.dat
command_file={self.folder}/nagios.cmd
query_socket={self.folder}/nagios.qh
check_external_commands=0
nagios_user=root
nagios_group=root
status_update_interval=1
service_inter_check_delay_method=n
service_check_timeout=60
interval_length=1
enable_notifications=0
check_for_updates=0
illegal_macro_output_chars=`~$&|'"<>
""")
        process = subprocess.Popen(["nagios4", str(configuration)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT)
        try:
            def checked():
                if process.poll() is not None:
                    raise AssertionError(f"Nagios ended: {process.stdout.read().decode()[:3000]}")
                if not status.exists():
                    return None
                [service] = re.findall(r"servicestatus \{\n(.*?)\n\t\}", status.read_text(), re.DOTALL) or [""]
                facts = dict(line.strip().split("=", 1) for line in service.split("\n") if "=" in line)
                return facts if facts.get("has_been_checked") == "1" else None

            return support.eventually(checked, "Nagios has run the plugin", support.PATIENCE)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=support.PATIENCE)

    def assert_understood(self, facts, state, words):
        self.assertEqual(facts["current_state"], str(state), facts)
        self.assertTrue(facts["plugin_output"].startswith(f"FDNPROBE {words}"), facts)
        data = dict(re.findall(r"'([a-z_]+)'=(-?[\d.]+)", facts["performance_data"]))
        self.assertEqual(sum(int(data[state]) for state in (*BAD_STATES, "reachable", "degraded", "inconclusive", "local",
                                                            "unconfigured")), int(data["rows"]))
        self.assertGreater(float(data["elapsed"]), 0)
        return data

    def test_ok(self):
        facts = self.verdict_of_nagios("--lab", *TABLES)
        self.assert_understood(facts, 0, "OK - 59 rows")

    def test_critical(self):
        facts = self.verdict_of_nagios("--lab=refused", *TABLES)
        data = self.assert_understood(facts, 2, "CRITICAL - 5 of 59 rows blocked: ")
        self.assertEqual(data["blocked"], "5")
        self.assertIn("blocked: FortiGuard AV/IPS Update (TCP/443", facts["long_plugin_output"])

    def test_warning(self):
        with support.Listener() as server, support.ClosedPort() as closed:
            checks = [{"port": f"TCP/{port}", "probe": "tcp", "host": "127.0.0.1"} for port in (server.port, closed.port)]
            rows = {"either": {"ports": ", ".join(check["port"] for check in checks), "need": "any", "checks": checks},
                    "shut": support.row("tcp", closed.port)}
            facts = self.verdict_of_nagios("--targets", str(self.table(rows)), "--accept", "blocked")
        data = self.assert_understood(facts, 1, "WARNING - 1 of 2 rows degraded: ")
        self.assertEqual((data["degraded"], data["blocked"]), ("1", "1"))


class NagiosOutput(FormatCase):
    def test_exit_codes(self):
        self.assert_exit(self.of_lab("clean", "nagios"), 0)
        self.assert_exit(self.of_lab("refused", "nagios"), 2)
        self.assert_exit(support.run("check", "--peer", "Nobody=192.0.2.1", "--format", "nagios"), 3)

    def test_hostile(self):
        result = self.hostile("nagios")
        self.assert_exit(result, 2)
        first, *rest = result.out.splitlines()
        self.assertLess(len(first.encode()), 1024)
        self.assertEqual(result.out.count("|"), 1)
        self.assertIn("|'rows'=", first)
        self.assertEqual(len(rest), len(HOSTILE))
        self.assert_clean_text(result.raw)


READ_METRICS = """
import json, sys
from prometheus_client.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(json.dumps([[family.name, family.type, family.documentation,
                   [[sample.name, sample.labels, sample.value] for sample in family.samples]] for family in families]))
"""


class Prometheus(FormatCase):
    def samples(self, result):
        succeeds("promtool", "check", "metrics", text=result.out)
        families = by_debian(READ_METRICS, result.out)
        names = [name for name, *_ in families]
        self.assertEqual(len(set(names)), len(names))
        samples = [sample for *_, samples in families for sample in samples]
        series = [(name, tuple(sorted(labels.items()))) for name, labels, _ in samples]
        self.assertEqual(len(set(series)), len(series))
        for _, kind, documentation, _ in families:
            self.assertIn(kind, ("gauge", "counter"))
            self.assertTrue(documentation)
        return samples

    def of(self, samples, name, **labels):
        return [(found, value) for sample, found, value in samples
                if sample == name and all(found.get(key) == text for key, text in labels.items())]

    def test_checks_and_rows(self):
        for scenario in ("refused", "expired-certificate"):
            samples = self.samples(self.of_lab(scenario, "prometheus"))
            document = support.check(f"--lab={scenario}", *TABLES).json
            for row in document["rows"]:
                states = {found["state"]: value for found, value in self.of(samples, "fdnprobe_row_state", row=row["id"])}
                self.assertEqual(len(states), 10)
                self.assertEqual([state for state, value in states.items() if value == 1], [row["state"]])
            for check in document["checks"]:
                labels = {"row": check["row"], "probe": check["probe"] or "", "host": check["host"] or "",
                          "port": f"{check['transport'].upper()}/{check['port']}"}
                success = self.of(samples, "probe_success", **labels)
                if check["verdict"] in ("skipped", "inconclusive"):
                    self.assertEqual(success, [])
                    continue
                [(_, value)] = success
                self.assertEqual(value, 1 if check["verdict"] == "reachable" else 0, check["id"])
                failures = self.of(samples, "probe_failure_info", **labels)
                if value == 1:
                    self.assertEqual(failures, [])
                else:
                    [(found, _)] = failures
                    self.assertEqual((found["reason"], found["stage"], found["owner"]),
                                     (check["cause"], check["stage"], check["owner"]))
            self.assertEqual({labels["site"] for _, labels, _ in samples}, {"lab"})

    def test_hostile(self):
        samples = self.samples(self.hostile("prometheus"))
        self.assertEqual([labels["purpose"] for labels, _ in self.of(samples, "fdnprobe_row_state", state="blocked")],
                         list(HOSTILE))

    def test_textfile_collector(self):
        """A node exporter shows what was written and renamed beneath it."""
        folder = self.folder / "textfile"
        folder.mkdir()
        result = self.of_lab("refused", "prometheus", "--output", folder / "fdnprobe.prom")
        self.assert_exit(result, 1)
        self.hostile("prometheus", "--output", folder / "hostile.prom")
        port = support.free_port()
        process = subprocess.Popen(
            ["prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
             f"--collector.textfile.directory={folder}", f"--web.listen-address=127.0.0.1:{port}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            support.eventually(lambda: support.accepts_connections(port), "the node exporter listens")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=support.PATIENCE) as answer:
                text = answer.read().decode()
        finally:
            process.terminate()
            log = process.communicate(timeout=support.PATIENCE)[0].decode()
        self.assertNotIn("level=error", log)
        families = by_debian(READ_METRICS, text)
        samples = [sample for *_, samples in families for sample in samples]
        [(_, errors)] = self.of(samples, "node_textfile_scrape_error")
        self.assertEqual(errors, 0, log)
        self.assertEqual(len(self.of(samples, "node_textfile_mtime_seconds")), 2)
        self.assertEqual(len(self.of(samples, "fdnprobe_row_state", site="lab", state="blocked")), 59)
        self.assertEqual(len(self.of(samples, "fdnprobe_row_state", site="test", state="blocked")), len(HOSTILE))


if __name__ == "__main__":
    sys.exit(unittest.main())
