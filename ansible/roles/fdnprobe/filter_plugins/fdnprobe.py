"""Reports of many hosts as one table: purposes by hosts."""
import json

# Nothing has to be done about these.
GOOD = ("reachable", "degraded", "unconfigured")
NO_REPORT = "no report"
NOT_ASKED = "-"


def report_of(facts):
    """The report that a host printed; None where it did not get as far."""
    try:
        report = json.loads(facts.get("fdnprobe_run", {}).get("stdout") or "")
    except ValueError:
        return None
    return report if isinstance(report, dict) and report.get("schema") == "fdnprobe.report/1" else None


def deciding(report, row):
    """The check that a row's state is about: the first that has come to the same, or else to no success."""
    checks = [check for check in report["checks"]
              if check["row"] == row["id"] and check.get("level") != "notice" and
              check["verdict"] not in ("reachable", "skipped")]
    same = [check for check in checks if check["verdict"] == row["state"]]
    return next(iter(same + checks), {})


def fdnprobe_table(hosts, facts):
    """hosts, rows (with one state for each host), failures, and the hosts that have not reported. Rows stand in the order
    of the reports; the worst is not sorted to the top, so that two tables can be compared."""
    reports = {host: report_of(facts[host]) for host in hosts}
    rows, failures = {}, []
    for host, report in reports.items():
        for row in report["rows"] if report else []:
            known = rows.setdefault(row["id"], {key: row[key] for key in ("table", "direction", "peer", "purpose")} | {"by": {}})
            known["by"][host] = row["state"]
            if row["state"] not in GOOD:
                check = deciding(report, row)
                failures.append([host, row["peer"], row["purpose"], check.get("cause") or row["state"],
                                 check.get("summary") or ""])
    for row in rows.values():
        by = row.pop("by")
        row["states"] = [by.get(host, NOT_ASKED if reports[host] else NO_REPORT) for host in hosts]
    return {"hosts": list(hosts), "rows": list(rows.values()), "failures": failures,
            "silent": [host for host in hosts if reports[host] is None]}


def fdnprobe_markdown(text):
    """A cell of a Markdown table: what hosts and networks sent is text there, and nothing else."""
    text = " ".join(str(text).split())
    return "".join("\\" + one if one in "\\|`*_[]<>&#~" else one for one in text)


def fdnprobe_csv(text):
    """A cell of a CSV file (RFC 4180); a spreadsheet takes none for a formula."""
    text = str(text)
    if text[:1] in ("=", "+", "@", "\t", "\r") or (text[:1] == "-" and len(text) > 1):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if any(one in text for one in ',"\r\n') else text


class FilterModule:
    """What Ansible looks for."""

    def filters(self):
        return {one.__name__: one for one in (fdnprobe_table, fdnprobe_markdown, fdnprobe_csv)}
