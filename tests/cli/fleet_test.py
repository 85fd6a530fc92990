"""Many sites at one Prometheus: Debian's prometheus and alertmanager over two watches of two labs, with the example
configurations of monitoring/, and Ansible's table of hosts and purposes. Grafana does not run here; that its queries ask
for what there is, is tested.
"""

import csv
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import urllib.parse
import urllib.request

import support
from watching import Watch

sys.path.insert(0, str(support.SOURCES / "tests" / "monitoring"))
import queries

MONITORING = support.SOURCES / "monitoring"
ROW = "AV/IPS Update"


def get_json(url):
    with urllib.request.urlopen(url, timeout=support.PATIENCE) as answer:
        return json.load(answer)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False


class Receiver(support.Closing):
    """Takes Alertmanager's webhooks."""

    def __init__(self):
        messages = self.messages = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def alerts(self, status):
        """(alert, site) of each alert of a site that has been announced so."""
        return [(alert["labels"]["alertname"], alert["labels"]["site"]) for message in list(self.messages)
                for alert in message["alerts"] if alert["status"] == status and "site" in alert["labels"]]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Daemon(support.Closing):
    """A program that runs until the test ends; what it says goes to a file."""

    def __init__(self, folder, name, *arguments):
        self.log = open(pathlib.Path(folder) / f"{name}.log", "wb")
        self.process = subprocess.Popen([name, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=self.log,
                                        stderr=subprocess.STDOUT, cwd=folder)

    def wait_for(self, url):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"it ended: {pathlib.Path(self.log.name).read_text(encoding='utf-8')[-3000:]}")
            return answers(url)

        support.eventually(ready, f"{url} answers", 40)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()


def replaced(text, *pairs):
    """An example with a test's own values; each has to be there."""
    for pattern, value in pairs:
        text, count = re.subn(pattern, lambda _, value=value: value, text)
        if count == 0:
            raise AssertionError(f"the example has no {pattern}")
    return text


class PrometheusTest(support.TestCase):
    """The rule fires for the site that has the fault, reaches the receiver, and clears."""

    def example(self, *path):
        return (MONITORING.joinpath(*path)).read_text(encoding="utf-8")

    def start_watch(self, site):
        watch = self.enterContext(Watch(
            "--site", site, "--only", ROW, "--every", "1s", "--jitter", "0%", "--confirm", "2/3", "--timeout", "2",
            "--listen-token", self.folder / "token"))
        return watch

    def enterContext(self, context):  # unittest has it from Python 3.11 on
        value = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return value

    def start_alertmanager(self, receiver):
        url = f"http://127.0.0.1:{support.free_port()}"
        config = self.write("alertmanager.yml", replaced(
            self.example("alertmanager", "alertmanager.yml"),
            (r"group_wait: \w+", "group_wait: 1s"), (r"group_interval: \w+", "group_interval: 1s"),
            (r"http://localhost:9595/alerts", receiver.url)))
        daemon = self.enterContext(Daemon(
            self.folder, "prometheus-alertmanager", f"--config.file={config}", f"--storage.path={self.folder / 'alerts'}",
            f"--web.listen-address={url.removeprefix('http://')}", "--cluster.listen-address="))
        daemon.wait_for(f"{url}/-/ready")
        return url

    def start_prometheus(self, watches, alertmanager):
        url = f"http://127.0.0.1:{support.free_port()}"
        # What is waited for in minutes there is waited for in seconds here. A site that does not answer is given more
        # of them, because a scrape or two may be slow, and one that is gone even more: the former tells of the latter.
        self.write("fdnprobe.rules.yml", replaced(
            self.example("prometheus", "fdnprobe.rules.yml"),
            (r"(?m)^(\s+)for: 3m$", "        for: 10s"), (r"(?m)^(\s+)for: 15m$", "        for: 30s"),
            (r"(?m)^(\s+)for: (?!10s|30s)\w+$", "        for: 2s")))
        (self.folder / "sites").mkdir()
        targets = [urllib.parse.urlsplit(watch.url).netloc for watch in watches]
        self.write("sites/sites.yml", json.dumps([{"targets": targets}]))
        config = self.write("prometheus.yml", replaced(
            self.example("prometheus", "prometheus.yml"),
            (r"scrape_interval: \w+", "scrape_interval: 1s"), (r"evaluation_interval: \w+", "evaluation_interval: 1s"),
            (r"alertmanager:9093", alertmanager.removeprefix("http://")),
            (r"/run/secrets/fdnprobe_token", str(self.folder / "token"))))
        daemon = self.enterContext(Daemon(
            self.folder, "prometheus", f"--config.file={config}", f"--storage.tsdb.path={self.folder / 'data'}",
            f"--web.listen-address={url.removeprefix('http://')}"))
        daemon.wait_for(f"{url}/-/ready")
        return url

    def firing(self, prometheus):
        """(alert, site) of what fires."""
        found = get_json(f"{prometheus}/api/v1/alerts")["data"]["alerts"]
        return {(alert["labels"]["alertname"], alert["labels"].get("site")) for alert in found if alert["state"] == "firing"}

    def health(self, prometheus):
        """What the last scrapes of all targets came to."""
        found = get_json(f"{prometheus}/api/v1/targets")["data"]["activeTargets"]
        return {target["health"] for target in found}

    def value(self, prometheus, expression):
        found = get_json(f"{prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": expression}))["data"]["result"]
        return [(one["metric"], float(one["value"][1])) for one in found]

    def test_a_fault_alerts_at_its_own_site_and_clears(self):
        self.write("token", "correct horse battery staple\n").chmod(0o600)
        well = self.enterContext(support.Lab(self.folder, "clean"))
        ill = self.enterContext(support.Lab(self.folder, "tls-inspection"))

        def site_of(lab, name):
            return re.sub(r'(?m)^name = .*$', f'name = "{name}"', lab.site.read_text(encoding="utf-8"), count=1)

        north = self.start_watch(self.write("north.toml", site_of(well, "north")))
        south_file = self.write("south.toml", site_of(well, "south"))
        south = self.start_watch(south_file)
        receiver = self.enterContext(Receiver())
        alertmanager = self.start_alertmanager(receiver)
        prometheus = self.start_prometheus([north, south], alertmanager)

        # Both sites are there, by the name of their site file, and well.
        support.eventually(lambda: {labels["site"] for labels, _ in self.value(
            prometheus, 'fdnprobe_row_confirmed_state{state="reachable"} == 1')} == {"north", "south"},
            "two sites that are well", 30)
        support.eventually(lambda: self.health(prometheus) == {"up"}, "two targets that are up")

        # A device that re-signs TLS comes into the way of one of them.
        south_file.write_text(site_of(ill, "south"), encoding="utf-8")
        south.signal(support.signal.SIGHUP)
        fault = ("FdnprobeRowIntercepted", "south")
        support.eventually(lambda: fault in self.firing(prometheus), "the alert", 30)
        support.eventually(lambda: fault in receiver.alerts("firing"), f"the message: {receiver.messages}", 30)
        [alert] = [alert for message in receiver.messages for alert in message["alerts"]
                   if alert["labels"]["alertname"] == fault[0]][:1]
        self.assertIn(ROW, alert["annotations"]["summary"])
        self.assertIn("tls-intercepted (tls)", alert["annotations"]["cause"])
        self.assertIn("fdnprobe explain tls-intercepted", alert["annotations"]["runbook"])

        # It goes away, and so does the alert.
        south_file.write_text(site_of(well, "south"), encoding="utf-8")
        south.signal(support.signal.SIGHUP)
        support.eventually(lambda: fault in receiver.alerts("resolved"), f"the end of it: {receiver.messages}", 30)
        support.eventually(lambda: fault not in self.firing(prometheus), "an end of the alert", 30)

        # A site that ends is known by its name, and nothing is said of its rows.
        self.assertEqual(south.stop(), 0)
        down = ("FdnprobeDown", "south")
        support.eventually(lambda: down in receiver.alerts("firing"), f"the site is down: {receiver.messages}", 30)
        announced = set(receiver.alerts("firing"))
        self.assertEqual(announced - {fault, down}, set(), receiver.messages)

    def test_a_site_that_is_cut_off_silences_its_rows(self):
        with Receiver() as receiver:
            alertmanager = self.start_alertmanager(receiver)
            alerts = [{"labels": {"alertname": name, "site": site, "row": name, "severity": "critical"}} for name, site in (
                ("FdnprobeSiteCutOff", "a"), ("FdnprobeRowBlocked", "a"), ("FdnprobeCertificateExpires", "a"),
                ("FdnprobeHistoryNotRecorded", "a"), ("FdnprobeRowBlocked", "b"))]
            request = urllib.request.Request(f"{alertmanager}/api/v2/alerts", json.dumps(alerts).encode(),
                                             {"Content-Type": "application/json"})
            urllib.request.urlopen(request, timeout=support.PATIENCE).close()
            told = {("FdnprobeSiteCutOff", "a"), ("FdnprobeHistoryNotRecorded", "a"), ("FdnprobeRowBlocked", "b")}
            support.eventually(lambda: told <= set(receiver.alerts("firing")), f"messages: {receiver.messages}")
            self.assertEqual(set(receiver.alerts("firing")), told)
            state = {(one["labels"]["alertname"], one["labels"]["site"]): one["status"]["state"]
                     for one in get_json(f"{alertmanager}/api/v2/alerts")}
            self.assertEqual({which for which, word in state.items() if word == "suppressed"},
                             {("FdnprobeRowBlocked", "a"), ("FdnprobeCertificateExpires", "a")})


class QueriesTest(support.TestCase):
    def test_rules_and_dashboards_ask_for_what_there_is(self):
        with Watch("--lab=tls-inspection", "--every", "1h", "--confirm", "1/1", "--notify", "command=/bin/true",
                   "--history", self.folder / "history.db") as watch:
            support.eventually(lambda: "fdnprobe_row_confirmed_state" in watch.get("/metrics")[1], "the first run ends")
            known = queries.series(watch.get("/metrics")[1])
        problems = [f"{what}: {problem}" for what, expression in queries.all_queries()
                    for problem in queries.unknown(expression, known)]
        self.assertEqual(problems, [])
        self.assertGreater(len(list(queries.all_queries())), 40)


# A host that answers what it likes: its report is text, and nothing in it is carried out.
HOSTILE = r"""#!/usr/bin/env python3
import json
print(json.dumps({"schema": "fdnprobe.report/1",
    "rows": [{"id": "t/r", "table": "t", "direction": "outgoing", "peer": "=cmd()", "purpose": "a|b {{ 6 * 7 }}", "state": "blocked"}],
    "checks": [{"id": "t/r/x", "row": "t/r", "level": "need", "verdict": "blocked", "cause": "timeout",
                "summary": "{{ lookup('pipe', 'id') }} <script> | [x](y)"}]}))
raise SystemExit(1)
"""


class AnsibleTest(support.TestCase):
    """The playbook over three hosts, all of them this one: two labs and a liar; and one that cannot report."""

    def play(self, hosts):
        variables = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable,
                     "fdnprobe_program": support.BINARY, "fdnprobe_result": str(self.folder / "result"),
                     "fdnprobe_site_file": ""}
        inventory = self.write("inventory.json", json.dumps({"fdnprobe": {"hosts": hosts, "vars": variables}}))
        # The last play is this machine's own, and reads where the result goes.
        return subprocess.run(
            ["ansible-playbook", "--inventory", str(inventory), "--extra-vars", f"fdnprobe_result={self.folder / 'result'}",
             "check.yml"],
            cwd=support.SOURCES / "ansible", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False, timeout=support.PATIENCE * 2,
            env={**os.environ, "HOME": str(self.folder), "ANSIBLE_LOCAL_TEMP": str(self.folder / "local"),
                 "ANSIBLE_REMOTE_TEMP": str(self.folder / "remote"), "ANSIBLE_NOCOLOR": "1", "PYTHONDONTWRITEBYTECODE": "1"})

    def test_one_table_of_hosts_and_purposes(self):
        liar = self.write("liar", HOSTILE)
        liar.chmod(0o755)
        played = self.play({"well": {"fdnprobe_options": ["--lab=clean", "--only", "FortiGuard"]},
                            "ill": {"fdnprobe_options": ["--lab=tls-inspection", "--only", "FortiGuard"]},
                            "liar": {"fdnprobe_program": str(liar)},
                            "mute": {"fdnprobe_options": ["--lab=no-such-lab"]}})
        # What could be gathered is there, and the host without a report is named.
        self.assertEqual(played.returncode, 2, played.stdout)
        self.assertIn("No report from mute", played.stdout)
        result = self.folder / "result"
        self.assertEqual({one.name for one in result.glob("*.json")}, {"well.json", "ill.json", "liar.json"})
        rows = list(csv.DictReader((result / "table.csv").read_text(encoding="utf-8").splitlines()))
        by_purpose = {row["purpose"]: row for row in rows}
        update = by_purpose[ROW]
        self.assertEqual([update[one] for one in ("well", "ill", "liar", "mute")],
                         ["reachable", "intercepted", "-", "no report"], played.stdout)
        self.assertEqual({row["well"] for row in rows} - {"reachable", "-"}, set())
        text = (result / "table.md").read_text(encoding="utf-8")
        self.assertRegex(text, r"(?m)^\| FortiGuard \| AV/IPS Update \| reachable \| intercepted \| - \| no report \|$")
        self.assertRegex(text, r"(?m)^\| ill \| FortiGuard \| AV/IPS Update \| tls-intercepted \| .*Corp Inspection CA")

        # Nothing that the liar says is a template, a formula, markup or a cell of its own.
        lie = by_purpose["a|b {{ 6 * 7 }}"]
        self.assertEqual((lie["peer"], lie["liar"]), ("'=cmd()", "blocked"))
        self.assertIn(r"a\|b {{ 6 \* 7 }}", text)
        self.assertIn(r"{{ lookup('pipe', 'id') }} \<script\> \| \[x\](y)", text)
        self.assertNotIn("uid=", text)

    def test_rows_of_different_hosts_meet(self):
        """The filter alone: hosts may have other tables, another order, and no row that fails."""
        sys.path.insert(0, str(support.SOURCES / "ansible" / "roles" / "fdnprobe" / "filter_plugins"))
        import fdnprobe

        def printed(*rows):
            return {"fdnprobe_run": {"stdout": json.dumps({"schema": "fdnprobe.report/1", "checks": [], "rows": [
                {"id": f"{table}/{name}", "table": table, "direction": "outgoing", "peer": "P", "purpose": name,
                 "state": state} for table, name, state in rows]})}}

        facts = {"a": printed(("t", "one", "reachable"), ("t", "two", "degraded")),
                 "b": printed(("t", "two", "unconfigured"), ("u", "one", "inconclusive")), "c": {}}
        table = fdnprobe.fdnprobe_table(["a", "b", "c"], facts)
        self.assertEqual([(row["table"], row["purpose"], row["states"]) for row in table["rows"]], [
            ("t", "one", ["reachable", "-", "no report"]), ("t", "two", ["degraded", "unconfigured", "no report"]),
            ("u", "one", ["-", "inconclusive", "no report"])])
        self.assertEqual(table["failures"], [["b", "P", "one", "inconclusive", ""]])
        self.assertEqual(table["silent"], ["c"])
        for broken in ("", "{", "[]", '{"schema": "other"}', "null"):
            self.assertEqual(fdnprobe.fdnprobe_table(["a"], {"a": {"fdnprobe_run": {"stdout": broken}}})["silent"], ["a"])


if __name__ == "__main__":
    support.unittest.main()
