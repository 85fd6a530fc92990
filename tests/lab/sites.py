"""Sites in the documented world: what each device uses is what its site's firewall lets out, and then everything must be
well; with one of these openings shut, exactly the rows that need it must be blocked.

A site is a file sites/NAME.toml:

title       whose site it is
tables      the program's tables that it is checked with; both, where nothing is said
only        patterns for its rows, in place of ONLY
otherwise   what the firewall does with the rest: reject (the default: it says so) or drop
options     further options of `fdnprobe check`
bare        true: the program is run without a site file
[site]      sections of the site file, as in scenarios, beside the lab's own CAs
configuration  a device's configuration: the site file is what `fdnprobe init --config` makes of it, in place of [site]
[world]     what is otherwise in the world: `silent` = ["ADDRESS TRANSPORT/PORT"], `signed` = { NAME = "public|fortinet" }
[[open]]    an opening of the firewall: `name`; `to` (names or addresses of the world; everybody, where nothing is said);
            `ports` (TRANSPORT/PORT); and `rows`, those that are shut without it: words of ROWS. None: the device does
            without, and so does the site
shared      names of such openings in openings.toml
[expect]    `reachable` and `unconfigured`: words of ROWS, which must be that; `inconclusive`: rows that nobody can decide
            from outside. Every row that is not named may be reachable or unconfigured, and nothing else

What is played: site/NAME, with each of the tables; then with all of them at once site/NAME/without-OPENING for each
opening that rows need; site/NAME/with-the-least, without all the others; site/NAME/accepted, with `[report] accept`,
where something is inconclusive.
"""

import dataclasses
import json
import pathlib
import queue
import subprocess
import tomllib
import traceback

import networks
import play
import scenario as scenarios
import support

HERE = pathlib.Path(__file__).resolve().parent
SITES = HERE / "sites"
KEYS = {"title", "tables", "only", "otherwise", "options", "bare", "site", "configuration", "world", "open", "shared",
        "expect"}
OPENING_KEYS = {"name", "to", "ports", "rows"}
EXPECTABLE = {"reachable", "unconfigured", "inconclusive"}
TABLES = ("fortiproxy-7.4", "fortiguard")
# Whose rows of a table a site is asked for, and whose device it is.
PRODUCTS = {"fortiproxy-7.4": "FortiProxy", "fortiguard": "FortiGate"}
ONLY = {"fortiproxy-7.4": ["fortiproxy-7.4/*"], "fortiguard": ["fortiguard/outgoing/fortigate/*"]}
# What the sites call the rows, and what the tables do. A table without the row leaves it out.
GATE = "outgoing/fortigate"
ROWS = {
    "update": {"fortiproxy-7.4": "outgoing/fortiguard/av-ips-update",
               "fortiguard": f"{GATE}/av-ips-update-management-firmware-sms-ftm-licensing-policy-override"},
    "services": {"fortiproxy-7.4": "outgoing/fortiguard/management-firmware-sms-ftm-licensing-policy-override",
                 "fortiguard": f"{GATE}/av-ips-update-management-firmware-sms-ftm-licensing-policy-override"},
    "queries": {"fortiproxy-7.4": "outgoing/fortiguard/fortiguard-queries", "fortiguard": f"{GATE}/fortiguard-queries"},
    "sdns": {"fortiproxy-7.4": "outgoing/fortiguard/sdns-queries-for-dns-filter",
             "fortiguard": f"{GATE}/sdns-queries-for-dns-filter"},
    "registration": {"fortiproxy-7.4": "outgoing/fortiguard/registration", "fortiguard": f"{GATE}/registration"},
    "cloud-app-db": {"fortiproxy-7.4": "outgoing/fortiguard/cloud-app-db", "fortiguard": f"{GATE}/cloud-app-db"},
    "mail": {"fortiproxy-7.4": "outgoing/fortiguard/alert-email-virus-sample",
             "fortiguard": f"{GATE}/alert-emails-virus-sample"},
    "cloud": {"fortiproxy-7.4": "outgoing/fortiguard/central-management-analysis",
              "fortiguard": f"{GATE}/central-management-analysis"},
    "system-dns": {"fortiproxy-7.4": "outgoing/fortiguard/system-dns", "fortiguard": f"{GATE}/system-dns"},
    "fortimanager": {"fortiproxy-7.4": "outgoing/fortimanager/ipv4-fgfm-management"},
    "fortimanager-ipv6": {"fortiproxy-7.4": "outgoing/fortimanager/ipv6-fgfm-management"},
    "fortimanager-log": {"fortiproxy-7.4": "outgoing/fortimanager/log-report"},
    "fortimanager-queries": {"fortiproxy-7.4": "outgoing/fortimanager/fortiguard-queries"},
}
WELL = ("reachable", "unconfigured")
# Rows that UDP may serve, where nobody has said what the device uses.
OVER_UDP = {"queries", "sdns"}


@dataclasses.dataclass
class Variant:
    """One run: a site with its openings, or some of them, checked with one table or several."""

    name: str  # site/NAME/…
    text: dict
    openings: list
    tables: list
    shut: list = dataclasses.field(default_factory=list)  # openings that are not there
    accepted: bool = False

    @property
    def table(self):
        return ", ".join(self.tables)

    def rows(self, words):
        """The tables' rows for words of ROWS, or for their own ids."""
        return {f"{table}/{ROWS.get(word, {table: word})[table]}" for word in words for table in self.tables
                if word not in ROWS or table in ROWS[word]}

    @property
    def blocked(self):
        return self.rows(word for opening in self.shut for word in opening["rows"])

    @property
    def dropped_over_udp(self):
        """Where a firewall drops without a word what UDP would carry, nobody can tell it from a service that is silent to
        strangers, unless something else shows how far packets come."""
        if self.text.get("otherwise") != "drop":
            return set()
        words = [word for opening in self.shut if any(port.startswith("udp/") for port in opening["ports"])
                 for word in opening["rows"]]
        return self.rows([*words, *(OVER_UDP if self.text.get("bare") else ())])

    @property
    def undecided(self):
        return self.rows(self.text["expect"].get("inconclusive", [])) - self.blocked

    @property
    def states(self):
        """Rows of which something is expected, and what: any of those states."""
        expected = self.text["expect"]
        states = {row: [state] for state in WELL for row in self.rows(expected.get(state, []))}
        states |= {row: ["inconclusive"] for row in self.undecided} | {row: ["blocked"] for row in self.blocked}
        return states | {row: ["blocked", "inconclusive"] for row in self.blocked & self.dropped_over_udp}

    @property
    def exits(self):
        """What the run may end with."""
        certain = any(states == ["blocked"] for states in self.states.values())
        if self.blocked:
            return [1] if certain else [1, 3]
        return [3] if self.undecided and not self.accepted else [0]

    @property
    def expected(self):
        return described(self.exits, self.states)


# The world itself, whatever any table wants of it.
WORLD = Variant("world", {}, [], [])
# What is spoken, and what asks for it. A proxy is only connected to: sites go through it.
PROBES = {"https": "tls", "http": "http", "fgfm": "fgfm", "dns": "dns", "dot": "dot", "smtps": "smtp", "smtp": "smtp",
          "proxy": "tcp", "ntp": "udp", "silent": "udp"}


def asked(host, word):
    """Further keys of a check for what a host speaks."""
    match word:
        case "https":
            if host.serial:  # an appliance's certificate has no host's name, which is for fgfm to know
                return {"probe": "fgfm", "trust": host.signer}
            return {"trust": host.signer, **({"ocsp": "stapled"} if host.staple else {})}
        case "fgfm":
            return {"trust": host.fgfm_signer}
        case "dns":
            return {"question": "update.fortiguard.net", "type": "A"}
        case "dot":
            return {"question": "update.fortiguard.net", "type": "A", "trust": host.signer,
                    "server_name": host.certified[0]}
        case "smtps":
            return {"tls": True}
    return {}


def trusted(root):
    """[tls] of a site file."""
    return {"public_ca_files": [str(root["public"])], "fortinet_ca_files": [str(root["fortinet"])]}


# A row's id -> what the sites call it.
WORDS = {f"{table}/{row}": word for word, rows in reversed(ROWS.items()) for table, row in rows.items()}


def described(exits, states):
    """`exit 1, queries blocked`: what comes of a run, without the rows that are well."""
    words = sorted({f"{WORDS.get(row, row.split('/', 2)[-1])} {'|'.join(possible)}" for row, possible in states.items()
                    if not set(possible) <= set(WELL)})
    return ", ".join([f"exit {'|'.join(str(one) for one in exits)}", *words])


def read_toml(path):
    with open(path, "rb") as file:
        try:
            return tomllib.load(file)
        except tomllib.TOMLDecodeError as mistake:
            raise scenarios.Mistake(f"{path}: {mistake}") from mistake


def read(path, shared):
    """A site's text, and its openings."""
    text = read_toml(path)
    scenarios.refuse(path, "a site", text, KEYS)
    scenarios.refuse(path, "an expectation", text.get("expect", {}), EXPECTABLE)
    scenarios.refuse(path, "openings.toml", text.get("shared", []), shared)
    if not text.get("title") or not text.get("expect", {}).get("reachable"):
        raise scenarios.Mistake(f"{path}: it has no title, or nothing is expected to be reachable")
    openings = [*({"name": name, **shared[name]} for name in text.get("shared", [])), *text.get("open", [])]
    for opening in openings:
        scenarios.refuse(path, "an opening", opening, OPENING_KEYS)
        refuse_rows(path, opening["rows"])
    for rows in text["expect"].values():
        refuse_rows(path, rows)
    return text, openings


def refuse_rows(path, words):
    """A row's own id is good as it is: a table without it will be found out by its absence."""
    scenarios.refuse(path, "a table", [word for word in words if "/" not in word], ROWS)


def variants_of(path, shared):
    text, openings = read(path, shared)
    tables, base = text.get("tables", TABLES), f"site/{path.stem}"
    for table in tables:
        yield Variant(base, text, openings, [table])
    if text["expect"].get("inconclusive"):
        yield Variant(f"{base}/accepted", text, openings, tables, accepted=True)
    if spare := [opening for opening in openings if not opening["rows"]]:
        yield Variant(f"{base}/with-the-least", text, openings, tables, spare)
    for opening in openings:
        if opening["rows"]:
            yield Variant(f"{base}/without-{opening['name']}", text, openings, tables, [opening])


def read_all():
    shared = read_toml(HERE / "openings.toml")
    return [WORLD, *(variant for path in sorted(SITES.glob("*.toml")) for variant in variants_of(path, shared))]


def rules_of(opening, the_world):
    """The matches of nftables for what an opening lets out."""
    addresses = [one for name in opening.get("to", []) for one in the_world.addresses(name)]
    destinations = []
    for word, family in (("ip", 4), ("ip6", 6)):
        own = [one for one in addresses if (":" in one) == (family == 6)]
        if own:
            destinations.append(f"{word} daddr {{ {', '.join(own)} }} ")
    for port in opening["ports"]:
        transport, number = port.split("/")
        for destination in destinations or [""]:
            yield f"{destination}{transport} dport {number}"


class Play:
    """Plays variants in the places of one world."""

    def __init__(self, the_world, binary, targets):
        self.world, self.binary, self.targets = the_world, binary, targets
        self.free = queue.Queue()
        for place in the_world.places:
            self.settle(place)
            self.free.put(place)

    def settle(self, place):
        resolv = self.write(f"resolv-{place.number}.conf", f"nameserver {place.resolver}\n")
        hosts = self.write(f"hosts-{place.number}", "127.0.0.1 localhost\n::1 localhost\n")
        place.client.shell(f'mount --bind {resolv} "$(realpath /etc/resolv.conf)"\nmount --bind {hosts} /etc/hosts')

    def write(self, name, text):
        path = self.world.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o644)
        return path

    def __call__(self, variant):
        place = self.free.get()
        try:
            return self.survey(place) if variant is WORLD else self.play(variant, place)
        # What cannot be played is what did not come out right; the others go on.
        except Exception:  # pylint: disable=broad-except
            return play.Result(variant.table, variant.expected, "neither", [traceback.format_exc()])
        finally:
            self.free.put(place)

    def play(self, variant, place):
        openings = [rule for opening in variant.openings if opening not in variant.shut
                    for rule in rules_of(opening, self.world)]
        otherwise = {"reject": "reject with icmpx admin-prohibited", "drop": "drop"}
        place.firewall(openings, otherwise[variant.text.get("otherwise", "reject")])
        place.world(self.world.hosts, **{"silent": [], "signed": {}, **variant.text.get("world", {})})
        done = play.run([*place.client.prefix, *play.CALLED_CLIENT, *networks.as_ordinary_user(),
                         *self.command(variant, place)])
        return compare(variant, variant.expected, variant.exits, variant.states, done)

    def survey(self, place):
        """Asks every name and address of the world itself, at each of its ports, whatever any table wants."""
        place.firewall(["meta l4proto { tcp, udp }"], "reject with icmpx admin-prohibited")
        place.world(self.world.hosts, [], {})
        rows = {}
        for host in self.world.hosts:
            for port, word in host.ports.items():
                check = {"port": port.upper(), "probe": PROBES[word], **asked(host, word)}
                for name in host.names or host.addresses:
                    rows[f"{name.replace(':', '-')}/{port.replace('/', '-')}"] = {
                        "ports": check["port"], "checks": [{**check, "host": name}]}
        table = self.write("world.toml", support.table_text(rows, "world"))
        root = {name: authority.root for name, authority in self.world.certificates.authorities.items()}
        site = self.write(f"site-{place.number}.toml", support.site_text(name="world", tls=trusted(root)))
        done = play.run([*place.client.prefix, *play.CALLED_CLIENT, *networks.as_ordinary_user(), self.binary, "check",
                         "--targets", table, "--site", site, "--all-addresses", "--locate", "never", "--format", "json"])
        silent = {row for row, values in rows.items() if values["checks"][0]["probe"] == "udp"}
        states = {f"world/{row}": ["inconclusive" if row in silent else "reachable"] for row in rows}
        result = compare(WORLD, f"of {len(rows)} services all answer but {len(silent)}", [3], states, done)
        result.wrong += [sentence for table in TABLES for sentence in self.undocumented(table)]
        return result

    def undocumented(self, table):
        """What a table needs of somebody whom no document names, or at a port that no document gives them."""
        services = {(one, port) for host in self.world.hosts for one in (*host.names, *host.addresses)
                    for port in host.ports}
        for row in read_toml(self.targets / f"{table}.toml")["row"]:
            for check in row.get("check", []):
                port = check.get("dial", check["port"]).lower()
                for host in [check["host"]] if "host" in check else check.get("hosts", []):
                    if (host, port) not in services and "notice" not in (check.get("level"), row.get("level")):
                        yield f"{table}/{row['id']} needs {host} {port.upper()}, and no document has that"

    def command(self, variant, place):
        root = {name: authority.root for name, authority in self.world.certificates.authorities.items()}
        words = [self.binary, "check", "--format", "json"]
        for table in variant.tables:
            words += ["--targets", self.targets / f"{table}.toml"]
            for pattern in variant.text.get("only", ONLY[table]):
                words += ["--only", pattern]
        if variant.shut or variant.accepted:
            # Nothing is lost here but what the firewall shuts, and where it does is known from the site as a whole.
            words += ["--timeout", "2", "--locate", "never"]
        words += variant.text.get("options", [])
        if variant.text.get("bare"):
            words += ["--ca-file", root["public"]]
            words += ["--accept", "inconclusive"] if variant.accepted else []
        else:
            words += ["--site", self.site_file(variant, place, root)]
        return [str(word) for word in words]

    def site_file(self, variant, place, root):
        if "configuration" in variant.text:
            return self.site_of_configuration(variant, place, root)
        sections = {name: dict(values) for name, values in variant.text.get("site", {}).items()}
        sections.setdefault("tls", trusted(root))
        if "device" in sections:
            sections["device"].setdefault("product", PRODUCTS[variant.tables[0]])
        if variant.accepted:
            sections["report"] = {"accept": ["inconclusive"]}
        return self.write(f"site-{place.number}.toml", support.site_text(name=variant.name.split("/")[1], **sections))


    def site_of_configuration(self, variant, place, root):
        """What `init` makes of it, beside what the lab has of its own."""
        configuration = self.write(f"device-{place.number}.conf", variant.text["configuration"])
        made = subprocess.run([str(self.binary), "init", "--config", str(configuration)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, timeout=networks.PATIENCE)
        if made.returncode != 0:
            raise AssertionError(f"init ends with {made.returncode}: {made.stderr.decode()}")
        text = made.stdout.decode() + "\n[tls]\n" + support.keys(trusted(root))
        if variant.accepted:
            text += "\n[report]\n" + support.keys({"accept": ["inconclusive"]})
        return self.write(f"site-{place.number}.toml", text)


def compare(variant, expected, exits, wanted, done):
    """A play.Result for a run. `exits`: what it may end with; `wanted`: the states of rows; every other one has to be
    well."""
    try:
        report = json.loads(done.stdout)
    except ValueError:
        said = f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}"
        return play.Result(variant.table, expected, f"exit {done.returncode}", [f"no report: {said}"])
    states = {row["id"]: row["state"] for row in report["rows"]}
    wrong = []
    if done.returncode not in exits:
        wrong.append(f"it ends with {done.returncode}, not with {' or '.join(str(one) for one in exits)}")
    for row in sorted(set(wanted) | set(states)):
        state, allowed = states.get(row, "missing"), wanted.get(row, WELL)
        if state not in allowed:
            wrong.append(f"{row} is {state}, not {' or '.join(allowed)}")
    got = described([done.returncode], {row: [state] for row, state in states.items()})
    return play.Result(variant.table, expected, got, wrong, evidence(report, wanted))


def evidence(report, rows):
    """What the checks of these rows, and of those that are not well, came to."""
    states = {row["id"]: row["state"] for row in report["rows"]}
    return "\n".join(
        f"    {check['id']} ({check['level']}): {check['verdict']}/{check['cause']}: {check['summary']}"
        for check in report["checks"] if check["row"] in rows or states[check["row"]] not in WELL)
