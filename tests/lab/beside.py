"""What other tools say of the lab's scenarios, beside what fdnprobe says: nmap as an ordinary user and as root,
prometheus-blackbox-exporter, and nc. The table goes into README.md between two marks."""

import concurrent.futures
import contextlib
import json
import subprocess
import urllib.parse
import xml.etree.ElementTree

import networks
import play

BEGIN, END = "<!-- table: written by `./dev lab --beside` -->", "<!-- end of table -->"
# For one host and port. nmap's and nc's own idea of patience differ; this is above both.
LONGEST = 30
EXPORTER_PORT = 9115


def run(stage, command, user):
    """What a command on the client printed, its errors last; None: it did not end in time."""
    whole = [*stage.network.prefix("client"), *(networks.as_ordinary_user() if user else []), *command]
    try:
        done = subprocess.run(whole, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=LONGEST, check=False)
    except subprocess.TimeoutExpired:
        return None
    return (done.stdout + done.stderr).decode(errors="replace")


def nmap(stage, host, transport, port, user):
    """The port's state and what nmap says it rests on: `filtered (no-response)`."""
    if transport == "udp" and user:
        return "cannot"
    scan = {True: "-sT", False: "-sS"}[user] if transport == "tcp" else "-sU"
    family = ["-6"] if stage.family == 6 else []
    said = run(stage, ["nmap", scan, *family, "--unprivileged" if user else "--privileged", "-Pn", "-p", port,
                       "-oX", "-", host], user)
    if said is None:
        return "no end"
    start, end = said.find("<nmaprun"), said.rfind("</nmaprun>")
    if start < 0 or end < 0:
        return "nothing"
    state = xml.etree.ElementTree.fromstring(said[start:end + len("</nmaprun>")]).find(".//port/state")
    if state is None:
        return "no such host" if "Failed to resolve" in said else "nothing"
    return f"{state.get('state')} ({state.get('reason')})"


def nc(stage, host, transport, port):
    family = "-6" if stage.family == 6 else "-4"
    said = run(stage, ["nc", "-z", "-v", "-n" if ":" in host or host[0].isdigit() else "-v", family, "-w", "4",
                       *(["-u"] if transport == "udp" else []), host, port], True)
    if said is None:
        return "no end"
    for words, short in (("succeeded", "succeeded"), ("Connection refused", "refused"), ("timed out", "timed out"),
                         ("No route to host", "no route to host"), ("Network is unreachable", "network unreachable"),
                         ("Protocol not available", "protocol not available"), ("Permission denied", "denied"),
                         ("name resolution", "no such host"), ("Name or service not known", "no such host"),
                         ("No address associated", "no such host"), ("Operation not permitted", "not permitted")):
        if words in said:
            return short
    # With UDP it says nothing when it was refused.
    return "failed"


def modules(stage):
    """Of the exporter, as one would write them for these services."""
    family = f"ip{stage.family if stage.family == 6 else 4}"
    tls = {"ca_file": str(stage.authorities["public"])}
    ip = {"preferred_ip_protocol": family, "ip_protocol_fallback": False}
    return {"modules": {
        "tcp": {"prober": "tcp", "timeout": "4s", "tcp": dict(ip)},
        "tls": {"prober": "tcp", "timeout": "4s", "tcp": {**ip, "tls": True, "tls_config": tls}},
        "http": {"prober": "http", "timeout": "4s", "http": {**ip, "follow_redirects": False}},
        "smtp": {"prober": "tcp", "timeout": "4s", "tcp": {**ip, "query_response": [{"expect": "^220 "}]}},
        "dot": {"prober": "dns", "timeout": "4s", "dns": {**ip, "transport_protocol": "tcp", "dns_over_tls": True,
                                                         "tls_config": tls, "query_name": "update.fortiguard.net"}},
    }}


class Exporter:
    """prometheus-blackbox-exporter on the client."""

    def __init__(self, stage, stack):
        self.stage = stage
        # JSON is YAML.
        file = stage.write("blackbox.yml", json.dumps(modules(stage)))
        command = [*stage.network.prefix("client"), *networks.as_ordinary_user(), "prometheus-blackbox-exporter",
                   f"--config.file={file}", f"--web.listen-address=127.0.0.1:{EXPORTER_PORT}"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        stack.callback(process.wait)
        stack.callback(process.kill)
        networks.eventually(lambda: stage.network.listens("client", "tcp", EXPORTER_PORT), "the exporter listens")

    def ask(self, probe, host, transport, port):
        if transport == "udp" or probe not in ("tcp", "tls", "http", "smtp", "dot"):
            return "cannot"
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        target = f"http://{place}/" if probe == "http" else place
        query = urllib.parse.urlencode({"target": target, "module": probe})
        fetch = ("import sys, urllib.request\n"
                 "sys.stdout.write(urllib.request.urlopen(sys.argv[1]).read().decode())\n")
        said = run(self.stage, ["python3", "-S", "-E", "-c", fetch,
                                f"http://127.0.0.1:{EXPORTER_PORT}/probe?{query}"], True) or ""
        for line in said.splitlines():
            if line.startswith("probe_success "):
                return f"probe_success {line.split()[1]}"
        return "nothing"


def rows_of(stage):
    """The scenario's rows but those beside which the fault is seen, each with where the others look for it."""
    for row in stage.text["row"]:
        if row["name"] == "beside":
            continue
        host = row.get("host", "update.fortiguard.net")
        # What the site file pins, the others are told by its address.
        host = stage.text.get("site", {}).get("hosts", {}).get(host, host)
        yield row, host, *row["port"].lower().split("/")


def fdnprobe_says(stage, _, binary):
    report = json.loads(play.run(stage.command(binary, "--format", "json")).stdout)
    checks = {check["row"].split("/", 1)[1]: check for check in report["checks"]}
    return [play.described(play.came_out(checks[row["name"]])) for row, *_ in rows_of(stage)]


def nmap_says(stage, _, user):
    return [nmap(stage, host, transport, port, user) for _, host, transport, port in rows_of(stage)]


def exporter_says(stage, stack):
    exporter = Exporter(stage, stack)
    return [exporter.ask(row["probe"], host, transport, port) for row, host, transport, port in rows_of(stage)]


def nc_says(stage, _):
    return [nc(stage, host, transport, port) for _, host, transport, port in rows_of(stage)]


def lines_of(scenario, binary, authorities):
    """The table's lines for a scenario. Each tool has the network to itself: routers rate what they answer, and nobody
    is to be told less because somebody else has asked before."""
    family = 4 if scenario.families[0] == 46 else scenario.families[0]
    columns = []
    for tool, *arguments in ((fdnprobe_says, binary), (nmap_says, True), (nmap_says, False), (exporter_says,),
                             (nc_says,)):
        with contextlib.ExitStack() as stack:
            stage = play.Stage(scenario, family, authorities, stack)
            columns.append(tool(stage, stack, *arguments))
            ports = [row["port"] for row, *_ in rows_of(stage)]
    for port, *said in zip(ports, *columns):
        cells = " | ".join(one.replace("|", "\\|") for one in said)
        yield f"| {scenario.name} | {port} | {cells} |"


def write(file, found, binary, authorities, workers):
    """Puts the table into the file."""
    head = ["| scenario | port | fdnprobe | nmap (user) | nmap (root) | blackbox-exporter | nc |",
            "|---|---|---|---|---|---|---|"]
    able = [one for one in found if one.text.get("beside", True)]
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        lines = [line for lines in pool.map(lambda one: list(lines_of(one, binary, authorities)), able)
                 for line in lines]
    before, rest = file.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    table = "\n".join([*head, *lines])
    file.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{after}", encoding="utf-8")
    print(f"{len(lines)} lines about {len(able)} scenarios written to {file}")
    return 0
