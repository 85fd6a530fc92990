"""`fdnprobe watch`: the schedule, what counts as a change, signals, the service manager, and trouble with files."""

import json
import os
import pathlib
import queue
import signal
import socket
import sqlite3
import subprocess
import sys
import time

import reasons_test
import support
from watching import Watch

QUICK = ("--every", "1s", "--jitter", "0%", "--timeout", "0.5")


# Accepts at port 80 of each address, and closes.
ACCEPT = """
import select, socket, sys
listeners = [socket.create_server((place, 80)) for place in sys.argv[1:]]
print("ready", flush=True)
held = []
while True:
    for one in select.select(listeners, [], [])[0]:
        held.append(one.accept()[0])
"""


class Switch(support.Closing):
    """A port of loopback that accepts or refuses, as it is told; nobody else gets it meanwhile."""

    def __init__(self):
        self.port = 0
        self.socket = None
        self.refuse()

    def _bind(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", self.port))
        self.port = self.socket.getsockname()[1]

    def accept(self):
        self._bind()
        self.socket.listen(4096)
        return self

    def refuse(self):
        self._bind()

    def close(self):
        self.socket.close()


class WatchCase(support.TestCase):
    def switch(self):
        one = Switch()
        self.addCleanup(one.close)
        return one

    def watch(self, *arguments, **options):
        one = Watch(*arguments, **options)
        self.addCleanup(one.close)
        return one

    def targets(self, **ports):
        return "--targets", self.table({name: support.row("tcp", port) for name, port in ports.items()})


class Schedule(WatchCase):
    def test_runs_begin_at_once_and_come_again(self):
        with support.Listener(support.hold_open) as far_end:
            watch = self.watch(*QUICK, *self.targets(web=far_end.port))
            watch.wait_run(3)
            self.assertEqual(watch.states(), {"web": "reachable"})
            support.eventually(lambda: far_end.accepted >= 4, "four runs")
            # Three seconds, of which one run that comes late takes some away. Without a schedule it is milliseconds.
            self.assertGreater(far_end.times[3] - far_end.times[0], 1.5, far_end.times)

    def test_a_run_never_overlaps_the_next(self):
        with support.SilentPort() as silent, support.Listener(support.hold_open) as far_end:
            watch = self.watch("--every", "1s", "--timeout", "1.6", "--locate", "never",
                               *self.targets(silent=silent.port, web=far_end.port))
            support.eventually(lambda: far_end.accepted >= 5, "five runs")
            self.assertGreaterEqual(watch.metric("fdnprobe_watch_runs_skipped_total"), 2)
            # Four runs of 1.6 s. If each began when its time had come, it would be four seconds.
            self.assertGreater(far_end.times[4] - far_end.times[0], 5.2, far_end.times)

    def test_rows_have_intervals_of_their_own(self):
        with support.Listener(support.hold_open) as often, support.Listener(support.hold_open) as seldom:
            site = self.write("site.toml", support.site_text(schedule={"every": "1h", "jitter": "0%"}) +
                              '[schedule.rows]\n"of*" = "1s"\n')
            watch = self.watch("--timeout", "0.5", "--site", site, *self.targets(often=often.port, seldom=seldom.port))
            support.eventually(lambda: often.accepted >= 4, "four runs of one row")
            self.assertEqual(seldom.accepted, 1)
            self.assertEqual(watch.states(), {"often": "reachable", "seldom": "reachable"})

    def test_nothing_is_sent_while_it_is_paused(self):
        with support.Listener(support.hold_open) as far_end:
            site = self.site(schedule={"paused": ["00:00-24:00"]})
            watch = self.watch(*QUICK, "--site", site, *self.targets(web=far_end.port))
            self.assertEqual(watch.metric("fdnprobe_watch_paused"), 1)
            self.assertEqual(watch.get("/healthz")[0], 200)
            time.sleep(3)  # three intervals: that nothing comes can only be waited for
            self.assertEqual(far_end.accepted, 0)
            self.assertEqual(watch.stop(), 0)

    def test_once_is_one_run_and_ends_as_check_does(self):
        for far_end, code in ((self.switch().accept(), 0), (self.switch(), 1)):
            result = support.run("watch", "--once", *self.targets(web=far_end.port))
            self.assertEqual(result.code, code, str(result))
            self.assertIn("web", result.out)

    def test_once_in_a_pause_sends_nothing(self):
        with support.Listener(support.hold_open) as far_end:
            site = self.site(schedule={"paused": ["00:00-24:00"]})
            result = support.run("watch", "--once", "--site", site, *self.targets(web=far_end.port))
            self.assert_exit(result, 0)
            self.assertIn("nothing was sent", result.err)
            self.assertEqual(far_end.accepted, 0)

    def test_cron_and_a_history_confirm_as_a_watch_does(self):
        far_end = self.switch().accept()
        event = self.folder / "event"
        command = self.write("tell", f"#!/bin/sh\ncat >> {event}\n")
        command.chmod(0o755)
        arguments = ("watch", "--once", "--history", self.folder / "history.db", "--notify", f"command={command}",
                     *self.targets(web=far_end.port))
        self.assert_exit(support.run(*arguments), 0)
        far_end.refuse()
        self.assert_exit(support.run(*arguments), 1)
        self.assertFalse(event.exists(), "one run of three is no change")
        self.assert_exit(support.run(*arguments), 1)
        support.eventually(event.exists, "an event after two runs of three")
        told = json.loads(event.read_text())
        self.assertEqual([(row["from"], row["to"]) for row in told["rows"]], [("reachable", "blocked")])


class Confirmation(WatchCase):
    def test_what_fails_once_is_nothing_and_what_fails_twice_is_a_change(self):
        # Every run waits until it is known how it is to end.
        orders = queue.Queue()

        def serve(connection):
            connection.recv(65536)
            if orders.get(timeout=support.PATIENCE) == "answer":
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

        with support.Listener(serve) as far_end:
            self.addCleanup(lambda: [orders.put("hang up") for _ in range(9)])
            table = self.table({"web": support.row("http", far_end.port)})
            watch = self.watch("--every", "1s", "--jitter", "0%", "--timeout", str(support.PATIENCE), "--locate",
                               "never", "-v", "--targets", table)
            runs = 0
            for ends, changes in (("answer", 0), ("hang up", 0), ("answer", 0), ("answer", 0), ("answer", 0),
                                  ("hang up", 0), ("hang up", 1), ("answer", 1), ("answer", 2)):
                orders.put(ends)
                runs += 1
                watch.wait_run(runs)
                state = "reachable" if ends == "answer" else "broken"
                support.eventually(lambda: watch.states() == {"web": state}, f"run {runs} ends {state}")
                support.eventually(lambda: len(watch.changes()) >= changes, f"what run {runs} confirms")
                self.assertEqual(len(watch.changes()), changes, f"run {runs}: {watch.changes()}")
        broken, restored = watch.changes()
        self.assertIn("broken", broken)
        self.assertIn("web", broken)
        self.assertIn("reachable again", restored)

    def test_changes_are_json_where_that_is_wanted(self):
        far_end = self.switch().accept()
        watch = self.watch(*QUICK, "--confirm", "1/1", "--format", "ndjson", *self.targets(web=far_end.port))
        watch.wait_run(1)
        far_end.refuse()
        support.eventually(watch.changes, "a change")
        event = json.loads(watch.changes()[0])
        self.assertEqual((event["schema"], event["kind"]), ("fdnprobe.event/1", "rows-changed"))
        self.assertEqual([row["to"] for row in event["rows"]], ["blocked"])

    def test_a_quiet_window_holds_announcements_back_and_nothing_else(self):
        far_end = self.switch().accept()
        told = self.folder / "told"
        command = self.write("tell", f"#!/bin/sh\ncat > {told}.part && mv {told}.part {told}\n")
        command.chmod(0o755)
        loud = support.site_text(notify={"group": "0s"})
        site = self.write("site.toml", loud + '[schedule]\nquiet = ["00:00-24:00"]\n')
        watch = self.watch(*QUICK, "--confirm", "1/1", "--site", site, "--notify", f"command={command}",
                           *self.targets(web=far_end.port))
        watch.wait_run(1)
        far_end.refuse()
        support.eventually(watch.changes, "a change")
        watch.wait_more_runs(2)
        self.assertFalse(told.exists())
        self.assertEqual(watch.metric("fdnprobe_watch_quiet"), 1)
        site.write_text(loud)
        watch.signal(signal.SIGHUP)
        support.eventually(told.exists, "what still stands is told when the window has ended")
        self.assertEqual(json.loads(told.read_text())["rows"][0]["to"], "blocked")


class Control(reasons_test.Network):
    def test_a_dead_uplink_is_one_event_and_no_row_changes(self):
        rows = reasons_test.web(*reasons_test.PLACES)
        far_end = subprocess.Popen([*self.server.prefix, sys.executable, "-c", ACCEPT, *reasons_test.PLACES],
                                   stdout=subprocess.PIPE)
        self.addCleanup(far_end.communicate)
        self.addCleanup(far_end.kill)
        far_end.stdout.readline()
        watch = Watch("--every", "1s", "--timeout", "1.1", "--locate", "never", "--targets", self.table(rows), "-v",
                      listen=None, prefix=self.client.prefix)
        self.addCleanup(watch.close)
        support.eventually(lambda: any("3 reachable" in line for line in watch.err), f"a good run: {watch.err}")
        self.router.filter("forward", ["drop"])
        support.eventually(watch.changes, f"the uplink's event: {watch.err}")
        self.router.run("nft", "delete", "table", "inet", "forward_test")
        support.eventually(lambda: len(watch.changes()) >= 2, f"its return: {watch.changes()} {watch.err}")
        for line in watch.changes():
            self.assertNotIn("web-", line)
        self.assertEqual(len(watch.changes()), 2, watch.changes())

    def test_cron_and_a_history_tell_an_outage_and_its_end_once_each(self):
        far_end = subprocess.Popen([*self.server.prefix, sys.executable, "-c", ACCEPT, *reasons_test.PLACES],
                                   stdout=subprocess.PIPE)
        self.addCleanup(far_end.communicate)
        self.addCleanup(far_end.kill)
        far_end.stdout.readline()
        told = self.folder / "told"
        command = self.write("tell", f"#!/bin/sh\ncat >> {told}\n")
        command.chmod(0o755)
        table = self.table(reasons_test.web(*reasons_test.PLACES))

        def run():
            result = support.run("watch", "--once", "--history", self.folder / "history.db", "--timeout", "1.1",
                                 "--locate", "never", "--notify", f"command={command}", "--targets", table,
                                 prefix=self.client.prefix)
            kinds = [json.loads(line)["kind"] for line in told.read_text().splitlines()] if told.exists() else []
            return result.code, kinds

        self.assertEqual(run(), (0, []))
        self.router.filter("forward", ["drop"])
        lost, restored = ["control-failed"], ["control-failed", "control-restored"]
        self.assertEqual([kinds for _, kinds in (run(), run(), run())], [[], lost, lost])
        self.router.run("nft", "delete", "table", "inet", "forward_test")
        self.assertEqual([run(), run(), run()], [(0, lost), (0, restored), (0, restored)])


class Signals(WatchCase):
    def test_a_reload_takes_up_a_new_table(self):
        with support.Listener(support.hold_open) as far_end:
            table = self.table({"one": support.row("tcp", far_end.port)})
            watch = self.watch("--every", "1h", "--targets", table)
            watch.wait_run(1)
            self.table({"one": support.row("tcp", far_end.port), "two": support.row("tcp", far_end.port)})
            watch.signal(signal.SIGHUP)
            support.eventually(lambda: watch.states() == {"one": "reachable", "two": "reachable"}, "both rows, checked")
            self.assertEqual(watch.metric("fdnprobe_watch_config_reload_successful"), 1)

    def test_a_bad_file_keeps_the_old_one_and_says_so(self):
        with support.Listener(support.hold_open) as far_end:
            site = self.site(schedule={"every": "1s", "jitter": "0%"})
            watch = self.watch("--site", site, *self.targets(web=far_end.port))
            watch.wait_run(1)
            site.write_text(site.read_text() + "[netwrok]\n")
            watch.signal(signal.SIGHUP)
            support.eventually(lambda: any("netwrok" in line for line in watch.err), "a message")
            [line] = [line for line in watch.err if "netwrok" in line]
            self.assertIn(f"{site}:", line)
            self.assertIn("network", line)
            watch.wait_more_runs(2)
            self.assertEqual(watch.states(), {"web": "reachable"})
            self.assertEqual(watch.metric("fdnprobe_watch_config_reload_successful"), 0)

    def test_it_ends_within_a_second_whatever_it_waits_for(self):
        def seconds_to_end():
            with support.Listener(support.hold_open) as far_end:
                watch = self.watch("--every", "1s", "--timeout", "30", "--history", self.folder / "history.db",
                                   *self.targets(silent=silent.port, web=far_end.port))
                support.eventually(lambda: far_end.accepted >= 1, "a run that hangs")
                began = time.monotonic()
                self.assertEqual(watch.stop(), 0)
                return time.monotonic() - began

        with support.SilentPort() as silent:
            self.assertLess(support.quickest(1.0, seconds_to_end, tries=3), 1.0)

    def test_nothing_that_was_found_is_lost_when_it_ends(self):
        history = self.folder / "history.db"
        with support.Listener(support.hold_open) as far_end:
            watch = self.watch(*QUICK, "--history", history, *self.targets(web=far_end.port))
            watch.wait_run(3)
            runs = watch.runs()
            self.assertEqual(watch.stop(), 0)
        result = support.run("history", "--history", history, "--format", "json")
        self.assert_exit(result, 0)
        self.assertGreaterEqual(result.json["runs"], runs)

    def test_ctrl_c_ends_it_too(self):
        watch = self.watch(*QUICK, *self.targets(web=self.switch().port))
        self.assertEqual(watch.stop(signal.SIGINT), 0)


class ServiceManager(WatchCase):
    def setUp(self):
        super().setUp()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.addCleanup(self.socket.close)
        path = self.folder / "notify"
        self.socket.bind(str(path))
        self.socket.settimeout(support.PATIENCE)
        self.environment = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": 2000000, "WATCHDOG_PID": None}

    def until(self, wanted):
        """What is told until this is."""
        told = []
        while not told or wanted not in told[-1]:
            told.append(self.socket.recv(4096).decode().splitlines())
        return told

    def test_it_is_told_of_readiness_life_reloads_and_the_end(self):
        far_end = self.switch().accept()
        watch = self.watch("--every", "1h", *self.targets(web=far_end.port), env=self.environment)
        self.until("READY=1")
        began = time.monotonic()
        for _ in range(3):
            self.until("WATCHDOG=1")
        self.assertLess(time.monotonic() - began, 3 * 2)
        watch.signal(signal.SIGHUP)
        [since] = [line for line in self.until("RELOADING=1")[-1] if line.startswith("MONOTONIC_USEC=")]
        self.assertAlmostEqual(int(since.split("=")[1]) / 1e6, time.monotonic(), delta=5)
        self.until("READY=1")
        watch.signal(signal.SIGTERM)
        self.until("STOPPING=1")
        self.assertEqual(watch.process.wait(support.PATIENCE), 0)


class Files(WatchCase):
    def test_a_report_is_written_anew_after_each_run(self):
        far_end = self.switch().accept()
        output = self.folder / "fdnprobe.prom"
        watch = self.watch(*QUICK, "--format", "prometheus", "--output", output, *self.targets(web=far_end.port))
        support.eventually(lambda: output.exists() and "probe_success" in output.read_text(), "a report")
        far_end.refuse()
        support.eventually(lambda: "probe_failure_info" in output.read_text() and 'reason="refused"' in
                           output.read_text(), "the next one")
        self.assertEqual(watch.stop(), 0)
        self.assertEqual([one.name for one in self.folder.iterdir() if one.name.startswith("fdnprobe.prom")],
                         ["fdnprobe.prom"])

    def test_a_history_that_another_process_holds_loses_nothing(self):
        history = self.folder / "history.db"
        with support.Listener(support.hold_open) as far_end:
            watch = self.watch(*QUICK, "--history", history, *self.targets(web=far_end.port))
            watch.wait_run(1)
            other = sqlite3.connect(history, isolation_level=None)
            self.addCleanup(other.close)
            other.execute("BEGIN IMMEDIATE")
            support.eventually(lambda: watch.metric("fdnprobe_watch_history_recording") == 0, "a history that waits")
            self.assertEqual(watch.get("/readyz")[0], 503)
            support.eventually(lambda: any(str(history) in line for line in watch.err), "a message")
            watch.wait_more_runs(2)
            other.execute("ROLLBACK")
            support.eventually(lambda: watch.metric("fdnprobe_watch_history_recording") == 1, "a history that goes on")
            support.eventually(lambda: watch.metric("fdnprobe_watch_history_waiting_runs") == 0, "all of it written")
            runs = watch.runs()
            self.assertEqual(watch.stop(), 0)
        result = support.run("history", "--history", history, "--format", "json")
        self.assertGreaterEqual(result.json["runs"], runs)

    def test_a_damaged_history_is_said_and_the_watch_goes_on(self):
        history = self.folder / "history.db"
        far_end = self.switch().accept()
        arguments = (*QUICK, "--history", history, *self.targets(web=far_end.port))
        with Watch(*arguments) as watch:
            watch.wait_run(2)
            watch.stop()
        for log in ("-wal", "-shm"):  # would mend what is damaged, where the watch had no time to take it down
            pathlib.Path(f"{history}{log}").unlink(missing_ok=True)
        with open(history, "r+b") as file:
            file.seek(4096)
            file.write(os.urandom(os.path.getsize(history) - 4096))
        watch = self.watch(*arguments)
        watch.wait_run(1)
        self.assertEqual(watch.states(), {"web": "reachable"})
        support.eventually(lambda: any(str(history) in line and "damaged" in line for line in watch.err), "a message")
        self.assertEqual(watch.metric("fdnprobe_watch_history_recording"), 0)

    def test_killed_at_any_moment_it_loses_the_run_in_progress_at_most(self):
        history = self.folder / "history.db"
        seen = 0
        with support.Listener(support.hold_open) as far_end:
            for _ in range(8):
                with Watch(*QUICK, "--history", history, *self.targets(web=far_end.port)) as watch:
                    watch.wait_run(1)
                    watch.signal(signal.SIGKILL)
                    watch.process.wait()
                # A second run may have ended too, but whether it has been written cannot be seen from here.
                seen += 1
        result = support.run("history", "--history", history, "--format", "json")
        self.assert_exit(result, 0)
        self.assertGreaterEqual(result.json["runs"], seen)
        database = sqlite3.connect(history)
        self.addCleanup(database.close)
        self.assertEqual(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])


class Mistakes(WatchCase):
    def assert_refused(self, *arguments, says):
        result = support.run("watch", *self.targets(web=1), *arguments, timeout=10)
        self.assert_usage_error(result, *says)

    def test_what_cannot_be_meant_is_refused_before_anything_is_sent(self):
        self.assert_refused("--every", "0s", says=["--every 0s", "at least 1s"])
        self.assert_refused("--every", "often", says=["--every often", "30s, 5m"])
        self.assert_refused("--jitter", "80%", says=["--jitter 80%", "50%"])
        self.assert_refused("--confirm", "4/3", says=["--confirm 4/3", "2/3"])
        self.assert_refused("--notify", "pigeon=coop", says=["pigeon", "webhook"])
        self.assert_refused("--format", "junit", says=["--format junit", "--output"])
        self.assert_refused("--history", self.folder / "nowhere" / "history.db", says=["nowhere"])
        self.assert_refused("--history", self.write("text.db", "no database " * 400), says=["text.db"])

    def test_the_page_is_not_shown_to_everybody(self):
        self.assert_refused("--listen", "0.0.0.0:0", says=["--listen 0.0.0.0:0", "--listen-token", "TLS"])
        self.assert_refused("--listen", "[::]:0", says=["--listen-token"])
        self.assert_refused("--listen-token", self.write("token", "x"), says=["--listen"])
        readable = self.write("readable", "secret")
        readable.chmod(0o644)
        self.assert_refused("--listen", "0.0.0.0:0", "--listen-token", readable, says=["readable"])

    def test_a_port_that_is_taken_is_said(self):
        with support.Listener() as other:
            self.assert_refused("--listen", f"127.0.0.1:{other.port}", says=[f"127.0.0.1:{other.port}", "in use"])
