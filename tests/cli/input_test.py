"""Bad input: every mistake of a table or a site file, all at once, with its place, and nothing sent."""

import os
import pathlib
import re

import support

TABLE_HEAD = 'schema = "fdnprobe.table/1"\nid = "broken"\ntitle = "A broken table"\n'
ROW = ('\n[[row]]\nid = "one"\ndirection = "outgoing"\npeer = "Peer"\npurpose = "Purpose"\nports = "TCP/443, UDP/53"\n'
       '\n[[row.check]]\nport = "TCP/443"\nprobe = "tls"\nhost = "one.test"\n'
       '\n[[row.check]]\nport = "UDP/53"\nprobe = "dns"\nhost = "one.test"\n')
SITE_HEAD = 'schema = "fdnprobe.site/1"\n'


def place(text, needle):
    """LINE:COLUMN of the first occurrence."""
    before = text[:text.index(needle)]
    return f"{before.count(chr(10)) + 1}:{len(before) - (before.rfind(chr(10)) + 1) + 1}"


class BadFile(support.TestCase):
    def assert_refused(self, option, path, *texts):
        """check, list and validate say the same."""
        for arguments in (["check", option, path], ["list", option, path], ["validate", path]):
            result = support.run(*arguments)
            self.assert_usage_error(result, *texts)
            self.assert_clean_text(result.err.encode())
        return result

    def assert_place(self, option, text, needle, *texts):
        path = self.write("broken.toml", text)
        self.assert_refused(option, path, f"{path}:{place(text, needle)}: ", *texts)


class BadTables(BadFile):
    def changed(self, old, new):
        self.assertIn(old, ROW)
        return TABLE_HEAD + ROW.replace(old, new, 1)

    def test_places(self):
        for old, new, needle, *texts in (
            # An unknown key of a row, of a check, and of the table.
            ('purpose = ', 'purpos = ', 'purpos = ', "`purpose`"),
            ('host = ', 'hots = ', 'hots = ', "`host`"),
            # A wrong type.
            ('"Peer"', '7', '7\npurpose', "`peer`", "string", "integer"),
            ('"TCP/443"', '443', '443\nprobe', "`port`", "string", "integer"),
            # A port that `ports` does not list, and one that no check covers.
            ('port = "TCP/443"', 'port = "TCP/444"', '"TCP/444"', "TCP/444", "TCP/443"),
            ('"TCP/443, UDP/53"', '"TCP/443, UDP/53, TCP/80"', '"TCP/443, UDP/53, TCP/80"', "TCP/80"),
            # Ports that cannot be read.
            ('"TCP/443, UDP/53"', '"TCP/443, UDP/70000"', '"TCP/443, UDP/70000"', "70000"),
            ('"TCP/443, UDP/53"', '"TCP/443 UPD/53"', '"TCP/443 UPD/53"', "UDP"),
            # Words that there are not.
            ('probe = "tls"', 'probe = "tsl"', '"tsl"', "`tls`"),
            ('"outgoing"', '"outgoin"', '"outgoin"', "`outgoing`"),
            ('host = "one.test"', 'host = "one.test"\ntrust = "pubic"', '"pubic"', "`public`"),
            ('host = "one.test"', 'host = "one.test"\nlevel = "notices"', '"notices"', "`notice`"),
            ('host = "one.test"', 'host = "one.test"\nocsp = "staple"', '"staple"', "`stapled`"),
            # A probe that does not work over UDP, and an option of another probe.
            ('probe = "dns"', 'probe = "http"', '"http"', "UDP", "dns"),
            ('host = "one.test"', 'host = "one.test"\nhold = 2', 'hold = 2', "tcp"),
            # A port to dial that is none, and one that the probe does not fit.
            ('host = "one.test"', 'host = "one.test"\ndial = "443"', '"443"\n\n', "`dial`", "UDP/1700"),
            ('host = "one.test"', 'host = "one.test"\ndial = "UDP/443"', '"tls"', "UDP", "dns"),
            # Bad hosts.
            ('"one.test"', '"one test"', '"one test"', "one test"),
            ('"one.test"', '"300.1.1.1"', '"300.1.1.1"', "300.1.1.1"),
            ('host = "one.test"', 'host = "one.test"\nhosts = ["two.test"]', 'hosts = ', "`host`", "`hosts`"),
            # TOML itself.
            ('peer = "Peer"', 'peer = "Peer', '', "string"),
        ):
            with self.subTest(old=old, new=new):
                text = self.changed(old, new)
                if needle:
                    self.assert_place("--targets", text, needle, *texts)
                else:
                    path = self.write("broken.toml", text)
                    result = self.assert_refused("--targets", path, *texts)
                    self.assertRegex(result.err, re.escape(str(path)) + r":\d+:\d+: ")

    def test_duplicates(self):
        text = TABLE_HEAD + ROW + ROW
        path = self.write("broken.toml", text)
        second = text.rindex('"one"\ndirection')
        self.assert_refused("--targets", path, f"{path}:{text[:second].count(chr(10)) + 1}:6: ", "`one`", "line 6")
        text = TABLE_HEAD.replace("title", "id") + ROW
        path = self.write("broken.toml", text)
        self.assert_refused("--targets", path, f"{path}:3:")

    def test_missing_keys(self):
        for key in ("schema", "id", "title"):
            text = re.sub(rf"(?m)^{key} = .*\n", "", TABLE_HEAD) + ROW
            path = self.write("broken.toml", text)
            self.assert_usage_error(support.run("check", "--targets", path), f"{path}:", f"`{key}`")
        for key in ("id", "direction", "peer", "purpose", "ports"):
            text = TABLE_HEAD + re.sub(rf"(?m)^{key} = .*\n", "", ROW, count=1)
            path = self.write("broken.toml", text)
            self.assert_refused("--targets", path, f"{path}:5:1: ", f"`{key}`")
        path = self.write("broken.toml", TABLE_HEAD)
        self.assert_refused("--targets", path, f"{path}:", "row")

    def test_all_at_once(self):
        text = TABLE_HEAD + ROW.replace('probe = "tls"', 'probe = "tsl"').replace("purpose", "purpos") + ROW.replace(
            '"one"', '"two"').replace('"outgoing"', '"upwards"').replace('host = "one.test"', 'hots = "one.test"', 1)
        path = self.write("broken.toml", text)
        result = self.assert_refused("--targets", path, "`tsl`", "`purpos`", "`upwards`", "`hots`", "has no `purpose`")
        lines = [line for line in result.err.splitlines() if str(path) in line]
        self.assertEqual(len(lines), 5)
        for line in lines:
            self.assertRegex(line, re.escape(str(path)) + r":\d+:\d+: ")

    def test_of_several_files_at_once(self):
        table = self.write("table.toml", TABLE_HEAD + ROW.replace("purpose", "purpos"))
        site = self.write("site.toml", SITE_HEAD + "[netwrok]\n")
        result = support.run("check", "--targets", table, "--site", site, "--source", "nowhere")
        self.assert_usage_error(result, str(table), f"{site}:2:", "`network`", "--source")

    def test_kinds_mixed_up(self):
        table = self.write("table.toml", TABLE_HEAD + ROW)
        site = self.write("site.toml", SITE_HEAD)
        self.assert_usage_error(support.run("check", "--targets", site), f"{site}:1:", "site file")
        self.assert_usage_error(support.run("check", "--site", table), f"{table}:1:", "table")
        newer = self.write("newer.toml", TABLE_HEAD.replace("/1", "/2") + ROW)
        self.assert_refused("--targets", newer, f"{newer}:1:", "fdnprobe.table/2", "fdnprobe.table/1")

    def test_hostile_text_is_escaped(self):
        path = self.write("broken.toml", TABLE_HEAD + ROW + '"\\u001b[31mred\\u202e" = 1\n')
        self.assert_refused("--targets", path, f"{path}:")


class BadSites(BadFile):
    def test_places(self):
        for text, needle, *texts in (
            ("[netwrok]\n", "netwrok", "`network`"),
            ("[network]\nresolver = [\"192.0.2.1\"]\n", "resolver =", "`resolvers`"),
            ("[network]\nresolvers = \"192.0.2.1\"\n", '"192.0.2.1"', "array", "string"),
            ("[network]\nresolvers = [\"dns.test\"]\n", '"dns.test"', "dns.test", "ADDRESS"),
            ("[network]\nresolvers = [\"192.0.2.1\", \"192.0.2.1\"]\n", '"192.0.2.1"]', "already"),
            ("[network]\nsource = \"10.0.0.300\"\n", '"10.0.0.300"', "10.0.0.300", "address"),
            ("[network]\ninterface = \"a name that is much too long\"\n", '"a name', "interface"),
            ("[network]\nproxy = \"socks5://proxy.test\"\n", '"socks5', "http://"),
            ("[peers]\nFortiManager = [\"10.0.0.5\", \"10.0.0.256\"]\n", '"10.0.0.256"', "10.0.0.256"),
            ("[peers]\nFortiManager = 5\n", "5\n", "FortiManager", "integer"),
            ("[peers]\nFortiManager = { adress = \"10.0.0.5\" }\n", "adress", "`address`"),
            ("[peers]\nA = { address = \"10.0.0.5\", ports = { \"TCP/8013\" = 70000 } }\n", "70000", "65535"),
            ("[peers]\nA = { address = \"10.0.0.5\", ports = { \"TCP/1700\" = \"3799\" } }\n", '"3799"', "UDP/3799"),
            ("[hosts]\n\"a.test:tcp/443\" = \"b.test:1\"\n", '"b.test:1"', "ADDRESS"),
            ("[hosts]\n\"a.test:tpc/443\" = \"127.0.0.1:1\"\n", '"a.test:tpc/443"', "TRANSPORT/PORT"),
            ("[hosts]\n\"a.test\" = \"127.0.0.1:99999\"\n", '"127.0.0.1:99999"', "99999"),
            ("[tls]\npublic_ca_file = [\"ca.pem\"]\n", "public_ca_file", "`public_ca_files`"),
            ("[dns]\nblackhole = \"everywhere\"\n", '"everywhere"', "address"),
            ("nam = \"x\"\n", "nam", "`name`"),
            ("name = \"x\"\nname = \"y\"\n", '"y"', "name"),
        ):
            with self.subTest(text=text):
                self.assert_place("--site", SITE_HEAD + text, needle, *texts)

    def test_passwords_are_not_repeated(self):
        path = self.write("site.toml", SITE_HEAD + '[network]\nproxy = "http://user:hunter2@proxy.test:3128"\n'
                          '[secrets]\nradius = "hunter2hunter2"\n')
        result = self.assert_refused("--site", path, f"{path}:3:")
        self.assertNotIn("hunter2", result.err)

    def test_secrets(self):
        """Each is a file that its owner alone can read; what is in it is never repeated."""
        good = self.write("good.secret", "hunter2hunter2\n")
        good.chmod(0o600)
        open_to_all = self.write("open.secret", "hunter2hunter2\n")
        open_to_all.chmod(0o644)
        empty = self.write("empty.secret", "\n")
        empty.chmod(0o600)
        missing = self.folder / "missing.secret"
        for secrets, *texts in (
            ({"radius": missing}, "`secrets.radius`", str(missing), "No such file"),
            ({"radius": open_to_all}, "`secrets.radius`", str(open_to_all), "0644", f"chmod 600 {open_to_all}"),
            ({"radius": empty}, "`secrets.radius`", str(empty), "empty"),
            ({"radius": self.folder}, "`secrets.radius`", "folder"),
            ({"responder": good}, "`secrets.responder`", str(good), "32 characters", "--make-key"),
            ({"proxy": open_to_all}, "`secrets.proxy`", str(open_to_all)),
        ):
            with self.subTest(secrets=secrets):
                site = self.site(secrets=secrets)
                line = site.read_text().splitlines().index("[secrets]") + 2
                for command in ("check", "list"):
                    # Whether the chosen rows need it or not: a site file says what there is.
                    result = support.run(command, "--site", site, "--only", "Registration")
                    self.assert_usage_error(result, f"{site}:{line}:1: ", *texts)
                    self.assertNotIn("hunter2", result.err)
        # Several at once, and `validate` finds what `check` would refuse.
        site = self.site(secrets={"radius": missing, "responder": open_to_all})
        self.assert_usage_error(support.run("check", "--site", site), "`secrets.radius`", "`secrets.responder`")
        refused = support.run("validate", site)
        self.assert_exit(refused, 2)
        for text in ("`secrets.radius`", "`secrets.responder`", "0644", "chmod 600"):
            self.assertIn(text, refused.err)
        self.assertNotIn("hunter2", refused.err)

    def test_responder_key(self):
        """The command line's goes before the site's, which need not even be there then."""
        key = self.write("key", "k" * 32 + "\n")
        key.chmod(0o600)
        short = self.write("short", "k" * 31 + "\n")
        short.chmod(0o600)
        site = self.site(secrets={"responder": self.folder / "missing.key"})
        self.assert_exit(support.run("list", "--site", site, "--responder-key", key), 0)
        for command in ("check", "list"):
            result = support.run(command, "--responder-key", short)
            self.assert_usage_error(result, "--responder-key", str(short), "32 characters", "31")
            self.assertNotIn("kk", result.err)
            short.chmod(0o604)
            self.assert_usage_error(support.run(command, "--responder-key", short), "--responder-key", "chmod 600")
            short.chmod(0o600)

    def test_missing_ca_file(self):
        site = self.site(tls={"public_ca_files": ["nowhere.pem"]})
        self.assert_usage_error(support.run("check", "--site", site), "nowhere.pem")
        empty = self.write("empty.pem", "not a certificate\n")
        self.assert_usage_error(support.run("check", "--ca-file", empty), str(empty))

    def test_unknown_peer_is_a_warning(self):
        site = self.site(peers={"FortiManger": "192.0.2.5"})
        result = support.run("check", "--site", site, "--only", "FortiManager")
        self.assert_exit(result, 0)
        self.assertIn("'FortiManager'", result.err)
        self.assertIn("warning", result.err)


class BadPaths(BadFile):
    """What is no readable text file."""

    def assert_path(self, path, *texts):
        for option in ("--targets", "--site"):
            self.assert_refused(option, path, str(path), *texts)

    def test_missing(self):
        self.assert_path(self.folder / "missing.toml", "No such file")

    def test_folder(self):
        folder = self.folder / "folder.toml"
        folder.mkdir()
        self.assert_path(folder, "folder")

    def test_pipe(self):
        """Does not wait for somebody to write."""
        pipe = self.folder / "pipe.toml"
        os.mkfifo(pipe)
        self.assert_path(pipe, "pipe")

    def test_device(self):
        for device in ("/dev/zero", "/dev/null", "/dev/tty"):
            for arguments in (["check", "--targets", device], ["check", "--site", device], ["validate", device]):
                self.assert_usage_error(support.run(*arguments), device)

    def test_large(self):
        path = self.folder / "large.toml"
        with open(path, "wb") as file:
            file.truncate(100 * 1024 * 1024)
        result = self.assert_refused("--targets", path, str(path), "104857600")
        self.assertLess(result.seconds, 5)
        self.assert_refused("--site", path, str(path))

    def test_binary(self):
        program = pathlib.Path(support.BINARY).read_bytes()[:65536]
        for name, data in (("random", bytes(range(256)) * 64), ("elf", program),
                           ("nul", TABLE_HEAD.encode() + b"\0" + ROW.encode()), ("utf-16", ROW.encode("utf-16")),
                           ("latin-1", (TABLE_HEAD + "# \xfc\n" + ROW).encode("latin-1"))):
            with self.subTest(name=name):
                path = self.write(f"{name}.toml", data)
                result = self.assert_refused("--targets", path)
                self.assertRegex(result.err, re.escape(str(path)) + r":\d+:\d+: ")

    def test_empty(self):
        self.assert_path(self.write("empty.toml", ""), "schema")

    def test_deep(self):
        self.assert_path(self.write("deep.toml", "a = " + "[" * 100000), "deep.toml:1:")
        self.assert_path(self.write("deep-key.toml", "a" + ".a" * 100000 + " = 1\n"), "deep-key.toml:1:")

    def test_unreadable(self):
        path = self.write("secret.toml", TABLE_HEAD + ROW)
        path.chmod(0)
        for arguments in (["check", "--targets", path], ["check", "--site", path], ["validate", path]):
            result = support.run(*arguments, prefix=support.as_ordinary_user())
            self.assert_usage_error(result, str(path), "Permission denied")

    def test_line_ends_and_marks(self):
        """What an editor on another system leaves is no mistake."""
        for text in ((TABLE_HEAD + ROW).replace("\n", "\r\n"), "\ufeff" + TABLE_HEAD + ROW):
            path = self.folder / "other.toml"
            path.write_bytes(text.encode())
            self.assert_exit(support.run("validate", path), 0)
