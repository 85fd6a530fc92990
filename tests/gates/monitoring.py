#!/usr/bin/python3
"""The files for Prometheus, Alertmanager and Grafana, as far as they can be checked without running these.

promtool and amtool read the rules and the configurations; promtool plays tests/monitoring/*.test.yml. A dashboard is
held to what Grafana would stumble over: valid JSON, a uid of its own, panels with ids of their own that do not overlap,
variables that exist, links that lead to a dashboard that exists, and expressions that promtool accepts. Grafana itself
does not run here. Whether the metrics exist is tests/cli/fleet_test.py's to say.

Usage: monitoring.py [--self-test]
"""
import copy
import itertools
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "monitoring"))
import queries


def run(*command):
    done = subprocess.run([str(one) for one in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return [] if done.returncode == 0 else [f"{' '.join(map(str, command))}\n{done.stdout.decode()}"]


def expressions(named):
    """Whether promtool accepts them: it has no command for an expression, but reads them as rules."""
    rules = [{"record": f"fdnprobe:test_{number}", "expr": expression} for number, (_, expression) in enumerate(named)]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump({"groups": [{"name": "test", "rules": rules}]}, file)
        file.flush()
        return run("promtool", "check", "rules", file.name)


def overlap(one, other):
    return (one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"] and
            one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"])


def check_dashboard(dashboard, uids):
    problems = [f"no {key}" for key in ("uid", "title", "description", "panels", "schemaVersion") if not dashboard.get(key)]
    if problems:
        return problems
    everything = list(queries.panels(dashboard))
    ids = [panel["id"] for panel in everything]
    if len(ids) != len(set(ids)):
        problems.append("two panels have the same id")
    for one, other in itertools.combinations(everything, 2):
        if overlap(one["gridPos"], other["gridPos"]):
            problems.append(f"{one['title']} and {other['title']} lie over each other")
    for panel in everything:
        if panel["gridPos"]["x"] + panel["gridPos"]["w"] > 24:
            problems.append(f"{panel['title']} goes beyond the 24 columns")
        if not panel.get("description"):
            problems.append(f"{panel['title']} has no description")
        references = [target["refId"] for target in panel["targets"]]
        if not references or len(references) != len(set(references)):
            problems.append(f"{panel['title']}: no targets, or two with the same refId")
    text = str(dashboard)
    variables = [variable["name"] for variable in dashboard["templating"]["list"]]
    # Grafana's own begin with two underscores.
    for name in set(re.findall(r"\$\{?([a-z]\w*)", text)) - set(variables):
        problems.append(f"there is no variable ${name}")
    for uid in set(re.findall(r"/d/([\w-]+)", text)) - uids:
        problems.append(f"a link leads to {uid}, which is no dashboard")
    try:
        named = list(queries.dashboard_queries(dashboard))
    except ValueError as mistake:
        return [*problems, str(mistake)]
    return problems + expressions(named)


def check_all():
    prometheus = queries.FOLDER / "prometheus"
    problems = run("promtool", "check", "rules", queries.RULES)
    for path in sorted((ROOT / "tests" / "monitoring").glob("*.test.yml")):
        problems += run("promtool", "test", "rules", path)
    for example in (prometheus / "prometheus.yml", prometheus / "local.yml"):
        # The files of secrets that it names are not here.
        problems += run("promtool", "check", "config", "--syntax-only", example)
        for name in yaml.safe_load(example.read_text(encoding="utf-8"))["rule_files"]:
            if not (prometheus / name).is_file():
                problems.append(f"{example.name}: there is no {name}")
    for path in (queries.FOLDER / "alertmanager" / "alertmanager.yml", ROOT / "docker" / "alertmanager.yml"):
        problems += run("amtool", "check-config", path)
    problems += run("promtool", "check", "config", "--syntax-only", ROOT / "docker" / "prometheus.yml")

    # Who is woken for what is not left to chance.
    for group in yaml.safe_load(queries.RULES.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            if "alert" not in rule:
                continue
            missing = {"summary", "description", "runbook"} - set(rule["annotations"])
            if rule["labels"].get("severity") not in ("critical", "warning", "info") or missing:
                problems.append(f"{rule['alert']}: no severity, or no {' or '.join(missing)}")

    dashboards = list(queries.dashboards())
    uids = [dashboard.get("uid") for _, dashboard in dashboards]
    if len(uids) != len(set(uids)) or not uids:
        problems.append("two dashboards have the same uid, or there are none")
    for path, dashboard in dashboards:
        problems += [f"{path.name}: {problem}" for problem in check_dashboard(dashboard, set(uids))]
    for problem in problems:
        print(problem)
    print(f"{len(list(queries.all_queries()))} expressions, {len(dashboards)} dashboards")
    return 1 if problems else 0


def self_test():
    _, good = next(iter(queries.dashboards()))
    uids = {dashboard["uid"] for _, dashboard in queries.dashboards()}

    def changed(change):
        dashboard = copy.deepcopy(good)
        change(dashboard)
        return dashboard

    bad = {
        "no uid": changed(lambda d: d.pop("uid")),
        "same id": changed(lambda d: d["panels"][1].update(id=d["panels"][0]["id"])),
        "overlap": changed(lambda d: d["panels"][1].update(gridPos=d["panels"][0]["gridPos"])),
        "too wide": changed(lambda d: d["panels"][0]["gridPos"].update(w=25)),
        "broken expression": changed(lambda d: d["panels"][0]["targets"][0].update(expr="sum by (")),
        "unknown variable": changed(lambda d: d["panels"][0]["targets"][0].update(expr='up{job="$nothing"}')),
        "link to nowhere": changed(lambda d: d["links"].append({"url": "/d/nowhere"})),
        "no description": changed(lambda d: d["panels"][0].pop("description")),
    }
    failures = [f"false alarm: {problem}" for problem in check_dashboard(good, uids)]
    failures += [f"missed: {name}" for name, dashboard in bad.items() if not check_dashboard(dashboard, uids)]
    known = {"fdnprobe_a": {"site", "state"}, "probe_b": {"site"}}
    for expression, wrong in {
        'sum by (state) (fdnprobe_a{site="x"})': 0,
        'fdnprobe_a{no_such="x"}': 1,
        "fdnprobe_c": 1,
        'fdnprobe_a == 1 unless on (sight) probe_b': 1,
        'max by (both) (label_join(fdnprobe_a, "both", " ", "site", "state"))': 0,
        'fdnprobe_a{site="fdnprobe_c by (x)"}': 0,
    }.items():
        if bool(queries.unknown(expression, known)) != bool(wrong):
            failures.append(f"{expression}: {queries.unknown(expression, known)}")
    if queries.series('# HELP a b\na{x="1,y=\\"2\\"",z="{"} 3\nb 1\n') != {"a": {"x", "z"}, "b": set()}:
        failures.append("the labels of a series are misread")
    for failure in failures:
        print(failure)
    print(f"{len(bad)} bad dashboards, {len(failures)} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(self_test() if sys.argv[1:] == ["--self-test"] else check_all())
