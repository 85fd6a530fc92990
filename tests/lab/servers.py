"""Whoever answers in the lab: real servers from Debian's packages, and scripted ones where no real one misbehaves so.

A scenario's [[serve]] says `what` (a key of SERVERS), on which `host` (services, where nothing is said), at which
`ports`, and what else that server wants to know.
"""

import datetime
import json
import pathlib
import subprocess
import sys
import threading

import networks
import pki
import topology

HERE = pathlib.Path(__file__).resolve().parent


def stamp(days):
    """A day, counted from today, as a certificate has it."""
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return moment.strftime("%Y%m%d%H%M%SZ")


def write_unbound(folder, listening, data):
    """The configuration of an unbound in the foreground that knows `data` and asks nobody."""
    (folder / "unbound.conf").write_text(f"""server:
{listening}username: ""
chroot: ""
directory: "{folder}"
pidfile: ""
use-syslog: no
verbosity: 1
do-daemonize: no
num-threads: 1
so-reuseport: no
module-config: "iterator"
access-control: 0.0.0.0/0 allow
access-control: ::/0 allow
local-zone: "." static
{data}remote-control:
control-enable: no
""", encoding="utf-8")


class Pki:
    """The lab's CAs and certificates, each made when it is first asked for: a stand-in for the public CAs, one for
    Fortinet's own, and the one that a company's inspection signs with."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.lock = threading.Lock()
        self.authorities = {}
        self.certificates = {}
        self.staples = {}

    def authority(self, name):
        with self.lock:
            return self._authority(name)

    # The one for the public CAs is called like one of them: a chain that stops short of it still says whose it is.
    def _authority(self, name):
        if name not in self.authorities:
            words = {"public": "DigiCert Lab", "fortinet": "Lab Fortinet", "inspection": "Corp Inspection"}
            self.authorities[name] = pki.Authority(self.folder / name, words[name])
        return self.authorities[name]

    def certificate(self, kind):
        with self.lock:
            if kind not in self.certificates:
                self.certificates[kind] = self._make(kind)
                # Whoever serves it may be an ordinary user.
                self.certificates[kind].key.chmod(0o644)
            return self.certificates[kind]

    def _make(self, kind):
        names = list(topology.ZONE)
        if kind in ("fortinet", "inspection"):
            return self._authority(kind).issue(*names, common_name=names[0])
        authority = self._authority("public")
        match kind:
            case "public":
                return authority.issue(*names, common_name=names[0])
            case "revoked":
                return authority.issue(*names, common_name=names[0])
            case "expired":
                return authority.issue(*names, common_name=names[0], start="20200101000000Z", end="20210101000000Z")
            case "future":
                return authority.issue(*names, common_name=names[0], start="20480101000000Z", end="20490101000000Z")
            case "for-ten-days":  # out of date for a clock that is three weeks fast
                return authority.issue(*names, common_name=names[0], start=stamp(-10), end=stamp(10))
            case "since-ten-days":  # not yet valid for a clock that is three weeks slow
                return authority.issue(*names, common_name=names[0], start=stamp(-10), end=stamp(300))
            case "other-name":
                return authority.issue("www.block-page.example", common_name="www.block-page.example")
            case "self-signed":
                return authority.self_signed(*names, common_name=names[0])
            case "incomplete":
                return authority.issue(*names, common_name=names[0], with_intermediate=False)
        raise AssertionError(f"no certificate of the lab is called {kind}")

    def staple(self, kind, state):
        """The file of an OCSP answer about a certificate: good, revoked or stale."""
        certificate = self.certificate(kind)
        with self.lock:
            if (kind, state) not in self.staples:
                authority = self._authority("public")
                if state == "revoked":
                    authority.revoke(certificate)
                self.staples[kind, state] = authority.staple(certificate, state, 30 if state == "stale" else 0)
            return self.staples[kind, state]


class Servers:
    """What runs in one topology. All of it ends with `stack`."""

    def __init__(self, network, folder, family, zone, authorities, stack):
        self.network, self.folder, self.family, self.pki, self.stack = network, folder, family, authorities, stack
        self.zone = zone
        self.sites = {}  # host -> the servers of its nginx, and their ports
        self.count = 0

    def make_folder(self, name):
        self.count += 1
        folder = self.folder / f"{self.count}-{name}"
        folder.mkdir()
        folder.chmod(0o777)
        return folder

    def start(self, host, command, log=None):
        """Starts a program on a host; it ends with the topology."""
        output = self.stack.enter_context(open(log, "wb")) if log else subprocess.PIPE
        process = subprocess.Popen([*self.network.prefix(host), *[str(one) for one in command]], stdin=subprocess.PIPE, stdout=output,
                                   stderr=output if log else None)

        def end():
            process.kill()
            process.wait()
            process.stdin.close()
            if not log:
                process.stdout.close()

        self.stack.callback(end)
        return process

    def wait_for(self, process, host, ports, log):
        """Until all of them are bound: transport/number."""

        def ready():
            if process.poll() is not None:
                raise AssertionError(f"{process.args} ended: {log.read_text(errors='replace')}")
            return all(self.network.listens(host, *port.split("/")[:1], int(port.split("/")[1])) for port in ports)

        networks.eventually(ready, f"{ports} on {host}")

    def serve(self, what, host="services", **options):
        SERVERS[what](self, host, **options)

    def finish(self):
        """To be called once everything has been served: one nginx for all its sites on a host."""
        for host, servers in self.sites.items():
            self.start_nginx(host, *servers)

    # --- scripted -----------------------------------------------------------------------------------------------------

    def script(self, host, ports, certificate="public"):
        zone = self.folder / "zone.json"
        zone.write_text(json.dumps({name: {"A": [one for one in addresses if ":" not in one],
                                           "AAAA": [one for one in addresses if ":" in one]}
                                    for name, addresses in self.zone.items()}), encoding="utf-8")
        own = self.pki.certificate(certificate)
        process = self.start(host, [sys.executable, "-S", "-E", "-B", HERE / "misbehaving.py", "--zone", zone,
                                    "--certificate", own.chain, "--key", own.key, *ports])
        if process.stdout.readline().strip() != b"ready":
            raise AssertionError(f"the scripted servers {ports} did not start")

    # --- nginx --------------------------------------------------------------------------------------------------------

    def https(self, host, ports, certificate="public", staple=None, answer="return 200 'here\\n';", only_for=None):
        """`only_for`: the one name that it serves; a greeting with another one, or none, meets an alert."""
        own = self.pki.certificate(certificate)
        words = f"ssl_certificate {own.chain}; ssl_certificate_key {own.key};"
        if staple:
            words += f" ssl_stapling on; ssl_stapling_file {self.pki.staple(certificate, staple)};"
        if only_for:
            self.http(host, ports, answer, " ssl", "ssl_reject_handshake on;")
            words += f" server_name {only_for};"
        self.http(host, ports, answer, " ssl", words)

    def http(self, host, ports, answer="return 200 'here\\n';", listen="", words=""):
        texts, bound = self.sites.setdefault(host, ([], set()))
        # nginx wants to be told only once that a port is for both families.
        listening = " ".join(f"listen [::]:{port}{'' if port in bound else ' ipv6only=off'}{listen};" for port in ports)
        texts.append(f"server {{ {listening} {words} location / {{ {answer} }} }}\n")
        bound.update(ports)

    def start_nginx(self, host, texts, bound):
        folder = self.make_folder("nginx")
        log = folder / "error.log"
        paths = "".join(f"{kind}_temp_path {folder}/{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "nginx.conf").write_text(
            f"user root;\ndaemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {log};\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{paths}{''.join(texts)}}}\n", encoding="utf-8")
        process = self.start(host, ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", log], folder / "output")
        self.wait_for(process, host, [f"tcp/{port}" for port in bound], log)

    # --- unbound ------------------------------------------------------------------------------------------------------

    def unbound(self, host, ports=(53,), tls_ports=(), certificate="public", names=None, zones=None):
        """`names`: what it says otherwise than the zone, name -> addresses. `zones`: name -> a type of local-zone that
        says how it refuses."""
        folder = self.make_folder("unbound")
        own = self.pki.certificate(certificate)
        log = folder / "log"
        data = ""
        for name, addresses in {**self.zone, **(names or {})}.items():
            if name in (zones or {}):
                continue
            data += f'local-zone: "{name}." static\n'
            for address in addresses:
                kind = "A" if topology.family_of(address) == 4 else "AAAA"
                data += f'local-data: "{name}. 60 {kind} {address}"\n'
            # A name that exists and has no address.
            data += f'local-data: "{name}. 60 TXT lab"\n' if not addresses else ""
        for name, kind in (zones or {}).items():
            data += f'local-zone: "{name}." {kind}\n'
        # Each address apart, or its answers would leave from another one than was asked.
        interfaces = "".join(f"interface: {address}@{port}\n" for port in (*ports, *tls_ports)
                             for address in topology.resolver_addresses(host))
        tls = f'tls-service-key: "{own.key}"\ntls-service-pem: "{own.chain}"\n' if tls_ports else ""
        tls += "".join(f"tls-port: {port}\n" for port in tls_ports)
        write_unbound(folder, interfaces + tls, data)
        process = self.start(host, ["unbound", "-d", "-p", "-c", folder / "unbound.conf"], log)
        self.wait_for(process, host, [*[f"{kind}/{port}" for port in ports for kind in ("udp", "tcp")],
                                      *[f"tcp/{port}" for port in tls_ports]], log)

    # --- proxies, and TLS that wants more -----------------------------------------------------------------------------

    def squid(self, host, ports=(3128,), rules=("http_access allow all",), resolver=None):
        folder = self.make_folder("squid")
        log = folder / "cache.log"
        log.touch()
        log.chmod(0o666)
        listening = "".join(f"http_port {port}\n" for port in ports)
        text = "\n".join(rules).replace("{folder}", str(folder))
        (folder / "hosts").write_text("".join(f"{address} {name}\n" for name, addresses in self.zone.items()
                                              for address in addresses), encoding="ascii")
        (folder / "squid.conf").write_text(f"""{listening}pid_filename none
cache deny all
cache_mem 8 MB
cache_log {log}
access_log none
coredump_dir {folder}
visible_hostname proxy.lab
hosts_file {folder}/hosts
dns_nameservers {resolver or "127.0.0.1"}
shutdown_lifetime 0 seconds
netdb_filename none
pinger_enable off
max_filedescriptors 256
{text}
""", encoding="utf-8")
        process = self.start(host, [*networks.not_root(), "squid", "-N", "-f", folder / "squid.conf"],
                             folder / "output")
        self.wait_for(process, host, [f"tcp/{port}" for port in ports], log)

    def inspecting_squid(self, host, ports):
        """It takes over connections that are redirected to it, and signs anew what it finds behind them."""
        folder = self.make_folder("inspecting")
        inspector = self.pki.authority("inspection")
        generator = "/usr/lib/squid/security_file_certgen"
        database = folder / "certificates"
        key = folder / "inspector.key"
        key.write_bytes((inspector.folder / "ca.key").read_bytes())
        key.chmod(0o644)
        subprocess.run([*networks.not_root(), generator, "-c", "-s", database, "-M", "4MB"], check=True,
                       stdout=subprocess.DEVNULL)
        listening = [f"https_port {port} intercept ssl-bump tls-cert={inspector.folder}/ca.pem tls-key={key} "
                     "generate-host-certificates=on" for port in ports]
        # Without a port of the ordinary kind it does not start.
        self.squid(host, [3128], [
            *listening, f"sslcrtd_program {generator} -s {database} -M 4MB", "sslcrtd_children 1 startup=1 idle=1",
            f"tls_outgoing_options cafile={self.pki.authority('public').root}", "acl step1 at_step SslBump1",
            "ssl_bump peek step1", "ssl_bump bump all", "http_access allow all", "host_verify_strict off"])

    def stunnel(self, host, ports, certificate="public"):
        """It wants a client's certificate, and ends the handshake when it gets none."""
        folder = self.make_folder("stunnel")
        own = self.pki.certificate(certificate)
        log = folder / "log"
        services = "".join(f"[port{port}]\naccept = :::{port}\nconnect = 127.0.0.1:9\ncert = {own.chain}\n"
                           f"key = {own.key}\nCAfile = {self.pki.authority('fortinet').root}\nverifyChain = yes\n"
                           f"requireCert = yes\n" for port in ports)
        (folder / "stunnel.conf").write_text(f"foreground = yes\npid =\nsyslog = no\n{services}", encoding="utf-8")
        process = self.start(host, ["stunnel4", folder / "stunnel.conf"], log)
        self.wait_for(process, host, [f"tcp/{port}" for port in ports], log)

    def s_server(self, host, ports, certificate="public", options=()):
        folder = self.make_folder("s_server")
        own = self.pki.certificate(certificate)
        log = folder / "log"
        chain = ["-cert_chain", own.intermediate] if own.intermediate else []
        for port in ports:
            process = self.start(host, ["openssl", "s_server", "-accept", port, "-cert", own.leaf, "-key",
                                        own.key, "-cert2", own.leaf, "-key2", own.key, *chain, *options], log)
            self.wait_for(process, host, [f"tcp/{port}"], log)


SERVERS = {
    "script": Servers.script,
    "https": Servers.https,
    "http": Servers.http,
    "unbound": Servers.unbound,
    "squid": Servers.squid,
    "inspecting_squid": Servers.inspecting_squid,
    "stunnel": Servers.stunnel,
    "s_server": Servers.s_server,
}
