"""The documented world (world.toml) as a network: real servers for all of it on one host, and in front of that a provider
to which several sites are connected, side by side.

A site is two hosts, `client` and `site` (its firewall and its resolver), and is used again for one site after another:
only the firewall's rules change. The client of place N has 10.1.N.10 and fd00:1:N::10; from the site to the provider it
is 62.2.(100+N).0/30 and 2a02:(100+N)::/64. Nobody translates addresses, so the world knows by the address who asks, and
can be another world for one of them: a server is silent there, or shows a certificate from another CA (`Place.world`).
"""

import concurrent.futures
import contextlib
import dataclasses
import ipaddress
import pathlib
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import tomllib

import networks
import pki
import servers
import topology

HERE = pathlib.Path(__file__).resolve().parent
# What is spoken, and by whom.
SPOKEN = ("https", "http", "fgfm", "dns", "dot", "smtps", "smtp", "proxy", "ntp", "silent")
HOST_KEYS = {"names", "certified", "serial", "addresses", "ports", "signer", "or", "fgfm_signer", "staple", "asks",
             "documented"}
# Where hosts with another certificate listen; nobody gets there but through the world's own rules.
ELSEWHERE = ipaddress.ip_address("10.99.0.1")
# How long a server may take to bind its ports.
PATIENCE = 30.0


class Mistake(Exception):
    """A world that is not one."""


@dataclasses.dataclass
class Host:
    names: list
    addresses: list
    ports: dict  # transport/number -> what is spoken
    documented: str
    certified: list = dataclasses.field(default_factory=list)
    serial: str = ""
    signer: str = ""
    other: str = ""
    fgfm_signer: str = ""
    staple: bool = False
    asks: bool = False
    elsewhere: str = ""  # its address with a certificate of the other signer

    def speaks(self, *words):
        """Where it speaks one of them: (transport, address, port)."""
        for address in self.addresses:
            for port, word in self.ports.items():
                if word in words:
                    transport, number = port.split("/")
                    yield transport, address, int(number)


def read():
    """The hosts of world.toml."""
    with open(HERE / "world.toml", "rb") as file:
        text = tomllib.load(file)
    hosts, taken = [], {}
    for one in text["host"]:
        what = one.get("names") or one["addresses"]
        if unknown := set(one) - HOST_KEYS:
            raise Mistake(f"a host has no {', '.join(sorted(unknown))}: {what}")
        if unknown := set(one["ports"].values()) - set(SPOKEN):
            raise Mistake(f"nobody here speaks {', '.join(sorted(unknown))}: {what}")
        if not one.get("documented"):
            raise Mistake(f"it is not said where this is documented: {what}")
        host = Host(one["names"], one["addresses"], one["ports"], one["documented"], one.get("certified", []),
                    one.get("serial", ""), one.get("signer", ""), one.get("or", ""),
                    one.get("fgfm_signer", one.get("signer", "")), one.get("staple", False), one.get("asks", False))
        for thing in (*host.names, *host.addresses):
            if thing in taken:
                raise Mistake(f"two hosts are called {thing}")
            taken[thing] = host
        if host.other:
            host.elsewhere = str(ELSEWHERE + len(hosts))
        hosts.append(host)
    return hosts


class Certificates:
    """Of the world's hosts: a stand-in for the public CAs, and one for Fortinet's own, which is called like the real
    one. Whoever has no site file to say which CA it is knows it by that name only."""

    def __init__(self, folder):
        self.authorities = {
            "public": pki.Authority(folder / "public", "DigiCert Lab"),
            "fortinet": pki.Authority(folder / "fortinet", called=("fortinet-ca2", "fortinet-subca2001"),
                                      above="O = Fortinet\nOU = Certificate Authority\n"),
        }
        self.made = {}

    def of(self, host, signer):
        names = tuple([host.serial] if host.serial else [*host.names, *host.certified])
        if (names, signer) not in self.made:
            certificate = self.authorities[signer].issue(*names)
            # Whoever serves it may be an ordinary user.
            certificate.key.chmod(0o644)
            self.made[names, signer] = certificate
        return self.made[names, signer]

    def staple(self, host, signer):
        return self.authorities[signer].staple(self.of(host, signer))


def with_port(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def bound(namespace):
    """What is bound there: (transport, address, port), as the namespace's own lists of sockets say."""
    found = set()
    for transport in ("tcp", "udp"):
        for suffix in ("", "6"):
            with open(f"/proc/{namespace.pid}/net/{transport}{suffix}", encoding="ascii") as file:
                for line in file.readlines()[1:]:
                    _, local, _, state = line.split()[:4]
                    # 0A: LISTEN; 07: the one state of UDP sockets that are not connected.
                    if state != ("0A" if transport == "tcp" else "07"):
                        continue
                    digits, port = local.split(":")
                    words = [struct.pack("=I", int(digits[place:place + 8], 16)) for place in range(0, len(digits), 8)]
                    family = socket.AF_INET6 if suffix else socket.AF_INET
                    found.add((transport, socket.inet_ntop(family, b"".join(words)), int(port, 16)))
    return found


class Servers:
    """Everything that runs in the world, and each site's resolver. All of it ends with `stack`."""

    def __init__(self, hosts, folder, certificates, stack):
        self.hosts, self.folder, self.certificates, self.stack = hosts, folder, certificates, stack
        self.zone = {name: host.addresses for host in hosts for name in host.names}
        self.waiting = []  # (process, its log, namespace, what it has to bind)

    def make_folder(self, name):
        folder = self.folder / name
        folder.mkdir()
        folder.chmod(0o777)
        return folder

    def start(self, namespace, command, log, sockets):
        """Starts a program, and remembers what it has to bind before anybody is asked anything."""
        output = self.stack.enter_context(open(log, "wb"))
        process = subprocess.Popen([*namespace.prefix, *[str(one) for one in command]], stdin=subprocess.PIPE,
                                   stdout=output, stderr=output)

        def end():
            process.kill()
            process.wait()
            process.stdin.close()

        self.stack.callback(end)
        self.waiting.append((process, log, namespace, set(sockets)))

    def wait(self):
        for process, log, namespace, sockets in self.waiting:

            def ready(process=process, log=log, namespace=namespace, sockets=sockets):
                if process.poll() is not None:
                    raise AssertionError(f"{process.args} ended: {log.read_text(errors='replace')}")
                return sockets <= bound(namespace)

            networks.eventually(ready, f"{process.args[3:]} binds {sorted(sockets)}", PATIENCE)
        self.waiting.clear()

    def all(self, *words):
        """Where the world speaks one of these."""
        return [one for host in self.hosts for one in host.speaks(*words)]

    def start_world(self, namespace):
        self.web(namespace)
        self.device_certificates(namespace)
        self.names(namespace, self.make_folder("dns"), {(address, port) for _, address, port in self.all("dns")},
                   [(host, address, port) for host in self.hosts for _, address, port in host.speaks("dot")])
        self.mail(namespace)
        self.proxy(namespace)
        small = [f"{word}/{address}/{port}" for word in ("silent", "ntp") for _, address, port in self.all(word)]
        self.start(namespace, [sys.executable, "-S", "-E", "-B", HERE / "small_servers.py", *small],
                   self.folder / "small.log", self.all("silent", "ntp"))

    # --- nginx --------------------------------------------------------------------------------------------------------

    def web(self, namespace):
        folder = self.make_folder("nginx")
        log = folder / "error.log"
        sites, sockets = "", []
        for host in self.hosts:
            plain, secure = list(host.speaks("http")), list(host.speaks("https"))
            if plain:
                sites += f"server {{ {self.listening(plain)} location / {{ return 200 'here\\n'; }} }}\n"
            if secure:
                sites += self.secure_site(host, host.signer, secure)
            sockets += plain + secure
            if secure and host.elsewhere:
                moved = {(transport, host.elsewhere, port) for transport, _, port in secure}
                sites += self.secure_site(host, host.other, moved)
                sockets += moved
        paths = "".join(f"{kind}_temp_path {folder}/{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(
            f"user root;\ndaemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {log};\n"
            f"events {{}}\nhttp {{\naccess_log off;\nssl_protocols TLSv1.2 TLSv1.3;\n{paths}{sites}}}\n", encoding="utf-8")
        self.start(namespace, ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", log], folder / "output", sockets)

    @staticmethod
    def listening(sockets, words=""):
        return " ".join(f"listen {with_port(address, port)}{words};" for _, address, port in sockets)

    def secure_site(self, host, signer, sockets):
        own = self.certificates.of(host, signer)
        words = f"ssl_certificate {own.chain}; ssl_certificate_key {own.key};"
        if host.staple:
            words += f" ssl_stapling on; ssl_stapling_file {self.certificates.staple(host, signer)};"
        if host.asks:
            words += " ssl_verify_client optional_no_ca;"
        return (f"server {{ {self.listening(sockets, ' ssl')} {words} "
                "location / { return 200 'here\\n'; } }\n")

    # --- stunnel ------------------------------------------------------------------------------------------------------

    def device_certificates(self, namespace):
        """It wants a device's certificate, and ends the handshake when it gets none."""
        folder = self.make_folder("stunnel")
        text, sockets = "foreground = yes\npid =\nsyslog = no\n", []
        for host in self.hosts:
            for transport, address, port in host.speaks("fgfm"):
                own = self.certificates.of(host, host.fgfm_signer)
                text += (f"[{len(sockets)}]\naccept = {address}:{port}\nconnect = 127.0.0.1:9\ncert = {own.chain}\n"
                         f"key = {own.key}\nCAfile = {self.certificates.authorities['fortinet'].root}\n"
                         "verifyChain = yes\nrequireCert = yes\n")
                sockets.append((transport, address, port))
        (folder / "stunnel.conf").write_text(text, encoding="utf-8")
        self.start(namespace, ["stunnel4", folder / "stunnel.conf"], folder / "log", sockets)

    # --- unbound ------------------------------------------------------------------------------------------------------

    def names(self, namespace, folder, plain, secure=()):
        """Whoever answers DNS: `plain` is addresses and ports, `secure` (host, address, port) with the certificate of
        the one host that they all are."""
        data = ""
        for name, addresses in self.zone.items():
            data += f'local-zone: "{name}." static\n'
            for address in addresses:
                kind = "A" if topology.family_of(address) == 4 else "AAAA"
                data += f'local-data: "{name}. 60 {kind} {address}"\n'
        every = [*plain, *((address, port) for _, address, port in secure)]
        listening = "".join(f"interface: {address}@{port}\n" for address, port in every)
        if secure:
            own = self.certificates.of(secure[0][0], secure[0][0].signer)
            listening += f'tls-service-key: "{own.key}"\ntls-service-pem: "{own.chain}"\n'
            listening += "".join(f"tls-port: {port}\n" for port in {port for _, _, port in secure})
        servers.write_unbound(folder, listening, data)
        sockets = [(transport, address, port) for address, port in plain for transport in ("udp", "tcp")]
        sockets += [("tcp", address, port) for _, address, port in secure]
        self.start(namespace, ["unbound", "-d", "-p", "-c", folder / "unbound.conf"], folder / "log", sockets)

    # --- mail ---------------------------------------------------------------------------------------------------------

    def mail(self, namespace):
        relays = [host for host in self.hosts if list(host.speaks("smtps", "smtp"))]
        if networks.has_several_users():
            self.exim(namespace, relays)
        else:
            self.small_mail(namespace, relays)

    def exim(self, namespace, relays):
        folder = self.make_folder("exim")
        sockets = [one for host in relays for one in host.speaks("smtps", "smtp")]
        tls_first = {port for host in relays for _, _, port in host.speaks("smtps")}
        certificate, key = "", ""
        for host in relays:
            own = self.certificates.of(host, host.signer)
            for address in host.addresses:
                condition = f"${{if eq{{$received_ip_address}}{{{address.replace(':', '::')}}}"
                certificate += f"{condition}{{{own.chain}}}}}"
                key += f"{condition}{{{own.key}}}}}"
        listening = " ; ".join(f"{address}.{port}" for _, address, port in sockets)
        (folder / "exim.conf").write_text(
            f"spool_directory = {folder}\nlog_file_path = {folder}/%s\nprimary_hostname = relay.example\n"
            f"keep_environment =\nlocal_interfaces = <; {listening}\n"
            f"tls_on_connect_ports = {' : '.join(str(port) for port in sorted(tls_first))}\n"
            f"tls_advertise_hosts = *\ntls_certificate = {certificate}\ntls_privatekey = {key}\n"
            # No name is looked up, and nobody is asked who the client is.
            "host_lookup =\nrfc1413_hosts =\nacl_smtp_connect = accept\n", encoding="utf-8")
        shutil.chown(folder, "Debian-exim", "Debian-exim")
        self.start(namespace, ["exim4", "-C", folder / "exim.conf", "-bdf", "-oP", folder / "pid"], folder / "output",
                   sockets)

    def small_mail(self, namespace, relays):
        """Exim wants a user of its own; where there is only one, stunnel and a small server stand in for it."""
        folder = self.make_folder("mail")
        behind = ("tcp", "127.0.0.1", 10025)
        text, sockets = "foreground = yes\npid =\nsyslog = no\n", []
        for host in relays:
            own = self.certificates.of(host, host.signer)
            for word in ("smtps", "smtp"):
                for transport, address, port in host.speaks(word):
                    text += (f"[{len(sockets)}]\naccept = {address}:{port}\nconnect = {behind[1]}:{behind[2]}\n"
                             f"cert = {own.chain}\nkey = {own.key}\n{'protocol = smtp' if word == 'smtp' else ''}\n")
                    sockets.append((transport, address, port))
        (folder / "stunnel.conf").write_text(text, encoding="utf-8")
        self.start(namespace, [sys.executable, "-S", "-E", "-B", HERE / "small_servers.py",
                               f"smtp/{behind[1]}/{behind[2]}"], folder / "small.log", [behind])
        self.start(namespace, ["stunnel4", folder / "stunnel.conf"], folder / "log", sockets)

    # --- squid --------------------------------------------------------------------------------------------------------

    def proxy(self, namespace):
        folder = self.make_folder("squid")
        sockets = self.all("proxy")
        log = folder / "cache.log"
        log.touch()
        log.chmod(0o666)
        (folder / "hosts").write_text("".join(f"{address} {name}\n" for name, addresses in self.zone.items()
                                              for address in addresses), encoding="ascii")
        listening = "".join(f"http_port {with_port(address, port)}\n" for _, address, port in sockets)
        (folder / "squid.conf").write_text(f"""{listening}pid_filename none
cache deny all
cache_mem 8 MB
cache_log {log}
access_log none
coredump_dir {folder}
visible_hostname proxy.example
hosts_file {folder}/hosts
dns_nameservers 127.0.0.1
shutdown_lifetime 0 seconds
netdb_filename none
pinger_enable off
max_filedescriptors 256
acl update_ports port 443 8890
http_access allow CONNECT update_ports
http_access deny all
""", encoding="utf-8")
        self.start(namespace, [*networks.not_root(), "squid", "-N", "-f", folder / "squid.conf"], folder / "output",
                   sockets)


class Place:
    """A client behind its site's firewall, for one site after another."""

    def __init__(self, number, client, site, world):
        self.number, self.client, self.site, self.world_host = number, client, site, world
        self.resolver = f"10.1.{number}.1"

    @property
    def sources(self):
        return f"10.1.{self.number}.0/24", f"fd00:1:{self.number}::/64"

    @staticmethod
    def replace(namespace, name, text):
        """A table of nftables in place of the one that was there."""
        namespace.run("nft", "-f", "-", text=f"table inet {name}\ndelete table inet {name}\ntable inet {name} {{\n{text}}}\n")

    def firewall(self, openings, otherwise):
        """It lets out what the rules of `openings` match, and does `otherwise` with the rest."""
        lines = "".join(f"    {rule} accept\n" for rule in openings)
        self.replace(self.site, "firewall", f"""  chain forward {{
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
{lines}    iifname "near" {otherwise}
  }}
""")

    def world(self, hosts, silent, signed):
        """What is otherwise in the world for whoever asks from here. `silent`: `ADDRESS TRANSPORT/PORT`, packets to
        which arrive and are not answered. `signed`: a host's name -> who signs there."""
        by_name = {name: host for host in hosts for name in host.names}
        moved, ignored = "", ""
        for name, signer in signed.items():
            host = by_name[name]
            if signer != host.other:
                raise Mistake(f"{name} is not also signed by {signer}")
            for transport, address, port in host.speaks("https"):
                moved += f"    ip saddr {self.sources[0]} ip daddr {address} {transport} dport {port} dnat ip to {host.elsewhere}\n"
        for one in silent:
            address, port = one.split()
            transport, number = port.split("/")
            ignored += f"    ip saddr {self.sources[0]} ip daddr {address} {transport} dport {number} drop\n"
        self.replace(self.world_host, f"place{self.number}", f"""  chain moved {{
    type nat hook prerouting priority -100;
{moved}  }}
  chain ignored {{
    type filter hook input priority 0;
{ignored}  }}
""")


class World(networks.Closing):
    """All of it, ready to be asked."""

    def __init__(self, places):
        self.hosts = read()
        self.by_name = {name: host for host in self.hosts for name in host.names}
        with contextlib.ExitStack() as stack:
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fdnprobe-world-"))
            stack.callback(shutil.rmtree, self.folder, True)
            self.folder.chmod(0o755)
            self.certificates = Certificates(self.folder)
            self.connect(places, stack)
            running = Servers(self.hosts, self.folder, self.certificates, stack)
            running.start_world(self.host)
            for place in self.places:
                running.names(place.site, running.make_folder(f"resolver-{place.number}"), {(place.resolver, 53)})
            running.wait()
            self.refuse_more()
            self.stack = stack.pop_all()

    def refuse_more(self):
        """Nothing may listen where no document has a port."""
        known = {one for host in self.hosts for one in host.speaks(*SPOKEN)}
        # DNS is for both transports, and unbound takes UDP where it only speaks TLS.
        known |= {(transport, address, port) for host in self.hosts for _, address, port in host.speaks("dns", "dot")
                  for transport in ("udp", "tcp")}
        inside = {host.elsewhere for host in self.hosts} | {"127.0.0.1"}
        # A proxy asks from UDP ports of its own, at no address in particular.
        more = {one for one in bound(self.host) - known
                if one[1] not in inside and (one[0] == "tcp" or one[1] not in ("0.0.0.0", "::"))}
        if more:
            raise Mistake(f"no document has these ports: {sorted(more)}")

    def addresses(self, name):
        """Of a host's name; an address stands for itself."""
        return self.by_name[name].addresses if name in self.by_name else [name]

    def connect(self, places, stack):
        with concurrent.futures.ThreadPoolExecutor(places) as pool:
            made = list(pool.map(lambda _: networks.Namespace(), range(2 + 2 * places)))
        for namespace in made:
            stack.enter_context(namespace)
        self.host, self.provider = made[:2]
        self.places = [Place(1 + number, made[2 + 2 * number], made[3 + 2 * number], self.host)
                       for number in range(places)]
        cable(self.provider, "far", self.host, "near")
        own = [*(address for host in self.hosts for address in host.addresses),
               *(host.elsewhere for host in self.hosts if host.elsewhere)]
        batch(self.host, "", [
            *link("near", "62.2.4.2/24", "2a02:4::2/64"), "route add default via 62.2.4.1",
            "route add default via 2a02:4::1",
            *(f"address add {address}/128 dev lo nodad" if ":" in address else f"address add {address}/32 dev lo"
              for address in own)])
        # What the world does not have arrives there all the same, and is lost without a word.
        lines = [*link("far", "62.2.4.1/24", "2a02:4::1/64"), "route add default via 62.2.4.2",
                 "route add default via 2a02:4::2"]
        for place in self.places:
            number = place.number
            cable(place.site, "far", self.provider, f"near{number}", topology.FAR_INDEX + number)
            cable(place.client, "far", place.site, "near")
            batch(place.client, "", [*link("far", f"10.1.{number}.10/24", f"fd00:1:{number}::10/64"),
                                     f"route add default via 10.1.{number}.1",
                                     f"route add default via fd00:1:{number}::1"])
            batch(place.site, topology.FORWARDING + UNLIMITED, [
                *link("near", f"10.1.{number}.1/24", f"fd00:1:{number}::1/64"),
                *link("far", f"62.2.{100 + number}.1/24", f"2a02:{100 + number}::1/64"),
                f"route add default via 62.2.{100 + number}.2", f"route add default via 2a02:{100 + number}::2"])
            lines += [*link(f"near{number}", f"62.2.{100 + number}.2/24", f"2a02:{100 + number}::2/64"),
                      f"route add 10.1.{number}.0/24 via 62.2.{100 + number}.1",
                      f"route add fd00:1:{number}::/64 via 2a02:{100 + number}::1"]
        batch(self.provider, topology.FORWARDING, lines)
        networks.eventually(lambda: all(is_up(namespace) for namespace in made), "all links are up")

    def close(self):
        self.stack.close()


# Of a firewall that says what it shuts, each packet gets its answer: which row is named must not depend on how many
# other checks had theirs in the same second.
UNLIMITED = """
echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
echo 0 >/proc/sys/net/ipv6/icmp/ratelimit
"""


def cable(one, one_end, other, other_end, index=topology.FAR_INDEX):
    one.run("ip", "link", "add", one_end, "index", str(index), "type", "veth", "peer", "name", other_end, "netns",
            str(other.pid))


def link(interface, *addresses):
    """The lines for `ip -batch` that give an interface its addresses."""
    return [*(f"address add {address} dev {interface}" + (" nodad" if ":" in address else "") for address in addresses),
            f"link set {interface} up"]


def batch(namespace, script, lines):
    namespace.run("sh", "-ec", f"{script}{topology.WITHOUT_DAD}ip -batch -", text="\n".join(lines) + "\n")


def is_up(namespace):
    """Whether every cable's end has its link-local address, and none is still being looked for elsewhere."""
    with open(f"/proc/{namespace.pid}/net/dev", encoding="ascii") as file:
        names = (line.split(":")[0].strip() for line in file.readlines()[2:])
        ends = {name for name in names if name.startswith(("near", "far"))}
    with open(f"/proc/{namespace.pid}/net/if_inet6", encoding="ascii") as file:
        entries = [line.split() for line in file]
    tentative = 0x40
    return ends <= {name for address, _, _, _, flags, name in entries
                    if address.startswith("fe80") and not int(flags, 16) & tentative}
