"""Plays a scenario: builds its network, runs the program in it as an ordinary user, and holds what came out against what
the scenario expects."""

import contextlib
import dataclasses
import json
import pathlib
import shutil
import subprocess
import tempfile

import networks
import scenario as scenarios
import servers
import support
import topology

# A command in front of another that sees this host under the name that the lab has for it, wherever the lab runs.
CALLED_CLIENT = ["unshare", "--uts", "sh", "-ec", 'hostname client; exec "$@"', "client"]
# Of a scenario's row, what is not for its check.
OF_THE_ROW = ("name", "expect", "expect6", "need", "peer")


@dataclasses.dataclass
class Result:
    """One check, or the run as a whole (row: empty)."""

    row: str
    expected: str
    got: str
    wrong: list  # sentences; empty: as expected
    evidence: str = ""


@dataclasses.dataclass
class Outcome:
    scenario: scenarios.Scenario
    family: int
    results: list
    seconds: float = 0.0

    @property
    def wrong(self):
        return [result for result in self.results if result.wrong]


def listed(value):
    return value if isinstance(value, list) else [value]


class Stage:
    """A scenario's network with everything running in it."""

    def __init__(self, scenario, family, authorities, stack):
        self.scenario, self.family = scenario, family
        self.text = scenario.of(family)
        self.words = scenarios.words_of(family)
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fdnprobe-lab-"))
        stack.callback(shutil.rmtree, self.folder, True)
        self.folder.chmod(0o755)
        self.network = stack.enter_context(topology.Topology())
        if self.text.get("two_paths"):
            self.network.add_second_path()
        for host, script in self.text.get("shell", {}).items():
            self.network.hosts[host].shell(script)
        self.zone = {name: list(addresses) for name, addresses in topology.ZONE.items()}
        self.zone.update(self.text.get("names", {}))
        self.serve(authorities, stack)
        for host, chains in self.text.get("rules", {}).items():
            self.network.rules(host, chains)
        for one in self.text.get("filter", []):
            self.network.filter_content(**one)
        self.resolvers = self.text.get("resolvers", [self.words["resolver"]])
        resolv = self.write("resolv.conf", "".join(f"nameserver {one}\n" for one in self.resolvers))
        hosts = self.write("hosts", "127.0.0.1 localhost\n::1 localhost\n")
        self.network.hosts["client"].shell(f'mount --bind {resolv} "$(realpath /etc/resolv.conf)"\n'
                                           f"mount --bind {hosts} /etc/hosts")

    def serve(self, authorities, stack):
        running = servers.Servers(self.network, self.folder, self.family, self.zone, authorities, stack)
        if self.text.get("plain", True):
            running.serve("unbound")
        for one in self.text.get("serve", []):
            running.serve(**one)
        running.finish()
        self.authorities = {name: authorities.authority(name).root for name in ("public", "fortinet", "inspection")}

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        return path

    def table(self):
        rows = {}
        for row in self.text["row"]:
            check = {key: value for key, value in row.items() if key not in OF_THE_ROW}
            check.setdefault("host", "update.fortiguard.net")
            if check["probe"] in ("tls", "dot"):
                check.setdefault("trust", "public")
            rows[row["name"]] = {"ports": check["port"], "peer": row.get("peer", "FortiGuard"),
                                 **({"need": row["need"]} if "need" in row else {}), "checks": [check]}
        return self.write("lab.toml", support.table_text(rows, "lab", **self.text.get("table", {})))

    def site(self):
        sections = {name: dict(values) for name, values in self.text.get("site", {}).items()}
        sections.setdefault("tls", {})
        sections = scenarios.fill(sections, {"inspection_ca": str(self.authorities["inspection"])})
        sections["tls"].setdefault("public_ca_files", [str(self.authorities["public"])])
        sections["tls"].setdefault("fortinet_ca_files", [str(self.authorities["fortinet"])])
        return self.write("site.toml", support.site_text(name=self.scenario.name, **sections))

    def command(self, binary, *options):
        shipped = self.text.get("table", {}).get("shipped")
        targets = support.SOURCES / "targets" / f"{shipped}.toml" if shipped else self.table()
        faked = []
        if "clock" in self.text:
            faked = ["env", "FAKETIME_DONT_FAKE_MONOTONIC=1", "faketime", "-f", f"{self.text['clock']:+}d"]
        family = {4: ["-4"], 6: ["-6"]}.get(self.family, [])
        arguments = [*faked, binary, "check", "--targets", targets, "--site", self.site(), *family,
                     *self.text.get("options", []), *options]
        return [*self.network.prefix("client"), *CALLED_CLIENT, *networks.as_ordinary_user(),
                *[str(one) for one in arguments]]


def run(command):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=support.environment(LC_ALL="C.UTF-8", NO_COLOR="1"), timeout=networks.PATIENCE,
                          check=False)


def device_of(check):
    """The host of the network that a check's `where` names."""
    address = (check.get("where") or {}).get("address")
    if address is None:
        return "none"
    if address == check.get("address"):
        return "destination"
    return topology.host_of(address) or address


def described(values):
    """`blocked/timeout at hop 1 (site), network, proven`."""
    parts = f"{'|'.join(listed(values.get('verdict', '*')))}/{'|'.join(listed(values.get('cause', '*')))}"
    if values.get("hop", "none") != "none":
        parts += f" at hop {values['hop']}"
    if values.get("device", "none") != "none":
        parts += f" ({values['device']})"
    for key in ("owner", "confidence"):
        if key in values:
            parts += ", " + "|".join(listed(values[key]))
    return parts


def came_out(check):
    """What a check says, by the words of an expectation."""
    return {"verdict": check["verdict"], "cause": check["cause"], "owner": check["owner"],
            "confidence": check["confidence"], "hop": (check.get("where") or {}).get("hop") or "none",
            "device": device_of(check)}


def compare(row, check, expected):
    """What came of a check, held against what is expected of it."""
    got = came_out(check)
    wrong = [f"{key} is {got[key]}, not {' or '.join(str(one) for one in listed(value))}"
             for key, value in expected.items() if key != "says" and got[key] not in listed(value)]
    said = " ".join([check["summary"], check.get("advice") or "", *check.get("warnings", [])])
    wrong += [f"it does not say '{text}'" for text in listed(expected.get("says", [])) if text not in said]
    return Result(row, described(expected), described(got), wrong,
                  f"{said}\n{json.dumps({key: check.get(key) for key in ('where', 'attempts')})}")


def compare_run(text, done, report, shown):
    expected = text.get("expect", {})
    got = {"exit": done.returncode, "reasons": [reason["code"] for reason in report.get("reasons", [])]}
    wrong = [f"{key}: {got[key]}, not {expected[key]}" for key in got if key in expected and got[key] != expected[key]]
    wrong += [f"the report does not say '{one}'" for one in listed(expected.get("says", [])) if one not in shown]
    words = [f"{key} {value}" for key, value in expected.items() if key in got]
    return Result("", ", ".join(words), ", ".join(f"{key} {got[key]}" for key in got if key in expected), wrong,
                  shown if wrong else "")


def expectation(row, family):
    return {**row["expect"], **(row.get("expect6", {}) if family == 6 else {})}


def judge(stage, done, shown):
    """The results of a run whose JSON is in done."""
    try:
        report = json.loads(done.stdout)
    except ValueError:
        said = f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}"
        return [Result("", "a report", f"exit {done.returncode}", [f"no report: {said}"])]
    results = []
    by_row = {}
    for check in report["checks"]:
        by_row.setdefault(check["row"].split("/", 1)[1], []).append(check)
    for row in stage.text.get("row", []):
        [check] = by_row[row["name"]]
        results.append(compare(row["name"], check, expectation(row, stage.family)))
    if every := stage.text.get("expect", {}).get("every"):
        tried = [check for check in report["checks"] if check["verdict"] != "skipped"]
        compared = [compare(check["id"], check, every) for check in tried]
        wrong = [result for result in compared if result.wrong]
        results += wrong or [Result(f"all {len(tried)} checks", described(every), described(every), [])]
        if not tried:
            results.append(Result("", "checks", "none", ["every check was skipped"]))
    if "expect" in stage.text:
        results.append(compare_run(stage.text, done, report, shown))
    return results


def play(scenario, family, binary, authorities, trace=None):
    """Plays it once. `trace`: a file for the program's own trace, which is only written when all came out right; beside
    it is one with what was expected of each row."""
    with contextlib.ExitStack() as stack:
        stage = Stage(scenario, family, authorities, stack)
        options = ["--format", "json"]
        if trace:
            own = stage.folder / "trace"
            own.mkdir()
            own.chmod(0o777)
            options += ["--trace", own / "trace.json"]
        wants_text = bool(stage.text.get("expect", {}).get("says"))
        shown = ""
        if wants_text:
            # The report as people see it, of a run of its own.
            shown = run(stage.command(binary)).stdout.decode(errors="replace")
        done = run(stage.command(binary, *options))
        outcome = Outcome(scenario, family, judge(stage, done, shown))
        if trace and not outcome.wrong:
            shutil.copyfile(own / "trace.json", trace)
            expected = {row["name"]: expectation(row, family) for row in stage.text.get("row", [])}
            trace.with_suffix(".expected").write_text(json.dumps(expected, indent=1) + "\n", encoding="utf-8")
        return outcome
