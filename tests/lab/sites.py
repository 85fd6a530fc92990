"""Sites in the documented world: what each device uses is what its site's firewall lets out, and then everything must be
well; with one of these openings shut, exactly the rows that need it must not be.

A site is a file sites/NAME.toml:

title       whose site it is
tables      the program's tables that it is checked with; both, where nothing is said
otherwise   what the firewall does with the rest: reject (the default: it says so) or drop
options     further options of `fdnprobe check`
bare        true: the program is run without a site file
[site]      sections of the site file, as in scenarios, beside the lab's own CAs
[product]   table = the `product` of [device] where that table is checked
[world]     what is otherwise in the world: `silent` = ["ADDRESS TRANSPORT/PORT"], `signed` = { NAME = "public|fortinet" }
[[open]]    an opening of the firewall: `name`; `to` (names or addresses of the world; everybody, where nothing is said),
            `ports` (TRANSPORT/PORT); and what of [rows] is then shut without it: `rows`, in the `state` blocked, where
            nothing else is said. None: nobody needs it, and the site is well without it
[expect]    `reachable` (rows, as words of ROWS, which must be that; every other one may be that or `unconfigured`) and
            `inconclusive` (rows that nobody can decide from outside; the site is then also checked with these accepted)

What is played: site/NAME; site/NAME/without-OPENING for each opening that rows need; site/NAME/accepted where something
is inconclusive. Each is held against each of the tables.
"""

import dataclasses
import json
import pathlib
import queue
import tomllib

import networks
import play
import scenario as scenarios
import support

SITES = pathlib.Path(__file__).resolve().parent / "sites"
KEYS = {"title", "tables", "otherwise", "options", "bare", "site", "product", "world", "open", "expect"}
OPENING_KEYS = {"name", "to", "ports", "rows", "state"}
TABLES = ("fortiproxy-7.4", "fortiguard")
# Whose rows of a table a site is asked for, and whose device it is.
PRODUCTS = {"fortiproxy-7.4": "FortiProxy", "fortiguard": "FortiGate"}
ONLY = {"fortiproxy-7.4": [], "fortiguard": ["outgoing/fortigate/*"]}
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
    "fortimanager": {"fortiproxy-7.4": "outgoing/fortimanager/ipv4-fgfm-management"},
    "fortimanager-ipv6": {"fortiproxy-7.4": "outgoing/fortimanager/ipv6-fgfm-management"},
    "fortimanager-queries": {"fortiproxy-7.4": "outgoing/fortimanager/fortiguard-queries"},
}
WELL = ("reachable", "unconfigured")


@dataclasses.dataclass
class Variant:
    """One run: a site with all of its openings, or without one, checked with one table."""

    site: str
    name: str  # site/NAME/…
    text: dict
    table: str
    without: dict = None  # the opening that is shut
    accepted: bool = False

    def rows(self, words):
        """The table's rows for words of ROWS."""
        return {ROWS[word][self.table] for word in words if self.table in ROWS[word]}

    @property
    def undecided(self):
        return self.rows(self.text["expect"].get("inconclusive", []))

    @property
    def shut(self):
        """Rows that must fail, with the state that each must have."""
        if not self.without:
            return {}
        state = self.without.get("state", "blocked")
        return {row: state for row in self.rows(self.without["rows"])}

    @property
    def exit(self):
        return 1 if self.shut else 3 if self.undecided and not self.accepted else 0

    @property
    def expected(self):
        words = [f"exit {self.exit}"]
        words += [f"{row.rsplit('/', 1)[1]} {state}" for row, state in sorted(self.shut.items())]
        words += [f"{row.rsplit('/', 1)[1]} inconclusive" for row in sorted(self.undecided - set(self.shut))]
        return ", ".join(words)


def read(path):
    with open(path, "rb") as file:
        try:
            text = tomllib.load(file)
        except tomllib.TOMLDecodeError as mistake:
            raise scenarios.Mistake(f"{path}: {mistake}") from mistake
    scenarios.refuse(path, "a site", text, KEYS)
    scenarios.refuse(path, "an expectation", text.get("expect", {}), {"reachable", "inconclusive"})
    if not text.get("title") or not text.get("expect", {}).get("reachable"):
        raise scenarios.Mistake(f"{path}: it has no title, or nothing is expected to be reachable")
    words = [*text["expect"]["reachable"], *text["expect"].get("inconclusive", [])]
    for opening in text.get("open", []):
        scenarios.refuse(path, "an opening", opening, OPENING_KEYS)
        words += opening["rows"]
    scenarios.refuse(path, "a table", words, ROWS)
    return text


def variants_of(path):
    text = read(path)
    for table in text.get("tables", TABLES):
        base = f"site/{path.stem}"
        yield Variant(path.stem, base, text, table)
        if Variant(path.stem, base, text, table).undecided:
            yield Variant(path.stem, f"{base}/accepted", text, table, accepted=True)
        for opening in text["open"]:
            variant = Variant(path.stem, f"{base}/without-{opening['name']}", text, table, without=opening)
            # An opening of which this table knows nothing is no opening of it.
            if variant.shut or not opening["rows"]:
                yield variant


def read_all():
    return [variant for path in sorted(SITES.glob("*.toml")) for variant in variants_of(path)]


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
            return self.play(variant, place)
        finally:
            self.free.put(place)

    def play(self, variant, place):
        openings = [rule for opening in variant.text["open"] if opening is not variant.without
                    for rule in rules_of(opening, self.world)]
        otherwise = {"reject": "reject with icmpx admin-prohibited", "drop": "drop"}
        place.firewall(openings, otherwise[variant.text.get("otherwise", "reject")])
        place.world(self.world.hosts, **{"silent": [], "signed": {}, **variant.text.get("world", {})})
        done = play.run([*place.client.prefix, *play.CALLED_CLIENT, *networks.as_ordinary_user(),
                         *self.command(variant, place)])
        return judge(variant, done)

    def command(self, variant, place):
        root = {name: authority.root for name, authority in self.world.certificates.authorities.items()}
        only = [word for pattern in ONLY[variant.table] for word in ("--only", pattern)]
        words = [self.binary, "check", "--targets", self.targets / f"{variant.table}.toml", *only, "--format", "json",
                 *variant.text.get("options", [])]
        if variant.text.get("bare"):
            words += ["--ca-file", root["public"]]
            words += ["--accept", "inconclusive"] if variant.accepted else []
        else:
            words += ["--site", self.site_file(variant, place, root)]
        return [str(word) for word in words]

    def site_file(self, variant, place, root):
        sections = {name: dict(values) for name, values in variant.text.get("site", {}).items()}
        sections.setdefault("tls", {"public_ca_files": [str(root["public"])],
                                    "fortinet_ca_files": [str(root["fortinet"])]})
        if "device" in sections:
            product = variant.text.get("product", {}).get(variant.table, PRODUCTS[variant.table])
            sections["device"].setdefault("product", product)
        if variant.accepted:
            sections["report"] = {"accept": ["inconclusive"]}
        return self.write(f"site-{place.number}.toml", support.site_text(name=variant.site, **sections))


def judge(variant, done):
    """A play.Result for the run."""
    try:
        report = json.loads(done.stdout)
    except ValueError:
        said = f"{done.stdout.decode(errors='replace')}{done.stderr.decode(errors='replace')}"
        return play.Result(variant.table, variant.expected, f"exit {done.returncode}", [f"no report: {said}"])
    states = {row["id"].split("/", 1)[1]: row["state"] for row in report["rows"]}
    wrong = []
    if done.returncode != variant.exit:
        wrong.append(f"it ends with {done.returncode}, not with {variant.exit}")
    must = {**{row: "reachable" for row in variant.rows(variant.text["expect"]["reachable"])},
            **{row: "inconclusive" for row in variant.undecided}, **variant.shut}
    for row in sorted(set(must) | set(states)):
        state = states.get(row, "missing")
        if row in must and state != must[row] or row not in must and state not in WELL:
            wrong.append(f"{row} is {state}, not {must.get(row, ' or '.join(WELL))}")
    named = [f"{row.rsplit('/', 1)[1]} {state}" for row, state in sorted(states.items()) if state not in WELL]
    evidence = ""
    if wrong:
        evidence = "\n".join(f"    {check['id'].split('/', 1)[1]} ({check['level']}): {check['verdict']}/{check['cause']}: "
                             f"{check['summary']}" for check in report["checks"] if states[check["row"].split("/", 1)[1]]
                             not in WELL or any(check["row"].endswith(row) for row in must))
    return play.Result(variant.table, variant.expected, ", ".join([f"exit {done.returncode}", *named]), wrong, evidence)
