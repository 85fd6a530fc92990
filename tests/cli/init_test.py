"""`init`: a site file from a device's configuration, and from a person's answers."""

import contextlib
import os
import pathlib
import pty
import re
import select
import stat
import subprocess
import time

import support

CONFIGURATIONS = support.SOURCES / "tests/config/configurations"
# Marks that stand in the tests' configurations where secrets and names of people stand in real ones.
SECRETS = ("TOP", "SECRET", "jane", "ENC ", "MII", "BEGIN")
HEADER = "#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=jane\n"
NOISE = bytes((index * 167 + index // 7) & 0xFF for index in range(4000))


class FromConfiguration(support.TestCase):
    def init(self, text, *options):
        path = text if isinstance(text, pathlib.Path) else self.write("backup.conf", text)
        return support.run("init", "--config", path, *options)

    def assert_secret(self, *texts):
        for text in texts:
            for secret in SECRETS:
                self.assertNotIn(secret, text)

    def test_every_kind(self):
        found = sorted(CONFIGURATIONS.glob("*.conf"))
        self.assertGreaterEqual(len(found), 16)
        for path in found:
            with self.subTest(path.name):
                result = self.init(path)
                self.assert_exit(result, 0)
                self.assertEqual(result.out, path.with_suffix(".site.toml").read_text(encoding="utf-8"), str(result))
                self.assert_secret(result.out, result.err)
                self.assert_clean_text(result.raw)

    def test_standard_input(self):
        path = CONFIGURATIONS / "backup-7.2.conf"
        with path.open("rb") as text:
            done = subprocess.run(support.command(["init", "--config", "-"]), stdin=text, capture_output=True, check=False,
                                  timeout=support.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, path.with_suffix(".site.toml").read_bytes())

    def test_refusals(self):
        vdom = "#config-version=FGT60F-7.2.8-FW-build1:vdom=1\n#global_vdom=0:vd_name=HQ/HQ\nconfig user radius\nend\n"
        for content, *texts in (
            ("", "nothing in it"),
            (b"#FGBK|4|FGT60F|7|2|1639|\n" + NOISE, "encrypted", "show system fortiguard"),
            (HEADER.encode() + NOISE, "encrypted", "without a password"),
            (NOISE, "binary", "export"),
            (b"\x1f\x8b\x08\x00" + NOISE, "gunzip"),
            (HEADER.encode("utf-16"), "UTF-16", "UTF-8"),
            ("Version: FortiGate-60F v7.2.8,build1639\nHostname: TOP-SECRET\n", "no `config` section"),
            (vdom, "one VDOM", "export the whole"),
            (HEADER + "config system dns\nset primary 198.51.100.1\n", "ends inside", "export it again"),
            (HEADER + "config system dns\nset comment \"TOP SECRET\n", "quotation mark", ":3:13:"),
            ("config firewall policy\nedit 1\nset name TOP-SECRET\nnext\nend\n", "FortiGuard", "save what `show` prints"),
        ):
            with self.subTest(content[:40]):
                output = self.folder / "site.toml"
                result = self.init(content, "--output", output)
                self.assert_usage_error(result, "backup.conf", *texts)
                self.assert_secret(result.err)
                self.assertFalse(output.exists())

    def test_command_line(self):
        backup = self.write("a.conf", HEADER + "config system fortiguard\nend\n")
        self.assert_usage_error(support.run("init", "--config", self.folder / "none.conf"), "none.conf", "No such file")
        self.assert_usage_error(support.run("init", "--config", self.folder), "folder")
        self.assert_usage_error(self.init(backup, "--product", "FortiToaster"), "--product")
        self.assert_usage_error(self.init(backup, "--device-version", "seven"), "release such as 7.4")
        self.assert_usage_error(self.init(backup, "--vdom", "x"), "no VDOMs in it")
        self.assert_usage_error(self.init(backup, "--targets", "nothing"), "nothing", "fortiproxy-7.4")
        self.assert_usage_error(self.init(backup, "--force"), "--force")
        self.assert_usage_error(support.run("init", "--vdom", "x"), "--config")

    def test_wishes(self):
        text = "config system fortiguard\nend\nconfig system global\nset admin-port 81\nend\n"
        result = self.init(text, "--product", "fortiproxy", "--device-version", "7.4.3")
        self.assert_exit(result, 0)
        for line in ('product = "FortiProxy"', 'version = "7.4.3"', 'fortiguard = "anycast"  # assumed',
                     'FortiProxy = { ports = { "TCP/80" = 81 } }'):
            self.assertIn(line + "\n", result.out)
        result = self.init(CONFIGURATIONS / "vdoms-7.4.conf", "--vdom", "branch")
        self.assertIn("203.0.113.21:1645", result.out)

    def test_targets(self):
        text = (CONFIGURATIONS / "backup-7.2.conf").read_text(encoding="utf-8")
        result = self.init(text, "--targets", "fortiguard")
        self.assert_exit(result, 0)
        self.assertIn("FortiGate =", result.out)
        self.assertNotIn("FortiAnalyzer =", result.out)
        self.assertNotIn("radius", result.out)

    def test_nothing_is_overwritten(self):
        text = HEADER + "config system fortiguard\nend\n"
        output = self.write("site.toml", "mine")
        result = self.init(text, "--output", output)
        self.assert_usage_error(result, "site.toml", "--force")
        self.assertEqual(output.read_text(), "mine")
        self.assert_exit(self.init(text, "--output", output, "--force"), 0)
        self.assertIn("fdnprobe.site/1", output.read_text())
        fresh = self.folder / "new.toml"
        result = self.init(text, "--output", fresh)
        self.assert_exit(result, 0)
        self.assertEqual(result.out, "")
        self.assertEqual(fresh.read_text(), output.read_text())
        self.assert_usage_error(self.init(text, "--output", self.folder / "no/such/site.toml"), "cannot be written")

    def test_hostile_files_end(self):
        for name, text in (
            ("nested", HEADER + "config a\n" * 10_000 + "end\n" * 10_000 + "config system fortiguard\nend\n"),
            ("quotes", HEADER + "config system fortiguard\n" + 'set port "x\n set status enable\nend\n'),
            ("latin", (HEADER + "config system global\nset hostname \"K\xf6ln\"\nend\n").encode("latin-1")),
        ):
            with self.subTest(name):
                result = self.init(text)
                self.assert_exit(result, 0)
                self.assertRegex(result.err, r"backup\.conf:\d+:\d+: warning: ")
                self.assert_clean_text(result.raw)

    def test_without_a_terminal(self):
        result = support.run("init", "--output", self.folder / "site.toml")
        self.assert_usage_error(result, "not a terminal", "FortiManager", "FortiAuthenticator", "--config FILE")
        self.assertEqual(list(self.folder.iterdir()), [])


class Dialogue:
    """`init` on a terminal."""

    def __init__(self, *arguments, folder, prefix=()):
        self.screen = b""
        self.seen = 0
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen(
            # Only a controlling terminal makes a signal of Ctrl-C.
            ["setsid", "--ctty", *prefix, *support.command(["init", *arguments])],
            stdin=slave, stdout=slave, stderr=slave, cwd=folder, env=support.environment(),
        )
        os.close(slave)

    def read(self, deadline):
        if not select.select([self.master], [], [], max(0, deadline - time.monotonic()))[0]:
            raise AssertionError(f"nothing more came:\n{self.text()}")
        try:
            data = os.read(self.master, 65536)
        except OSError:  # the other end has been closed
            data = b""
        self.screen += data
        return data

    def expect(self, text):
        deadline = time.monotonic() + support.PATIENCE
        while text.encode() not in self.screen[self.seen:]:
            if not self.read(deadline):
                raise AssertionError(f"it ended without {text!r}:\n{self.text()}")
        self.seen = self.screen.index(text.encode(), self.seen) + len(text.encode())

    def answer(self, question, line):
        self.expect(question)
        os.write(self.master, line.encode() + b"\n")

    def end(self):
        deadline = time.monotonic() + support.PATIENCE
        with contextlib.suppress(AssertionError):
            while self.read(deadline):
                pass
        code = self.process.wait(support.PATIENCE)
        os.close(self.master)
        return code

    def text(self):
        return self.screen.decode("utf-8", "replace")


class FromAnswers(support.TestCase):
    def dialogue(self, *arguments, **options):
        one = Dialogue(*arguments, folder=self.folder, **options)
        self.addCleanup(one.process.kill)
        return one

    def test_a_whole_one(self):
        one = self.dialogue("--output", "site.toml")
        one.answer("Name of this site", "branch-17")
        for peer in self.peers(one):
            answers = {"FortiManager": "192.0.2.5, FMG.example.net", "FortiAuthenticator": "192.0.2.6"}
            if peer == "FortiManager":
                one.answer("between them", "not a name")
                one.expect("neither a host name nor an address")
            one.answer("between them", answers.get(peer, ""))
        one.answer("ADDRESS or ADDRESS:PORT", "192.0.2.53, 192.0.2.54:5353")
        one.answer("HTTP proxy", "http://me:TOPSECRET@192.0.2.8:3128")
        one.answer("HTTP proxy", "http://me@192.0.2.8:3128")
        one.answer("File for the proxy's password", "")
        one.answer("not shown", "TOPSECRET1")
        one.answer("File for the RADIUS secret", "radius.secret")
        one.answer("not shown", "TOPSECRET2")
        one.answer("File for the responder's key", "keys/responder.key")
        (self.folder / "keys").mkdir()
        one.expect('FortiManager = ["192.0.2.5", "fmg.example.net"]')
        one.expect("a good site file")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["keys"])
        one.answer("Write it?", "")
        self.assertEqual(one.end(), 0, one.text())
        # What was typed into the question for the proxy was on the screen already, and nowhere else.
        self.assertEqual(one.text().count("TOPSECRET"), 1, one.text())
        for name, secret in (("proxy.credentials", "TOPSECRET1\n"), ("radius.secret", "TOPSECRET2\n"),
                             ("keys/responder.key", None)):
            path = self.folder / name
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            if secret:
                self.assertEqual(path.read_text(), secret)
        text = (self.folder / "site.toml").read_text()
        self.assertNotIn("TOPSECRET", text)
        result = support.run("validate", self.folder / "site.toml")
        self.assert_exit(result, 0)
        self.assertEqual(result.err, "")
        self.assertIn('resolvers = ["192.0.2.53", "192.0.2.54:5353"]\nproxy = "http://me@192.0.2.8:3128"\n', text)
        result = support.run("list", "--site", self.folder / "site.toml")
        self.assert_exit(result, 0)
        self.assertIn("fmg.example.net", result.out)

    def peers(self, one):
        """The peers as they are asked for."""
        asked = subprocess.run(support.command(["init"]), stdin=subprocess.DEVNULL, capture_output=True, check=False)
        names = re.findall(r"addresses or names: (.*?) \(", asked.stderr.decode())
        for name in names:
            one.expect(f"{name} (")
            yield name

    def test_ended_early(self):
        for how, code in (("\x04", 2), ("\x03", -2)):
            one = self.dialogue("--output", "site.toml")
            one.expect("Name of this site")
            os.write(one.master, how.encode())
            self.assertEqual(one.end(), code, one.text())
        one = self.dialogue("--output", "site.toml")
        one.answer("Name of this site", "x")
        for _ in self.peers(one):
            one.answer("between them", "")
        one.answer("ADDRESS or ADDRESS:PORT", "")
        one.answer("HTTP proxy", "http://me@192.0.2.8:3128")
        one.answer("File for", "a.secret")
        one.expect("not shown")
        os.write(one.master, b"half\x03")
        self.assertEqual(one.end(), 130, one.text())
        self.assertNotIn("half", one.text())
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_the_place_is_asked_for(self):
        self.write("site.toml", "mine")
        self.write("old.key", "k" * 64).chmod(0o600)
        one = self.dialogue()
        one.answer("File to write [site.toml]", "")
        one.expect("there is such a file already")
        one.answer("File to write", "other.toml")
        one.answer("Name of this site", "")
        for _ in self.peers(one):
            one.answer("between them", "")
        one.answer("ADDRESS or ADDRESS:PORT", "")
        one.answer("HTTP proxy", "")
        one.answer("File for the responder's key", "old.key")
        one.expect("stays as it is")
        one.answer("Write it?", "no")
        self.assertEqual(one.end(), 2, one.text())
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["old.key", "site.toml"])

    def test_suggestions(self):
        hosts = self.write("hosts", "192.0.2.77 fmg.corp.example fmg\n192.0.2.78 fortianalyzer\n")
        network = support.Namespace()
        self.addCleanup(network.close)
        network.run("ip", "link", "add", "one", "type", "veth", "peer", "name", "other")
        network.run("ip", "address", "add", "192.0.2.9/24", "dev", "one")
        for end in ("one", "other"):
            network.run("ip", "link", "set", end, "up")
        network.run("ip", "route", "add", "default", "via", "192.0.2.1")
        one = self.dialogue("--output", self.folder / "site.toml",
                            prefix=[*network.prefix, *support.with_file(hosts, "/etc/hosts")])
        one.answer("Name of this site", "")
        suggested = {"FortiManager": "[fmg.corp.example]", "FortiAnalyzer": "[fortianalyzer]", "FortiProxy": "[192.0.2.1]"}
        for peer in self.peers(one):
            one.expect("between them")
            one.answer(suggested.get(peer, "[none]"), "")
        one.answer("ADDRESS or ADDRESS:PORT", "")
        one.answer("HTTP proxy", "")
        one.answer("File for the responder's key", "")
        one.answer("Write it?", "y")
        self.assertEqual(one.end(), 0, one.text())
        text = (self.folder / "site.toml").read_text()
        for line in ('FortiManager = ["fmg.corp.example"]', 'FortiAnalyzer = ["fortianalyzer"]', 'FortiProxy = ["192.0.2.1"]'):
            self.assertIn(line + "\n", text)


if __name__ == "__main__":
    support.unittest.main()
