"""The PromQL expressions of the rules and the dashboards, and which metrics and labels they use.

There is no parser of PromQL here, so names are found by their form; whether an expression is one at all, promtool says.
"""
import json
import pathlib
import re

import yaml

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "monitoring"
RULES = FOLDER / "prometheus" / "fdnprobe.rules.yml"
DASHBOARDS = FOLDER / "grafana" / "dashboards"

METRIC = re.compile(r"(?<![\w:\"])((?:probe|fdnprobe)_\w+|up)\b(?!\s*\()\s*(\{[^}]*\})?")
MATCHED = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)\s*\"")
GROUPED = re.compile(r"\b(?:by|on|ignoring|without|group_left|group_right)\s*\(([^)]*)\)")
STRING = re.compile(r"\"(?:[^\"\\]|\\.)*\"")
# What Prometheus itself puts on a series.
OF_PROMETHEUS = {"job", "instance"}


def rules():
    """(name, expression) of each rule, and the queries of its annotations."""
    for group in yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]:
        for rule in group["rules"]:
            name = rule.get("alert") or rule["record"]
            yield name, rule["expr"]
            for text in rule.get("annotations", {}).values():
                for query in re.findall(r'printf "((?:[^"\\]|\\.)*)"', text):
                    yield f"{name} (annotation)", query.replace("%q", '"x"')


def panels(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def substituted(text):
    """With what Grafana would put in place of its variables."""
    text = re.sub(r"\$(?:__range|__interval|__rate_interval)\b|\$\{__(?:range|interval|rate_interval)\}", "5m", text)
    return re.sub(r"\$\{\w+(?::\w+)?\}|\$\w+", "x", text)


def dashboard_queries(dashboard):
    """(what, expression) of each panel and variable."""
    for panel in panels(dashboard):
        for target in panel.get("targets", []):
            yield f"{panel['title']}, {target['refId']}", substituted(target["expr"])
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            call = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["definition"])
            if call is None:
                raise ValueError(f"variable {variable['name']}: {variable['definition']}: expected label_values(…, label)")
            yield f"variable {variable['name']}", f"count by ({call[2]}) ({substituted(call[1])})"


def dashboards():
    """(file, dashboard) of each."""
    for path in sorted(DASHBOARDS.glob("*.json")):
        yield path, json.loads(path.read_text(encoding="utf-8"))


def all_queries():
    yield from rules()
    for path, dashboard in dashboards():
        for what, expression in dashboard_queries(dashboard):
            yield f"{path.name}: {what}", expression


def made_labels(expression):
    """Labels that the expression itself makes."""
    return set(re.findall(r'label_(?:join|replace)\(.*?,\s*"(\w+)"', expression, re.DOTALL))


def unknown(expression, known):
    """What the expression uses that is not there. `known`: metric -> its labels."""
    problems, present = [], set(OF_PROMETHEUS) | made_labels(expression)
    for name, matchers in METRIC.findall(expression):
        if name == "up":
            labels = set()
        elif name not in known:
            problems.append(f"there is no metric {name}")
            continue
        else:
            labels = known[name]
        present |= labels
        problems += [f"{name} has no label {label}" for label in MATCHED.findall(matchers)
                     if label not in labels | OF_PROMETHEUS]
    # What a recording rule has is what it was made of.
    if "fdnprobe:" in expression:
        present |= set().union(*known.values())
    for group in GROUPED.findall(STRING.sub('""', expression)):
        problems += [f"no metric there has a label {label}" for label in re.findall(r"\w+", group) if label not in present]
    return problems


def series(text):
    """metric -> its labels, from Prometheus's text format."""
    known = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, labels = re.match(r"([\w:]+)(\{.*\})?", line).groups()
            known.setdefault(name, set()).update(re.findall(r"(\w+)=\"", STRING.sub('""', labels or "").replace('""', '"')))
    return known
