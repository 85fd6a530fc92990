"""The lab's network: client - site (its firewall) - provider - transit - services, each a network namespace.

Every link is a veth pair. On each host `far` is the interface towards the services and `near` the one towards the
client. The client's network is 10.1.0.0/24 and fd00:1::/64; beyond the site link number N is 62.2.N.0/24 and
2a02:N::/64, since addresses there are public. So are those of the services, and some of them are FortiGuard's own: they
exist nowhere but in these namespaces, which have no way out. Kernels are left as they come, their limits of ICMP messages too: real routers have them.
"""

import concurrent.futures
import contextlib
import ipaddress

import networks

# In the order in which a packet passes them: their place is their number of hops from the client.
HOSTS = ("client", "site", "provider", "transit", "services")

# What the services' resolvers know: name -> (IPv4, IPv6). FortiGuard's own addresses where they are published.
ZONE = {
    "update.fortiguard.net": ("173.243.138.66", "2620:101:9005:138::66"),
    "globalupdate.fortinet.net": ("173.243.140.6", "2620:101:9005:140::6"),
    "service.fortiguard.net": ("173.243.138.194", "2620:101:9005:138::194"),
    "globalguardservice.fortinet.net": ("173.243.140.16", "2620:101:9005:140::16"),
    "msgctrl1.fortinet.com": ("173.243.138.70", "2620:101:9005:138::70"),
    "globalmsgctrl.fortinet.net": ("173.243.140.7", "2620:101:9005:140::7"),
    "forticlient.fortinet.net": ("208.91.114.51", "2620:101:9005:114::51"),
    "globalsdns.fortinet.net": ("96.45.45.45", "2620:101:9005:45::45"),
}
RESOLVERS = (("203.0.113.53", "2001:db8:53::53"), ("203.0.113.54", "2001:db8:53::54"))
# What a split horizon leads to.
INSIDE = ("10.9.0.1", "fd00:9::1")
# FortiGuard's second resolver, which no name leads to; and the page of its DNS filter.
OTHER_ADDRESSES = (("96.45.46.46", "2620:101:9005:46::46"), ("208.91.112.55", "2620:101:9005:112::55"),
                   INSIDE)

ADDRESSES = {
    "client": ("10.1.0.10", "fd00:1::10"),
    "site": ("10.1.0.1", "fd00:1::1", "62.2.2.1", "2a02:2::1"),
    "provider": ("62.2.2.2", "2a02:2::2", "62.2.3.1", "2a02:3::1"),
    "transit": ("62.2.3.2", "2a02:3::2", "62.2.4.1", "2a02:4::1"),
    "services": ("62.2.4.2", "2a02:4::2"),
}

# The second of two paths, where a scenario has it.
SECOND_PATH = {"provider": ("62.2.30.1", "2a02:30::1"), "transit": ("62.2.30.2", "2a02:30::2")}


def host_of(address):
    """The host of the lab that has it; None: none has."""
    for host in HOSTS:
        if address in (*all_addresses(host), *SECOND_PATH.get(host, ())):
            return host
    return None


def all_addresses(host):
    more = (*ZONE.values(), *RESOLVERS, *OTHER_ADDRESSES) if host == "services" else ()
    return [*ADDRESSES[host], *(address for pair in more for address in pair)]


def resolver_addresses(host):
    """Those that DNS is asked at. The services' other addresses leave port 53 to whoever else wants it."""
    if host != "services":
        return all_addresses(host)
    return [address for pair in (*RESOLVERS, ZONE["globalsdns.fortinet.net"], OTHER_ADDRESSES[0]) for address in pair]


# Where a packet filter's rules go: hook, type and priority of the chain. `early` comes before connections are tracked.
CHAINS = {
    "early": ("prerouting", "filter", "-300"),
    "prerouting": ("prerouting", "filter", "-150"),
    "nat": ("prerouting", "nat", "-100"),
    "input": ("input", "filter", "0"),
    "forward": ("forward", "filter", "0"),
    "output": ("output", "filter", "0"),
    "postrouting": ("postrouting", "filter", "0"),
    "nat_output": ("output", "nat", "-100"),
    "nat_postrouting": ("postrouting", "nat", "100"),
}


def family_of(address):
    return ipaddress.ip_address(address).version


def prefixed(address):
    """An address on a link, as `ip` wants it."""
    return f"{address}/24" if family_of(address) == 4 else f"{address}/64"


def lines_of(host):
    """The commands for `ip -batch` that make a host's own part of the network. Both ends of each link are made by the
    host that is nearer to the client; its peer is in the other's namespace from the beginning."""
    place = HOSTS.index(host)
    own = ADDRESSES[host]
    near, far = (own[:2], own[2:]) if 0 < place < 4 else ((), own) if place == 0 else (own, ())
    for interface, addresses in (("near", near), ("far", far)):
        if not addresses:
            continue
        for address in addresses:
            # Without duplicate address detection an address can be used at once.
            yield f"address add {prefixed(address)} dev {interface}" + (" nodad" if ":" in address else "")
        yield f"link set {interface} up"
    if place > 0:
        before = ADDRESSES[HOSTS[place - 1]][-2:]
        for network, gateway in zip(("10.1.0.0/24", "fd00:1::/64"), before):
            if place > 1:
                yield f"route add {network} via {gateway}"
        # What lies between, for packets from a router's own address on the far side.
        for link in range(2, place):
            yield f"route add 62.2.{link}.0/24 via {before[0]}"
            yield f"route add 2a02:{link}::/64 via {before[1]}"
    if place < 4:
        after = ADDRESSES[HOSTS[place + 1]][:2]
        yield f"route add 0.0.0.0/0 via {after[0]}"
        yield f"route add ::/0 via {after[1]}"
    else:
        # What it does not have is lost here, without a word.
        yield "route add blackhole 0.0.0.0/0"
        yield "route add blackhole ::/0"
        for address in all_addresses(host)[2:]:
            yield f"address add {address}/128 dev lo nodad" if ":" in address else f"address add {address}/32 dev lo"


# The two ends of a veth pair with the same number look to the kernel like a device that is stacked on nothing, and it
# takes up to a second to notice that such a link is up. So one end gets a number that the other never has.
FAR_INDEX = 10
# A link-local address that is still being looked for elsewhere cannot ask for a neighbour.
WITHOUT_DAD = """
for file in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 >"$file"; done
"""
FORWARDING = """
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
"""


class Topology(networks.Closing):
    """One network, complete. `prefix` of a host runs a command there."""

    def __init__(self):
        self.hosts = {}
        with contextlib.ExitStack() as stack:
            with concurrent.futures.ThreadPoolExecutor(len(HOSTS)) as pool:
                for host, namespace in zip(HOSTS, pool.map(lambda _: networks.Namespace(), HOSTS)):
                    self.hosts[host] = stack.enter_context(namespace)
            for place, host in enumerate(HOSTS):
                script = FORWARDING if 0 < place < 4 else ""
                if place < 4:
                    script += (f"ip link add far index {FAR_INDEX} type veth "
                               f"peer name near netns {self.hosts[HOSTS[place + 1]].pid}\n")
                script += WITHOUT_DAD
                self.hosts[host].run("sh", "-ec", f"{script}ip -batch -", text="\n".join(lines_of(host)) + "\n")
            networks.eventually(lambda: all(self.is_up(host) for host in HOSTS), "all links are up")
            self.stack = stack.pop_all()

    def is_up(self, host):
        """Whether every interface has its link-local address, and none is still being looked for elsewhere."""
        with open(f"/proc/{self.hosts[host].pid}/net/if_inet6", encoding="ascii") as file:
            entries = [line.split() for line in file]
        tentative = 0x40
        ready = {name for address, _, _, _, flags, name in entries
                 if address.startswith("fe80") and not int(flags, 16) & tentative}
        return ready == {"near", "far"} - {"near" if host == "client" else "far" if host == "services" else ""}

    def prefix(self, host):
        return self.hosts[host].prefix

    def add_second_path(self):
        """Two equal paths from the provider to the transit, chosen by addresses and ports. Each says which it is by the
        address that its messages come from (IPv4; the kernel cannot do that for IPv6)."""
        provider, transit = self.hosts["provider"], self.hosts["transit"]
        provider.shell(f"ip link add far2 index {FAR_INDEX + 1} type veth peer name near2 netns {transit.pid}")
        ends = ((provider, "far2", SECOND_PATH["provider"]), (transit, "near2", SECOND_PATH["transit"]))
        for namespace, interface, (address, address6) in ends:
            namespace.shell(f"{WITHOUT_DAD}ip address add {address}/24 dev {interface}\n"
                            f"ip address add {address6}/64 dev {interface} nodad\nip link set {interface} up")
        first, second = ADDRESSES["transit"][:2], SECOND_PATH["transit"]
        provider.shell(f"""
            echo 1 >/proc/sys/net/ipv4/fib_multipath_hash_policy
            echo 1 >/proc/sys/net/ipv6/fib_multipath_hash_policy
            ip route replace default nexthop via {first[0]} nexthop via {second[0]}
            ip -6 route replace default nexthop via {first[1]} nexthop via {second[1]}""")
        transit.shell("echo 1 >/proc/sys/net/ipv4/icmp_errors_use_inbound_ifaddr")

    def filter_content(self, host, name, do):
        """A rule for the greetings in which a server name stands, wherever in them it does: nftables compares bytes at
        a place, and 16 of them at once."""
        wanted = name.encode()[:16]
        self.rules(host, {"forward": [f"tcp dport 443 @ih,{place * 8},{len(wanted) * 8} 0x{wanted.hex()} {do}"
                                      for place in range(60, 240)]})

    def rules(self, host, chains):
        """Adds rules of nftables: chain (a key of CHAINS, or `tables` for whole tables) -> rules."""
        text = ""
        for chain, rules in chains.items():
            if chain == "tables":
                text += rules + "\n"
                continue
            hook, kind, priority = CHAINS[chain]
            lines = "\n".join(f"    {rule}" for rule in rules)
            text += (f"table inet {chain} {{\n  chain rules {{\n    type {kind} hook {hook} priority {priority};\n"
                     f"{lines}\n  }}\n}}\n")
        self.hosts[host].run("nft", "-f", "-", text=text)

    def listens(self, host, transport, port):
        """Whether somebody has bound the port there, as the namespace's own list of sockets says."""
        wanted = f":{port:04X}"
        for suffix in ("", "6"):
            with open(f"/proc/{self.hosts[host].pid}/net/{transport}{suffix}", encoding="ascii") as file:
                for line in file.readlines()[1:]:
                    _, local, _, state = line.split()[:4]
                    # 0A: LISTEN; 07: the one state of UDP sockets that are not connected.
                    if local.endswith(wanted) and state == ("0A" if transport == "tcp" else "07"):
                        return True
        return False

    def close(self):
        self.stack.close()
