"""A scenario: one short file that says what each host of the network does, what is run, and what has to come out.

title      what the far end, or something on the way, does
families   4, 6: a run of its own with `-4` or `-6`; 46: one run with both
options    further options of `fdnprobe check`
clock      how wrong the client's clock is, in days
plain      false: nothing is served but what [[serve]] says; otherwise a resolver with the lab's names runs at the services
beside     false: other tools are not tried, since they cannot do what the program is told to
two_paths  true: the provider has two equal paths to the transit
resolvers  addresses for the client's resolv.conf; otherwise that resolver's

[names]    names that the resolver knows otherwise: name = [addresses], none for a name without one
[rules.HOST]   rules of nftables by chain (topology.CHAINS; `tables` is a text with whole tables)
[shell]    HOST = a script that is run there before anything else
[[filter]] a filter for the content of packets: on `host`, greetings (TCP/443) that hold `name` meet the rule `do`
[[serve]]  a server: `what` (servers.SERVERS), `host`, `ports`, and its own options
[site]     sections of the site file beside the lab's own CAs
[table]    keys of the table; `shipped` takes one of the program's tables instead of rows
[[row]]    `name`, `probe`, `port`, keys of its check, and `expect`
[expect]   of the run: `exit`, `reasons` (the codes, in order), `says` (parts of the report as people see it), and `every`
           (what is expected of every check that is not skipped)

What can be expected of a check: verdict, cause, hop, device (a host of the network; `destination`; `none`: no device is
named), owner, confidence, says (parts of its summary, its advice or a warning). A list of words means any of them.
`expect6` is what is otherwise with IPv6. In texts, {services}, {resolver} and so on are addresses, {ip} and {icmp} are
nftables' words for the family.
"""

import dataclasses
import pathlib
import tomllib

import topology

SCENARIOS = pathlib.Path(__file__).resolve().parent / "scenarios"
KEYS = {"title", "families", "options", "clock", "beside", "plain", "two_paths", "resolvers", "names", "rules", "shell", "filter",
        "serve", "site", "table", "row", "expect"}
EXPECTABLE = {"verdict", "cause", "hop", "device", "owner", "confidence", "says"}
RUN_EXPECTABLE = {"exit", "reasons", "says", "every"}
FAMILIES = (4, 6, 46)


class Mistake(Exception):
    """A scenario that is not one."""


def refuse(path, what, given, known):
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise Mistake(f"{path}: {what} has no {', '.join(unknown)}; it may have {', '.join(sorted(known))}")


def words_of(family):
    """What stands for the braces in a scenario's texts."""
    side = 1 if family == 6 else 0
    words = {host: addresses[side] for host, addresses in topology.ADDRESSES.items()}
    words.update({name: addresses[side] for name, addresses in topology.ZONE.items()})
    words.update({
        "services": topology.ZONE["update.fortiguard.net"][side],
        "other_services": topology.ZONE["globalupdate.fortinet.net"][side],
        "inside": topology.INSIDE[side],
        "provider_far": topology.ADDRESSES["provider"][2 + side],
        "absent": ("62.2.4.77", "2a02:4::77")[side],  # on the services' link, and nobody has it
        "site_url": ("10.1.0.1", "[fd00:1::1]")[side],
        "resolver": topology.RESOLVERS[0][side],
        "nobody": ("203.0.113.99", "2001:db8:53::99")[side],  # it arrives at the services, and they do not have it
        "blackhole": ("192.0.2.53", "2001:db8:dead::53")[side],
        "ip": ("ip", "ip6")[side],
        "icmp": ("icmp", "icmpv6")[side],
    })
    return words


def fill(value, words):
    """The same with every {word} replaced; other braces, of which nftables has many, stay."""
    if isinstance(value, str):
        for word, text in words.items():
            value = value.replace(f"{{{word}}}", text)
        return value
    if isinstance(value, list):
        return [fill(one, words) for one in value]
    if isinstance(value, dict):
        return {fill(key, words): fill(one, words) for key, one in value.items()}
    return value


@dataclasses.dataclass
class Scenario:
    """As it was written."""

    name: str
    text: dict

    @property
    def title(self):
        return self.text["title"]

    @property
    def families(self):
        return self.text.get("families", [4, 6])

    def of(self, family):
        """Its text for one family."""
        return fill(self.text, words_of(family))


def read(path):
    with open(path, "rb") as file:
        try:
            text = tomllib.load(file)
        except tomllib.TOMLDecodeError as mistake:
            raise Mistake(f"{path}: {mistake}") from mistake
    refuse(path, "a scenario", text, KEYS)
    refuse(path, "a network", text.get("rules", {}), topology.HOSTS)
    refuse(path, "a network", text.get("shell", {}), topology.HOSTS)
    refuse(path, "a run's expectation", text.get("expect", {}), RUN_EXPECTABLE)
    for chains in text.get("rules", {}).values():
        refuse(path, "a host", chains, [*topology.CHAINS, "tables"])
    if not text.get("title"):
        raise Mistake(f"{path}: it has no title")
    if any(one not in FAMILIES for one in text.get("families", [])):
        raise Mistake(f"{path}: families are 4, 6 and 46")
    expectations = [text.get("expect", {}).get("every", {})]
    for row in text.get("row", []):
        if "expect" not in row:
            raise Mistake(f"{path}: nothing is expected of the row {row.get('name')}")
        expectations += [row["expect"], row.get("expect6", {})]
    if len(text.get("row", [])) == 0 and "every" not in text.get("expect", {}):
        raise Mistake(f"{path}: nothing is expected of any check")
    for one in expectations:
        refuse(path, "an expectation", one, EXPECTABLE)
    return Scenario(path.stem, text)


def read_all():
    return [read(path) for path in sorted(SCENARIOS.glob("*.toml"))]
