"""`fdnprobe watch`, running: what the tests of a watch share."""

import contextlib
import http.client
import json
import re
import subprocess
import threading
import urllib.parse

import support


class Watch(support.Closing):
    """A watch whose page is served on a port of its own. What it prints is collected in `out` and `err`, by lines."""

    def __init__(self, *arguments, listen="127.0.0.1:0", env=None, prefix=(), **options):
        served = ["--listen", listen] if listen else []
        self.process = subprocess.Popen(
            [*prefix, *support.command(["watch", *served, *arguments])], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=support.environment(**(env or {})), **options)
        self.out, self.err = [], []
        self.readers = [threading.Thread(target=self._read, args=(stream, lines), daemon=True)
                        for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for reader in self.readers:
            reader.start()
        self.url = None
        if listen:
            support.eventually(lambda: self.process.poll() is not None or self._find_url(), f"a page: {self.err}")
            if self.url is None:
                raise AssertionError(f"the watch ended: {self.err}")

    @staticmethod
    def _read(stream, lines):
        for line in stream:
            lines.append(line.decode("utf-8", "replace").rstrip("\n"))

    def _find_url(self):
        for line in self.out:
            if match := re.fullmatch(r"listening on (https?://\S+/)", line):
                self.url = match.group(1)
        return self.url is not None

    def get(self, path, headers=None):
        """(status, body) of a page."""
        parts = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=support.PATIENCE)
        with contextlib.closing(connection):
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.read().decode()

    def json(self, path):
        status, body = self.get(path)
        if status != 200:
            raise AssertionError(f"{path}: {status} {body[:500]}")
        return json.loads(body)

    def metrics(self):
        """Each series that is served, by its name and labels as they are written."""
        status, body = self.get("/metrics")
        if status != 200:
            raise AssertionError(f"/metrics: {status} {body[:500]}")
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1])
                for line in body.splitlines() if line and not line.startswith("#")}

    def metric(self, name):
        """The only series of that name."""
        found = [value for series, value in self.metrics().items() if series.split("{")[0] == name]
        if len(found) != 1:
            raise AssertionError(f"{name}: {len(found)} series")
        return found[0]

    def runs(self):
        return self.metric("fdnprobe_watch_runs_total")

    def wait_run(self, number):
        """Waits until the run of that number has ended, counted from the start of the watch; it may have long since."""
        support.eventually(lambda: self.runs() >= number, f"run {number}: {self.err}")

    def wait_more_runs(self, more):
        """Waits until that many runs have ended from now on. A run that is under way counts as the first."""
        self.wait_run(self.runs() + more)

    def states(self):
        """The state of each row by the id that its table gives it."""
        return {row["id"].split("/", 1)[1]: row["state"] for row in self.json("/api/v1/report")["rows"]}

    def changes(self):
        """The lines that announce a change."""
        return [line for line in self.out if not line.startswith("listening on ")]

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self, number=support.signal.SIGTERM):
        """Ends it, and returns its exit code."""
        self.signal(number)
        code = self.process.wait(support.PATIENCE)
        for reader in self.readers:
            reader.join(support.PATIENCE)
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for reader in self.readers:
            reader.join(support.PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()
