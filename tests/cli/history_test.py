"""`fdnprobe history`: what a watch has written, in every format, and what is said where there is nothing to read."""

import csv
import datetime
import io
import json
import pathlib
import shutil
import sqlite3
import tempfile

import support


class History(support.TestCase):
    """Two runs of a watch: one over a lab where all is well, one where services refuse."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.common = pathlib.Path(tempfile.mkdtemp(prefix="fdnprobe-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.common, True)
        cls.file = cls.common / "history.db"
        for scenario, code in (("clean", 0), ("refused", 1)):
            done = support.run("watch", f"--lab={scenario}", "--once", "--history", cls.file, "--only", "FortiGuard")
            if done.code != code:
                raise AssertionError(str(done))

    def history(self, *arguments, **options):
        return support.run("history", "--history", self.file, *arguments, **options)

    def test_table(self):
        done = self.history()
        self.assert_exit(done, 0)
        self.assert_clean_text(done.raw)
        self.assertIn("2 runs", done.out)
        self.assertIn("AV/IPS Update", done.out)
        self.assertIn("answered -> refused", done.out)
        self.assertIn('"cause"', self.history("-v").out)

    def test_json(self):
        document = self.history("--format", "json", "--row", "*av-ips*", "-v").json
        self.assertEqual(document["schema"], "fdnprobe.history/1")
        self.assertEqual(document["runs"], 2)
        [row] = document["rows"]
        self.assertEqual(row["peer"], "FortiGuard")
        self.assertEqual((row["runs"], row["good_runs"], row["flips"]), (2, 1, 1))
        self.assertEqual(sum(sum(period["states"].values()) for period in row["timeline"]), 2)
        change = row["verdicts"][0]
        self.assertEqual((change["from"], change["to"], change["verdict"]), ("answered", "refused", "closed"))
        self.assertEqual(change["evidence"]["cause"], "refused")
        self.assertEqual(change["evidence"]["id"], change["check"])
        for check in row["checks"]:
            self.assertTrue(check["latency"], check["id"])
        datetime.datetime.strptime(document["from"], "%Y-%m-%dT%H:%M:%S.%fZ")

    def test_csv(self):
        lines = list(csv.DictReader(io.StringIO(self.history("--format", "csv").out)))
        self.assertTrue(lines)
        self.assertIn("refused", {line["to"] for line in lines if line["what"] == "check"})

    def test_markdown(self):
        text = self.history("--format", "markdown", "--row", "*av-ips*").out
        self.assertIn("| State |", text)
        self.assertIn("answered to refused", text)

    def test_output(self):
        target = self.folder / "history.json"
        self.assertEqual(self.history("--format", "json", "--output", target).code, 0)
        self.assertEqual(json.loads(target.read_text())["runs"], 2)
        done = self.history("--output", self.folder / "nowhere" / "x")
        self.assert_exit(done, 2)

    def test_times(self):
        # Of today the runs may not be: midnight may have passed since.
        today = datetime.datetime.now(datetime.timezone.utc).date()
        self.assertIn("2 runs", self.history("--since", (today - datetime.timedelta(days=1)).isoformat()).out)
        self.assertIn("No run was recorded in that time",
                      self.history("--since", "2020-01-01", "--until", "2020-02-01").out)
        for wrong in (("--since", "yesterday"), ("--until", "2026-02-30"), ("--since", "1h", "--until", "2h")):
            done = self.history(*wrong)
            self.assert_exit(done, 2)
            self.assertIn(wrong[0], done.err)

    def test_no_such_row(self):
        done = self.history("--row", "FortiGard")
        self.assert_exit(done, 2)
        self.assertIn("did you mean 'FortiGuard'?", done.err)

    def test_no_such_file(self):
        missing = self.folder / "missing.db"
        done = support.run("history", "--history", missing)
        self.assert_exit(done, 2)
        self.assertIn(f"{missing}: there is no history. 'fdnprobe watch --history", done.err)
        self.assertFalse(missing.exists())
        done = support.run("history", env={"STATE_DIRECTORY": f"{self.folder}/state:/elsewhere"})
        self.assert_exit(done, 2)
        self.assertIn("/state/history.db", done.err)

    def test_default_file(self):
        self.assertIn("2 runs", support.run("history", env={"STATE_DIRECTORY": self.common}).out)

    def test_other_database(self):
        other = self.folder / "other.db"
        with sqlite3.connect(other) as database:
            database.execute("CREATE TABLE mail(id)")
        database.close()
        before = other.read_bytes()
        done = support.run("history", "--history", other)
        self.assert_exit(done, 2)
        self.assertIn("another program", done.err)
        self.assertEqual(other.read_bytes(), before)

    def test_read_by_who_may_not_write(self):
        copy = self.folder / "copy"
        copy.mkdir()
        (copy / "history.db").write_bytes(self.file.read_bytes())
        (copy / "history.db").chmod(0o444)
        copy.chmod(0o555)
        self.addCleanup(copy.chmod, 0o755)
        done = support.run("history", "--history", copy / "history.db", prefix=support.as_ordinary_user())
        self.assert_exit(done, 0)
        self.assertIn("2 runs", done.out)
