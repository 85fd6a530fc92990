"""Checks through an HTTP proxy: squid, open and not, and far ends that are no proxy at all."""

import base64
import contextlib
import json
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import time

import pki
import servers_test
import support

NAME = "service.example"
PASSWORD = "hunter2-and-more"
USER = "branch"


class Squid(support.Closing):
    """squid without a cache. `rules`: who may do what; `port_options`: of the listening port."""

    def __init__(self, folder, rules="http_access allow all", port_options="", port=None, address="127.0.0.1",
                 prefix=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        self.folder.chmod(0o777)
        self.port = port or support.free_port()
        self.address = address
        (self.folder / "squid.conf").write_text(f"""
http_port {address}:{self.port} {port_options}
pid_filename none
cache deny all
cache_mem 8 MB
cache_log {self.folder}/cache.log
logformat test %Ss/%03>Hs %rm %ru %un
access_log stdio:{self.folder}/access.log test
coredump_dir {self.folder}
visible_hostname proxy.test
hosts_file {self.folder}/hosts
dns_nameservers 127.0.0.1
shutdown_lifetime 0 seconds
netdb_filename none
pinger_enable off
max_filedescriptors 256
{rules}
""", encoding="utf-8")
        hosts = self.folder / "hosts"
        if not hosts.exists():
            hosts.write_text(f"127.0.0.1 {NAME}\n", encoding="ascii")
        self.process = subprocess.Popen(
            [*prefix, *support.not_root(), "squid", "-N", "-f", self.folder / "squid.conf"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        support.eventually(self.ready, "squid starts")

    def ready(self):
        if self.process.poll() is not None:
            raise AssertionError(f"squid does not start: {self.process.stderr.read().decode()}\n{self.words()}")
        return "Accepting" in self.words()

    def words(self):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "cache.log").read_text(encoding="utf-8", errors="replace")
        return ""

    def log(self):
        """What was asked of it: [result, method, target, user]; not the connections on which nothing was."""
        with contextlib.suppress(FileNotFoundError):
            lines = (self.folder / "access.log").read_text(encoding="utf-8").splitlines()
            return [line.split() for line in lines if " CONNECT " in line]
        return []

    def asked_for(self, port, before):
        """The first line about a port behind so many lines. Tunnels of earlier tests may get theirs at any time."""
        return support.eventually(
            lambda: next((line for line in self.log()[before:] if line[2].endswith(f":{port}")), None),
            f"a line about port {port} in the log")

    def logged(self, count):
        """The log, once it has as many lines: a tunnel gets its line when it ends."""
        return support.eventually(lambda: self.log() if len(self.log()) >= count else None, f"{count} lines in the log")

    @property
    def url(self):
        return f"http://{self.address}:{self.port}"

    def close(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(support.PATIENCE)
        self.process.stderr.close()


def password_rules(folder):
    """Rules that let nobody through but USER with PASSWORD."""
    done = subprocess.run(["openssl", "passwd", "-apr1", "-stdin"], input=PASSWORD.encode(), stdout=subprocess.PIPE,
                          check=True)
    file = pathlib.Path(folder) / "passwords"
    file.write_text(f"{USER}:{done.stdout.decode()}", encoding="ascii")
    return (f"auth_param basic program /usr/lib/squid/basic_ncsa_auth {file}\nauth_param basic realm test\n"
            "acl known proxy_auth REQUIRED\nhttp_access allow known\nhttp_access deny all")


class Proxied(servers_test.Servers):
    def through(self, url, rows, *options, names=(NAME,), pinned=True, network=None, **sections):
        """Checks rows through a proxy. `pinned`: the names are on loopback; else nobody here knows them."""
        ports = {tuple(row["ports"].lower().split("/")) for row in rows.values()}
        if pinned:
            sections.setdefault("hosts", support.pins(names, sorted(ports)))
        site = self.site(network={"proxy": url, **(network or {})}, **sections)
        return support.check("--targets", self.table(rows), "--site", site, "--timeout", "3", "--ca-file",
                             self.authority.root, *options)

    def credentials(self, text, mode=0o600):
        path = self.write("proxy.credentials", text)
        path.chmod(mode)
        return path

    def assert_no_secret(self, *results):
        """Neither the password nor what goes over the wire in its place is in anything that was printed."""
        secrets = [PASSWORD, "not-the-password", "Authorization: Basic"]
        for password in (PASSWORD, "not-the-password"):
            encoded = base64.b64encode(f"{USER}:{password}".encode()).decode()
            secrets += [encoded, encoded.encode().hex(), password.encode().hex(), encoded[:12]]
        for result in results:
            for secret in secrets:
                self.assertNotIn(secret, result.out + result.err)


class Open(Proxied):
    """A proxy that lets everybody through, to where something answers and to where nothing does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.squid = Squid(cls.common / "squid", rules="""
acl bad_port port 1-1023
acl closed_to_all dstdomain forbidden.example
http_access deny CONNECT bad_port
http_access deny closed_to_all
http_access allow all""")
        cls.addClassCleanup(cls.squid.close)

    def test_services(self):
        """TLS, a client certificate that is wanted, HTTP, a portal, a greeting: all of it as without a proxy."""
        nginx = servers_test.Nginx(self.folder / "nginx", self.authority.issue(NAME), self.authority.root)
        self.addCleanup(nginx.close)
        certificate = self.authority.issue(NAME)

        def greet(connection):
            connection.sendall(b"220 mail.example ESMTP\r\n")
            support.hold_open(connection)

        with support.Listener(greet) as mail, support.Listener(support.hold_open) as held, \
                servers_test.s_server(certificate, "-Verify", "1", "-verify_return_error") as wants:
            plain = nginx.ports["plain"]
            rows = {
                "tls": support.row("tls", nginx.ports["tls"], NAME),
                "wants-certificate": support.row("tls", wants, NAME),
                "http": support.row("http", plain, NAME),
                "portal": support.row("http", plain, NAME, path="/portal"),
                "page": support.row("captive-portal", 1000, NAME),
                "not-tls": support.row("tls", plain, NAME),
                "mail": support.row("smtp", mail.port, NAME),
                "tcp": support.row("tcp", held.port, NAME),
            }
            hosts = support.pins([NAME], [("tcp", row["ports"].split("/")[1]) for row in rows.values()])
            hosts[f"{NAME}:tcp/1000"] = f"127.0.0.1:{plain}"
            result = self.through(self.squid.url, rows, hosts=hosts)
        check = self.assert_verdict(result, "tls", "reachable", "answered")
        self.assertEqual(len(check["tls"]["chain"]), 2)
        self.assertEqual(check["attempts"][0]["proxy"], f"127.0.0.1:{self.squid.port}")
        self.assertEqual(check["address"], "127.0.0.1")
        self.assert_verdict(result, "wants-certificate", "reachable", "client-certificate-required")
        self.assertIn("200", self.assert_verdict(result, "http", "reachable", "answered")["summary"])
        self.assert_verdict(result, "portal", "intercepted", "captive-portal")
        self.assert_verdict(result, "page", "reachable", "answered")
        self.assert_verdict(result, "not-tls", "intercepted", "wrong-protocol")
        # The server speaks first, at once: its words come right behind the proxy's.
        self.assertIn("220", json.dumps(result.check_of("mail")["attempts"]))
        check = self.assert_verdict(result, "tcp", "reachable", "connected")
        self.assertEqual(check["confidence"], "likely")
        self.assertEqual(result.json["vantage"]["proxy"], self.squid.url)

    def test_what_stands_behind_it(self):
        """A port that the proxy does not let through, a place that it may not go to, one that refuses, and one that
        keeps silent."""
        with support.ClosedPort() as closed, support.SilentPort() as silent:
            rows = {
                "port": support.row("tcp", 541, NAME),
                "closed": support.row("tcp", closed.port, NAME),
                "silent": support.row("tcp", silent.port, NAME),
            }
            result = self.through(self.squid.url, rows)
            table = support.run("check", "--targets", self.table(rows), "--site", self.folder / "site.toml",
                                "--timeout", "1", "--explain")
        self.assert_exit(result, 1)
        check = self.assert_verdict(result, "port", "blocked", "proxy-denied")
        self.assertIn("403", check["summary"])
        self.assertIn("ERR_ACCESS_DENIED", check["summary"])
        self.assertEqual((check["confidence"], check["owner"], check["stage"]), ("proven", "proxy", "proxy"))
        self.assertIn("allow CONNECT", check["advice"])
        check = self.assert_verdict(result, "closed", "blocked", "proxy-denied")
        self.assertIn("503", check["summary"])
        self.assertIn("may not get there itself", check["summary"])
        self.assertEqual(check["confidence"], "likely")
        check = self.assert_verdict(result, "silent", "blocked", "proxy-unreachable")
        self.assertIn("waits for the destination", check["summary"])
        self.assertEqual(check["confidence"], "possible")
        self.assertIn("proxy-denied", table.out)

    def test_addresses_and_names(self):
        """The proxy's own log shows what it was asked for."""
        before = len(self.squid.log())
        with support.Listener(support.hold_open) as server:
            local = self.through(self.squid.url, {"one": support.row("tcp", server.port, NAME)})
            self.assert_verdict(local, "one", "reachable", "connected")
            self.assertEqual(self.squid.asked_for(server.port, before)[2], f"127.0.0.1:{server.port}")
        # Nobody here knows the name.
        with support.Listener(support.hold_open) as server:
            rows = {"one": support.row("tcp", server.port, NAME)}
            remote = self.through(self.squid.url, rows, pinned=False, network={"proxy_resolve": "remote"})
            check = self.assert_verdict(remote, "one", "reachable", "connected")
            self.assertIsNone(check["address"])
            self.assertIsNone(check["attempts"][0]["address"])
            self.assertEqual(self.squid.asked_for(server.port, before)[2], f"{NAME}:{server.port}")
            unresolved = self.through(self.squid.url, rows, "--resolver", "127.0.0.1:9", pinned=False)
            self.assertEqual(unresolved.check_of("one")["verdict"], "unresolved")
        # A literal address stays one.
        with support.Listener(support.hold_open) as server:
            self.through(self.squid.url, {"one": support.row("tcp", server.port)}, network={"proxy_resolve": "remote"})
            self.assertEqual(self.squid.asked_for(server.port, before)[2], f"127.0.0.1:{server.port}")

    def test_names_that_the_proxy_judges(self):
        rows = {
            "unknown": support.row("tls", 8443, "missing.example"),
            "forbidden": support.row("tls", 8444, "forbidden.example"),
        }
        result = self.through(self.squid.url, rows, pinned=False, network={"proxy_resolve": "remote"})
        self.assert_verdict(result, "forbidden", "blocked", "proxy-denied")
        check = self.assert_verdict(result, "unknown", "blocked")
        self.assertIn(check["cause"], ("proxy-denied", "proxy-unreachable"))

    def test_tls_with_a_name_that_the_proxy_looks_up(self):
        with servers_test.s_server(self.authority.issue(NAME)) as port:
            rows = {"one": support.row("tls", port, NAME)}
            result = self.through(self.squid.url, rows, pinned=False, network={"proxy_resolve": "remote"})
        check = self.assert_verdict(result, "one", "reachable", "answered")
        self.assertIs(check["tls"]["name_matches"], True)

    def test_udp_is_left_out(self):
        with support.DatagramServer(lambda query: [query]) as server, support.Listener(support.hold_open) as held:
            rows = {"udp": support.row("udp", server.port, NAME, "udp"), "tcp": support.row("tcp", held.port, NAME)}
            result = self.through(self.squid.url, rows)
            self.assertEqual(server.received, [])
        check = self.assert_verdict(result, "udp", "skipped", "not-applicable")
        self.assertIn("An HTTP proxy carries TCP only", check["summary"])
        self.assertEqual(result.rows["udp"]["state"], "unconfigured")
        self.assert_exit(result, 0)

    def test_option(self):
        """--proxy goes before the site file, and does without one."""
        with support.Listener(support.hold_open) as server, support.ClosedPort() as closed:
            table = self.table({"one": support.row("tcp", server.port)})
            result = support.check("--targets", table, "--proxy", self.squid.url)
            self.assert_verdict(result, "one", "reachable", "connected")
            site = self.site(network={"proxy": f"http://127.0.0.1:{closed.port}"})
            result = support.check("--targets", table, "--site", site, "--proxy", self.squid.url + "/")
            self.assert_verdict(result, "one", "reachable", "connected")
            result = support.check("--targets", table, "--site", site)
            self.assert_verdict(result, "one", "blocked", "proxy-unreachable")
            plan = support.run("list", "--targets", table, "--proxy", self.squid.url)
            self.assertIn(self.squid.url, plan.out)
        for wrong in ("proxy:3128", "http://proxy", "https://proxy:3128", "http://proxy:0"):
            self.assert_usage_error(support.run("check", "--proxy", wrong), "--proxy", wrong, "http://[USER@]HOST:PORT")
        # A password on the command line is not repeated.
        result = support.run("check", "--proxy", f"http://{USER}:{PASSWORD}@proxy:3128")
        self.assert_usage_error(result, "must not hold a password")
        self.assert_no_secret(result)
        self.assert_usage_error(support.run("check", "--proxy", f"http://{USER}@proxy:3128"), USER, "password",
                                "[secrets]")


class Passwords(Proxied):
    """A proxy that lets nobody through without Basic authentication."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.squid = Squid(cls.common / "squid", rules=password_rules(cls.common))
        cls.addClassCleanup(cls.squid.close)

    def setUp(self):
        super().setUp()
        self.serve()

    def serve(self):
        """What the rows go to from now on: by its port the proxy's log tells whose tunnel it was."""
        self.server = support.Listener(support.hold_open)
        self.addCleanup(self.server.close)

    def rows(self, count=1):
        return {f"row-{number}": support.row("tcp", self.server.port, f"{number}.{NAME}") for number in range(count)}

    def check_with(self, text, user="", count=1, *options):
        names = [f"{number}.{NAME}" for number in range(count)]
        url = self.squid.url.replace("//", f"//{user}@") if user else self.squid.url
        secrets = {} if text is None else {"proxy": str(self.credentials(text))}
        return self.through(url, self.rows(count), *options, names=names, secrets=secrets)

    def test_right(self):
        for text, user in ((f"{USER}:{PASSWORD}\n", ""), (f"{PASSWORD}\n", USER), (f"{USER}:{PASSWORD}\nolder\n", USER)):
            self.serve()
            before = len(self.squid.log())
            result = self.check_with(text, user)
            self.assert_verdict(result, "row-0", "reachable", "connected")
            self.assertEqual(self.squid.asked_for(self.server.port, before)[3], USER)
            self.assertEqual(result.json["vantage"]["proxy"], self.squid.url)
            self.assert_no_secret(result)

    def test_none(self):
        result = self.check_with(None)
        check = self.assert_verdict(result, "row-0", "blocked", "proxy-auth-required")
        self.assertEqual((check["confidence"], check["owner"], check["stage"]), ("proven", "proxy", "proxy"))
        self.assertIn("[secrets]", check["advice"])
        self.assert_exit(result, 1)

    def test_wrong(self):
        """A wrong password is offered once, however many checks there are: accounts are locked for less."""
        result = self.check_with(f"{USER}:not-the-password", count=12)
        offered = 0
        for number in range(12):
            check = self.assert_verdict(result, f"row-{number}", "blocked", "proxy-auth-required")
            offered += "although credentials were sent" in check["summary"]
        self.assertEqual(offered, 1)
        self.assert_no_secret(result)

    def test_nothing_shows_the_password(self):
        for text in (f"{USER}:{PASSWORD}", f"{USER}:not-the-password"):
            secrets = {"proxy": str(self.credentials(text))}
            rows = self.rows(3)
            site = self.site(network={"proxy": self.squid.url}, secrets=secrets,
                             hosts=support.pins([f"{number}.{NAME}" for number in range(3)],
                                                [("tcp", self.server.port)]))
            table = self.table(rows)
            results = [support.run("check", "--targets", table, "--site", site, *options)
                       for options in (["-v", "--explain"], ["--format", "json"], ["--format", "ndjson"])]
            results.append(support.run("list", "--targets", table, "--site", site, "-v"))
            results.append(support.run("validate", site))
            self.assert_no_secret(*results)
            self.assertIn("CONNECT 127.0.0.1:", results[0].out)
            self.assertIn("and the credentials", results[0].out)

    def test_not_sent_behind_the_proxy(self):
        """What a far end gets is its own."""
        heard = []

        def serve(connection):
            heard.append(connection.recv(65536))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        with support.Listener(serve) as server:
            rows = {"one": support.row("http", server.port, NAME)}
            result = self.through(self.squid.url, rows, secrets={"proxy": str(self.credentials(f"{USER}:{PASSWORD}"))})
        self.assert_verdict(result, "one", "reachable", "answered")
        self.assertEqual(len(heard), 1)
        self.assertIn(b"GET / HTTP/1.1", heard[0])
        self.assertNotIn(b"uthorization", heard[0])

    def test_unusable_files(self):
        rows = self.rows()
        for text, mode, said in ((f"{USER}:{PASSWORD}", 0o644, "others can read"), (PASSWORD, 0o600, "USER:PASSWORD"),
                                 ("\n", 0o600, "empty"), (f"{USER}:a\x07b", 0o600, "control characters")):
            site = self.site(network={"proxy": self.squid.url}, secrets={"proxy": str(self.credentials(text, mode))})
            result = support.run("check", "--targets", self.table(rows), "--site", site)
            self.assert_usage_error(result, "secrets.proxy", said)
            self.assert_no_secret(result)
        # Nobody to send them to: said, and no more.
        site = self.site(secrets={"proxy": str(self.credentials(f"{USER}:{PASSWORD}"))})
        result = support.run("list", "--targets", self.table(rows), "--site", site)
        self.assert_exit(result, 0)
        self.assertIn("no proxy", result.err)


class NoProxy(Proxied):
    """What stands in the proxy's place is not there, or is something else."""

    def many(self, url, *options, timeout=1.5):
        """A run of thirty checks; what all of them say."""
        table = self.table({f"row-{number}": support.row("tcp", 443, f"192.0.2.{number}") for number in range(1, 31)})
        result = support.check("--targets", table, "--proxy", url, "--timeout", timeout, *options)
        self.assert_exit(result, 1)
        checks = result.json["checks"]
        self.assertEqual(len(checks), 30)
        for check in checks:
            self.assertEqual((check["verdict"], check["cause"], check["stage"]),
                             ("blocked", "proxy-unreachable", "proxy"), check)
        return result, checks

    def assert_one_try(self, checks):
        """The evidence is one try's, with its times."""
        for check in checks:
            self.assertEqual(check["attempts"][0]["evidence"], checks[0]["attempts"][0]["evidence"])

    def test_refused(self):
        with support.ClosedPort() as closed:
            result, checks = self.many(f"http://127.0.0.1:{closed.port}")
            table = support.run("check", "--targets", self.folder / "table.toml", "--proxy",
                                f"http://127.0.0.1:{closed.port}")
        self.assert_one_try(checks)
        self.assertIn("refuses the connection", checks[0]["summary"])
        self.assertEqual(checks[0]["owner"], "proxy")
        self.assertIn("here and on the device", checks[0]["advice"])
        self.assertIn(f"The proxy at 127.0.0.1:{closed.port} cannot be used. (proxy-unreachable; 30 checks)", table.out)
        self.assertIn(f"1. Mend the way to the proxy first (127.0.0.1:{closed.port})", table.out)
        # Nothing has waited for its timeout.
        self.assertLess(result.json["elapsed_ms"], 1400)

    def test_silent(self):
        with support.SilentPort() as silent:
            result, checks = self.many(f"http://127.0.0.1:{silent.port}")
        self.assert_one_try(checks)
        self.assertIn("no answer in 1.5 s", checks[0]["summary"])
        # One try's patience, and not thirty.
        self.assertLess(result.json["elapsed_ms"], 8000)

    def test_unresolvable(self):
        # NXDOMAIN.
        with support.DatagramServer(lambda query: [query[:2] + b"\x81\x83" + query[4:]]) as resolver:
            _, checks = self.many("http://proxy.example:3128", "--resolver", f"127.0.0.1:{resolver.port}")
        self.assert_one_try(checks)
        self.assertIn("its name does not resolve (nxdomain", checks[0]["summary"])
        self.assertEqual(checks[0]["owner"], "resolver")

    def test_a_name_for_the_proxy(self):
        """It is looked up in the hosts file too, and an address that does not answer gives way to one that does."""
        with Squid(self.folder / "squid") as squid, support.Listener(support.hold_open) as server:
            hosts = self.write("hosts", "::1 proxy.example\n127.0.0.1 proxy.example\n")
            table = self.table({"one": support.row("tcp", server.port)})
            result = support.check("--targets", table, "--proxy", f"http://proxy.example:{squid.port}",
                                   prefix=support.with_file(hosts, "/etc/hosts"))
        check = self.assert_verdict(result, "one", "reachable", "connected")
        self.assertEqual(check["attempts"][0]["proxy"], f"127.0.0.1:{squid.port}")
        self.assertEqual(result.json["vantage"]["proxy"], f"http://proxy.example:{squid.port}")

    def test_no_way_to_it(self):
        """This host's own trouble stays its own."""
        table = self.table({"one": support.row("tcp", 443, "192.0.2.1")})
        check = self.assert_verdict(support.check("--targets", table, "--proxy", "http://192.0.2.8:3128"), "one",
                                    "local", "no-route")
        self.assertIn("to the proxy", check["summary"])

    def test_strangers(self):
        """What accepts the connection and is no proxy."""
        def reset(connection):
            connection.recv(65536)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        def say(text):
            def serve(connection):
                connection.recv(65536)
                connection.sendall(text)
            return serve

        for serve, said in (
                (reset, "reset"),
                (lambda connection: connection.recv(65536), "closed"),
                (support.hold_open, "said nothing"),
                (say(b"SSH-2.0-OpenSSH_9.2\r\n"), "'SSH-2.0-OpenSSH_9.2', which is not HTTP"),
                (say(b"\x1b[2J\x00\xff" * 1000), "\\x1b"),
                (say(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000), "and the head is too long"),
                (say(b"HTTP/1.1 200 Conn"), "has not come to its end"),
        ):
            with self.subTest(said=said), support.Listener(serve) as stranger:
                # All of these speak or close at once, but for one.
                timeout = 1.5 if serve is support.hold_open else 4
                result, checks = self.many(f"http://127.0.0.1:{stranger.port}", timeout=timeout)
                for check in checks:
                    self.assertIn(said, check["summary"])
                self.assert_clean_text(result.out.encode())
                # The look at the proxy, then each check's own try.
                self.assertLessEqual(stranger.accepted, 31)

    def test_interrupted(self):
        """A deadline ends the look at a proxy that does not answer."""
        with support.SilentPort() as silent:
            table = self.table({"one": support.row("tcp", 443, "192.0.2.1")})
            began = time.monotonic()
            result = support.check("--targets", table, "--proxy", f"http://127.0.0.1:{silent.port}", "--deadline",
                                   "0.3", "--timeout", "20")
        self.assertLess(time.monotonic() - began, 5)
        self.assert_verdict(result, "one", "local", "interrupted")


class Inspecting(Proxied):
    def test_certificates_signed_anew(self):
        """squid takes TLS apart and signs with a CA of its own."""
        folder = self.folder / "squid-ca"
        inspector = pki.Authority(folder)
        key, certificate = self.folder / "inspector.key", self.folder / "inspector.pem"
        shutil.copy(folder / "root.key", key)
        shutil.copy(inspector.root, certificate)
        shutil.copy(self.authority.root, self.folder / "root.pem")
        key.chmod(0o644)
        database = self.folder / "database"
        database.mkdir()
        database.chmod(0o777)
        generator = "/usr/lib/squid/security_file_certgen"
        subprocess.run([*support.not_root(), generator, "-c", "-s", database / "certificates", "-M", "4MB"], check=True,
                       stdout=subprocess.DEVNULL)
        rules = f"""
sslcrtd_program {generator} -s {database}/certificates -M 4MB
sslcrtd_children 2 startup=1 idle=1
tls_outgoing_options cafile={self.folder}/root.pem
acl step1 at_step SslBump1
ssl_bump peek step1
ssl_bump bump all
http_access allow all"""
        options = f"ssl-bump tls-cert={certificate} tls-key={key} generate-host-certificates=on"
        with Squid(self.folder / "squid", rules, options) as squid, \
                servers_test.s_server(self.authority.issue(NAME)) as port:
            rows = {"one": support.row("tls", port, NAME)}
            direct = self.trusted(rows)
            result = self.through(squid.url, rows)
            known = self.through(squid.url, rows, tls={"inspection_ca_files": [str(inspector.root)]})
        self.assert_verdict(direct, "one", "reachable", "answered")
        check = self.assert_verdict(result, "one", "intercepted", "tls-intercepted")
        self.assertIn("Throwaway Root CA", check["tls"]["chain"][0]["issuer"])
        self.assertIn("on the proxy first", check["advice"])
        self.assertEqual(self.assert_verdict(known, "one", "intercepted", "tls-intercepted")["confidence"], "proven")


class OnlyWayOut(Proxied):
    """client (10.83.1.2, no route) -- proxy (10.83.1.1 and 10.83.2.1) -- servers (10.83.2.2): the addresses that
    Fortinet's document names for use through a proxy pass it, and nothing else leaves."""

    NAMES = ("update.fortiguard.net", "service.fortiguard.net", "support.fortinet.com")
    PROXY, SERVER = "10.83.1.1", "10.83.2.2"

    def setUp(self):
        super().setUp()
        self.client, self.proxy, self.server = (support.Namespace() for _ in range(3))
        for one in (self.client, self.proxy, self.server):
            self.addCleanup(one.close)
        support.join(self.client, "lan0", self.proxy, "lan1")
        support.join(self.proxy, "wan0", self.server, "wan1")
        self.client.shell("ip address add 10.83.1.2/24 dev lan0; ip link set lan0 up")
        self.proxy.shell(f"ip address add {self.PROXY}/24 dev lan1; ip link set lan1 up\n"
                         "ip address add 10.83.2.1/24 dev wan0; ip link set wan0 up")
        self.server.shell(f"ip address add {self.SERVER}/24 dev wan1; ip link set wan1 up")
        self.hosts = self.write("hosts", "".join(f"{self.SERVER} {name}\n" for name in self.NAMES))
        self.serve()
        folder = self.folder / "squid"
        self.squid = Squid(folder, port=3128, address=self.PROXY, prefix=self.proxy.prefix,
                           rules=f"hosts_file {self.hosts}\nhttp_access allow all")
        self.addCleanup(self.squid.close)

    def serve(self):
        certificate = self.authority.issue(*self.NAMES)
        folder = self.folder / "nginx"
        folder.mkdir()
        paths = "".join(f"  {kind}_temp_path {folder}/{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;\n" if os.geteuid() == 0 else ""
        tls = f"ssl_certificate {certificate.chain}; ssl_certificate_key {certificate.key};"
        (folder / "nginx.conf").write_text(
            f"{user}daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{\n  access_log off;\n{paths}"
            f"  server {{ listen {self.SERVER}:443 ssl; listen {self.SERVER}:8890 ssl; {tls} }}\n"
            f"  server {{ listen {self.SERVER}:80; location / {{ return 200 'here'; }} }}\n}}\n", encoding="utf-8")
        process = subprocess.Popen(
            [*self.server.prefix, "nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

        def stop():
            process.terminate()
            process.communicate(timeout=support.PATIENCE)

        self.addCleanup(stop)
        support.eventually(lambda: all(f":{port} " in self.server.run("ss", "-ltn") for port in (80, 443, 8890)),
                           "nginx starts")

    def check(self, *options, remote=False, through=True, **sections):
        network = {"proxy": self.squid.url, "proxy_resolve": "remote" if remote else "local"} if through else {}
        site = self.site(network=network, tls={"fortinet_ca_files": [str(self.authority.root)]}, **sections)
        # Names are known here from the hosts file, or not at all.
        known = [] if remote else support.with_file(self.hosts, "/etc/hosts")
        return support.check("--site", site, "--timeout", "3", *options, prefix=[*self.client.prefix, *known])

    def test_names_of_the_document(self):
        rows = {name: support.row("tls", 443, name, trust="fortinet") for name in self.NAMES}
        rows["registration"] = support.row("http", 80, "support.fortinet.com")
        table = self.table(rows)
        own = {"dns": {"split_horizon": list(self.NAMES)}}  # these have inside addresses, in this test
        for remote in (False, True):
            with self.subTest(remote=remote):
                before = len(self.squid.log())
                result = self.check("--targets", table, remote=remote, **own)
                self.assert_exit(result, 0)
                for name in rows:
                    self.assert_verdict(result, name, "reachable", "answered")
                asked = {line[2] for line in self.squid.logged(before + len(rows))[before:]}
                wanted = {f"{name if remote else self.SERVER}:443" for name in self.NAMES}
                wanted.add(f"{'support.fortinet.com' if remote else self.SERVER}:80")
                self.assertEqual(asked, wanted)
        # Without the proxy nothing gets out.
        result = self.check("--targets", table, through=False, **own)
        for name in rows:
            self.assert_verdict(result, name, "local", "no-route")

    def test_shipped_rows(self):
        """The rows of the shipped table that have these names, by way of an address for FortiGuard."""
        result = self.check("--peer", f"FortiGuard={self.SERVER}", "--only", "AV/IPS Update", "--only", "Registration",
                            "--only", "outgoing/fortiguard/fortiguard-queries")
        said = {check["id"].split("/outgoing/fortiguard/")[1]: (check["verdict"], check["cause"])
                for check in result.json["checks"] if "/outgoing/fortiguard/" in check["id"]}
        self.assertEqual(said["av-ips-update/tcp-443/tls/update.fortiguard.net"], ("reachable", "answered"))
        self.assertEqual(said["av-ips-update/tcp-8890/tls/update.fortiguard.net"], ("reachable", "answered"))
        self.assertEqual(said["registration/tcp-80/http/support.fortinet.com"], ("reachable", "answered"))
        self.assertEqual(said["fortiguard-queries/udp-8888/udp/service.fortiguard.net"], ("skipped", "not-applicable"))
        # Nobody serves ratings on this port here: the proxy says that it got no further.
        self.assertEqual(said["fortiguard-queries/tcp-8888/tls/securewf.fortiguard.net"], ("blocked", "proxy-denied"))

    def test_filter_in_front_of_the_proxy(self):
        """A device that rejects what goes to the proxy names itself."""
        self.proxy.filter("input", ["tcp dport 3128 reject with icmp type admin-prohibited"])
        rows = {f"row-{number}": support.row("tcp", 443, f"192.0.2.{number}") for number in range(1, 9)}
        result = self.check("--targets", self.table(rows))
        for number in range(1, 9):
            check = self.assert_verdict(result, f"row-{number}", "blocked", "proxy-unreachable")
            self.assertEqual(check["where"]["address"], self.PROXY)
