"""--output and standard output: a report is written whole or not at all, and a full disk is an error."""

import json
import os
import pathlib
import stat
import subprocess

import support


class OutputCase(support.TestCase):
    def setUp(self):
        super().setUp()
        self.server = support.Listener(support.hold_open)
        self.addCleanup(self.server.close)
        # Its report has more bytes than the tiny file system below.
        self.many = self.table({f"row-{number}": support.row("tcp", self.server.port) for number in range(60)})
        self.one = self.table({"one": support.row("tcp", self.server.port)}, name="one")

    def assert_nothing_sent(self):
        self.assertEqual(self.server.accepted, 0)

    def assert_nothing_left(self, *names):
        self.assertEqual(sorted(one.name for one in self.place.iterdir()), sorted(names))


class Output(OutputCase):
    def setUp(self):
        super().setUp()
        self.place = self.folder / "place"
        self.place.mkdir()
        self.file = self.place / "report.json"

    def test_written(self):
        result = support.check("--targets", self.one, "--output", self.file)
        self.assert_exit(result, 0)
        self.assertEqual((result.out, result.err), ("", ""))
        self.assertEqual(json.loads(self.file.read_text())["schema"], "fdnprobe.report/1")
        self.assert_nothing_left("report.json")

    def test_every_format(self):
        for form in ("table", "json", "ndjson"):
            file = self.place / form
            result = support.run("check", "--targets", self.one, "--format", form, "--output", file)
            self.assert_exit(result, 0)
            self.assertEqual(result.out, "")
            self.assertIn("connected" if form != "table" else "reachable", file.read_text())
        self.assertEqual(len((self.place / "ndjson").read_text().splitlines()), 2)

    def test_exit_code_is_the_reports(self):
        with support.ClosedPort() as closed:
            table = self.table({"one": support.row("tcp", closed.port)}, name="closed")
            self.assert_exit(support.check("--targets", table, "--output", self.file), 1)
        self.assertTrue(self.file.exists())

    def test_replaced(self):
        """The old report is replaced at once, keeps its mode, and a link stays a link."""
        self.file.write_text("old")
        self.file.chmod(0o640)
        inode = self.file.stat().st_ino
        self.assert_exit(support.check("--targets", self.one, "--output", self.file), 0)
        json.loads(self.file.read_text())
        self.assertNotEqual(self.file.stat().st_ino, inode)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o640)
        link = self.place / "link"
        link.symlink_to("report.json")
        self.file.write_text("old")
        self.assert_exit(support.check("--targets", self.one, "--output", link), 0)
        self.assertTrue(link.is_symlink())
        json.loads(self.file.read_text())
        self.assert_nothing_left("link", "report.json")

    def test_old_report_is_there_until_the_end(self):
        self.file.write_text("old")
        table = self.table({"slow": support.row("tcp", self.server.port, hold=30)}, name="slow")
        with support.started("check", "--targets", table, "--output", str(self.file)) as process:
            support.eventually(lambda: self.server.accepted, "a connection")
            self.assertEqual(self.file.read_text(), "old")
            process.terminate()
            self.assertEqual(process.wait(support.PATIENCE), 130)
        self.assertIn("interrupted", self.file.read_text())
        self.assert_nothing_left("report.json")

    def test_umask(self):
        old = os.umask(0o027)
        try:
            self.assert_exit(support.check("--targets", self.one, "--output", self.file), 0)
        finally:
            os.umask(old)
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o640)

    def test_pipe_and_device(self):
        pipe = self.place / "pipe"
        os.mkfifo(pipe)
        with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
            self.assert_exit(support.check("--targets", self.one, "--output", pipe), 0)
            self.assertEqual(json.loads(reader.communicate()[0])["schema"], "fdnprobe.report/1")
        self.assert_exit(support.check("--targets", self.one, "--output", "/dev/null"), 0)
        self.assert_nothing_left("pipe")

    def test_refused_before_anything_is_sent(self):
        for path, why in ((self.folder / "missing/report.json", "No such file"), (self.place, "directory"),
                          (self.one / "report.json", "Not a directory")):
            with self.subTest(path=path):
                result = support.check("--targets", self.one, "--output", path)
                self.assert_usage_error(result, str(path), why)
        self.assert_nothing_left()
        self.assert_nothing_sent()

    def test_folder_of_another(self):
        result = support.check("--targets", self.one, "--output", "/proc/sys/report.json")
        self.assert_usage_error(result, "/proc/sys/report.json")
        self.place.chmod(0o555)
        self.folder.chmod(0o755)
        result = support.check("--targets", self.one, "--output", self.file, prefix=support.as_ordinary_user())
        self.assert_usage_error(result, str(self.file), "Permission denied")
        self.assert_nothing_left()
        self.assert_nothing_sent()

    def test_other_mistakes_leave_nothing(self):
        self.file.write_text("old")
        result = support.check("--targets", self.one, "--output", self.file, "--source", "nowhere")
        self.assert_usage_error(result, "--source")
        self.assertEqual(self.file.read_text(), "old")
        self.assert_nothing_left("report.json")

    def test_dev_full(self):
        result = support.check("--targets", self.one, "--output", "/dev/full")
        self.assert_exit(result, 4)
        self.assertIn("/dev/full", result.err)
        self.assertIn("No space left", result.err)


class FullDisk(OutputCase):
    def setUp(self):
        super().setUp()
        self.place = self.folder / "disk"
        self.place.mkdir()
        self.namespace = support.Namespace()
        self.addCleanup(self.namespace.close)
        self.namespace.run("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(self.place))
        # Only this namespace sees it.
        self.seen = pathlib.Path(f"/proc/{self.namespace.pid}/root{self.place}")
        self.prefix = ["nsenter", "--target", str(self.namespace.pid), "--mount", "--"]

    def write_report(self, form="json"):
        return support.run("check", "--format", form, "--targets", self.many, "--output", self.place / "report.json",
                           prefix=self.prefix)

    def assert_disk_full(self, result):
        self.assert_exit(result, 4)
        self.assertEqual(result.out, "")
        self.assertIn("report.json", result.err)
        self.assertIn("No space left", result.err)

    def test_nothing_half_written(self):
        self.assert_disk_full(self.write_report())
        self.assertEqual(list(self.seen.iterdir()), [])

    def test_old_content_is_kept(self):
        (self.seen / "report.json").write_text("old")
        self.assert_disk_full(self.write_report())
        self.assertEqual([(one.name, one.read_text()) for one in self.seen.iterdir()], [("report.json", "old")])

    def test_ndjson(self):
        self.assert_disk_full(self.write_report("ndjson"))
        self.assertEqual(list(self.seen.iterdir()), [])

    def test_read_only(self):
        self.namespace.run("mount", "-o", "remount,bind,ro", str(self.place))
        self.assert_usage_error(self.write_report(), "Read-only")
        self.assert_nothing_sent()


class StandardOutput(OutputCase):
    def test_full(self):
        with open("/dev/full", "wb") as full:
            for arguments in (["check", "--targets", self.one], ["check", "--targets", self.one, "--format", "json"],
                              ["check", "--targets", self.one, "--format", "ndjson"], ["list"],
                              ["list", "--format", "json"], ["explain", "timeout"], ["explain"], ["--help"],
                              ["check", "--help"], ["--version"], ["validate", self.one], ["lab"]):
                with self.subTest(arguments=arguments):
                    result = support.run(*arguments, stdout=full)
                    self.assert_exit(result, 4)
                    self.assertIn("No space left", result.err)

    def test_closed_early(self):
        """A reader that has seen enough is no error, and no signal either."""
        for arguments in (["check", "--targets", self.many, "-v"],
                          ["check", "--targets", self.many, "--format", "json"],
                          ["check", "--targets", self.many, "--format", "ndjson"],
                          ["list", "--direction", "both", "--targets", "fortiguard", "-v"], ["explain"], ["--help"]):
            with self.subTest(arguments=arguments):
                quoted = " ".join(f"'{one}'" for one in support.command(arguments))
                done = subprocess.run(
                    ["bash", "-c", f"{quoted} | head -n 1; echo \"${{PIPESTATUS[0]}}\""], capture_output=True,
                    timeout=support.PATIENCE, check=False, env=support.environment(),
                )
                lines = done.stdout.decode().splitlines()
                self.assertEqual(lines[-1], "0", done)
                self.assertEqual(done.stderr, b"")

    def test_closed_before(self):
        """Nobody reads at all: the exit code is still the report's."""
        with support.ClosedPort() as closed:
            table = self.table({"one": support.row("tcp", closed.port)}, name="closed")
            for form in ("table", "json", "ndjson"):
                read_end, write_end = os.pipe()
                os.close(read_end)
                try:
                    result = support.run("check", "--targets", table, "--format", form, stdout=write_end)
                finally:
                    os.close(write_end)
                self.assert_exit(result, 1)
