"""What the tests of the binary share: running it, tables and sites for it, servers to probe, and networks.

A test states what the far end does and what the program has to say about it. Ports are never fixed: whoever listens
binds port 0 first. Nothing sleeps for a fixed time; `eventually` waits for a condition. All tests run in a network
namespace in which there is nothing but loopback.
"""

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from networks import (PATIENCE, Closing, Here, Namespace, as_ordinary_user, eventually, has_several_users, join, not_root,
                      with_file)

BINARY = os.environ.get("FDNPROBE_BINARY", "fdnprobe")
SOURCES = pathlib.Path(__file__).resolve().parents[2]

SCENARIOS = ("refused", "silent", "dns-failure", "dns-sinkhole", "tls-inspection", "expired-certificate")


# --- running the program ----------------------------------------------------------------------------------------------


class Run:
    """What one run of the program left behind."""

    def __init__(self, arguments, code, out, err, seconds):
        self.arguments = [str(one) for one in arguments]
        self.code = code
        self.raw = out
        self.out = out.decode("utf-8", "replace")
        self.err = err.decode("utf-8", "replace")
        self.seconds = seconds

    def __str__(self):
        return (f"fdnprobe {' '.join(self.arguments)}\nexit code {self.code} after {self.seconds:.2f} s\n"
                f"--- standard output\n{self.out[:6000]}\n--- standard error\n{self.err[:4000]}")

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError as mistake:
            raise AssertionError(f"no JSON: {mistake}\n{self}") from mistake

    @property
    def checks(self):
        """The checks of a JSON report by id."""
        return {check["id"]: check for check in self.json["checks"]}

    @property
    def rows(self):
        """The rows of a JSON report by the id that the table gives them."""
        return {row["id"].split("/", 1)[1]: row for row in self.json["rows"]}

    def check_of(self, row):
        """The only check of a row."""
        [check] = [check for check in self.json["checks"] if check["row"].split("/", 1)[1] == row]
        return check


def environment(**changes):
    variables = {**os.environ, "TERM": "xterm-256color"}
    for name, value in changes.items():
        if value is None:
            variables.pop(name, None)
        else:
            variables[name] = str(value)
    return variables


def command(arguments):
    return [BINARY, *[str(one) for one in arguments]]


def run(*arguments, prefix=(), env=None, cwd=None, stdout=subprocess.PIPE, timeout=PATIENCE):
    """Runs the program to its end. `prefix` is a command that runs it, such as a namespace's."""
    began = time.monotonic()
    try:
        done = subprocess.run(
            [*prefix, *command(arguments)], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
            env=environment(**(env or {})), cwd=cwd, timeout=timeout,
        )
    except subprocess.TimeoutExpired as hung:
        raise AssertionError(f"still running after {timeout} s: {hung.cmd}") from hung
    return Run(arguments, done.returncode, done.stdout or b"", done.stderr, time.monotonic() - began)


def check(*arguments, **options):
    return run("check", "--format", "json", *arguments, **options)


@contextlib.contextmanager
def started(*arguments, prefix=(), env=None, **options):
    """Starts the program, and makes sure that it ends with the test."""
    process = subprocess.Popen(
        [*prefix, *command(arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(**(env or {})), **options,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


class Lab(Closing):
    """`fdnprobe lab`, running; its site file is in `site`."""

    def __init__(self, folder, scenario=None, *options):
        self.site = pathlib.Path(folder) / f"lab-{scenario or 'default'}.toml"
        # Folders are looked for here, and nowhere where another test's lab may be.
        self.temporary = pathlib.Path(tempfile.mkdtemp(dir=folder, prefix="lab-"))
        arguments = ["lab", *([scenario] if scenario else []), *options]
        self.process = subprocess.Popen(
            command(arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=environment(TMPDIR=self.temporary),
        )
        # The site file ends where the message on standard error begins.
        message = self.process.stderr.readline().decode()
        if "running" not in message:
            raise AssertionError(f"the lab did not start: {message}{self.process.stderr.read().decode()}")
        os.set_blocking(self.process.stdout.fileno(), False)
        self.site.write_bytes(self.process.stdout.read() or b"")

    def folders(self):
        return list(self.temporary.iterdir())

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(PATIENCE)
        self.close()
        return code

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()


# Select Graphic Rendition, and nothing else.
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def is_control(character):
    number = ord(character)
    if character == "\n":
        return False
    bidirectional = 0x202A <= number <= 0x202E or 0x2066 <= number <= 0x2069
    return number < 0x20 or 0x7F <= number < 0xA0 or bidirectional


def quickest(bound, once, tries=5):
    """The least of so many times, or the first within the bound: other programs may slow this one down, nothing makes
    it faster. `once()` begins anew and says how long it took."""
    least = once()
    for _ in range(tries - 1):
        if least <= bound:
            break
        least = min(least, once())
    return least


class TestCase(unittest.TestCase):
    """A folder for each test, and what several tests want to know of a run."""

    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        if [name for _, name in socket.if_nameindex()] != ["lo"]:
            raise RuntimeError("these tests may send to public addresses: start them with tests/cli/run")

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fdnprobe-test-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        # Some runs are an ordinary user's.
        self.folder.chmod(0o755)

    def write(self, name, text):
        path = self.folder / name
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8")
        return path

    def table(self, rows, name="table", **head):
        return self.write(f"{name}.toml", table_text(rows, name, **head))

    def site(self, name="site", **sections):
        return self.write(f"{name}.toml", site_text(**sections))

    def assert_exit(self, result, *codes):
        self.assertIn(result.code, codes, str(result))

    def assert_verdict(self, result, row, verdict, cause=None):
        """What became of the only check of a row; returns it."""
        found = result.check_of(row)
        said = f"{row}: {found['verdict']}/{found['cause']}: {found['summary']}\n{json.dumps(found['attempts'])[:3000]}"
        self.assertEqual(found["verdict"], verdict, said)
        if cause is not None:
            self.assertEqual(found["cause"], cause, said)
        return found

    def assert_usage_error(self, result, *texts):
        """Exit code 2, nothing on standard output, and a message that says all this."""
        self.assertEqual(result.code, 2, str(result))
        self.assertEqual(result.out, "", str(result))
        for text in texts:
            self.assertIn(text, result.err, str(result))

    def assert_clean_text(self, raw, colour=False):
        """No control character but line ends; with `colour`, only the sequences that the program itself uses."""
        text = raw.decode("utf-8")
        if colour:
            text = COLOURS.sub("", text).replace("\r\n", "\n")
        bad = sorted({f"U+{ord(c):04X}" for c in text if is_control(c)})
        self.assertEqual(bad, [], f"control characters in: {text[:3000]!r}")



# --- tables and sites -------------------------------------------------------------------------------------------------


def toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{toml(key)} = {toml(one)}" for key, one in value.items()) + " }"
    # JSON's strings and numbers are TOML's.
    return json.dumps(value if isinstance(value, (int, float)) else str(value))


def keys(values):
    return "".join(f"{key} = {toml(value)}\n" for key, value in values.items())


def table_text(rows, name="table", **head):
    """A table. `rows`: id -> keys of the row; under `checks` a list of keys of its checks."""
    text = keys({"schema": "fdnprobe.table/1", "id": name, "title": "a test's table", "product": "Product", **head})
    for identifier, row in rows.items():
        values = {"id": identifier, "direction": "outgoing", "peer": "Peer", "purpose": identifier, **row}
        checks = values.pop("checks", [])
        text += "\n[[row]]\n" + keys(values)
        for one in checks:
            text += "\n[[row.check]]\n" + keys(one)
    return text


def site_text(**sections):
    """A site. Each section is a dictionary; `name` is a text."""
    name = sections.pop("name", "test")
    text = keys({"schema": "fdnprobe.site/1", "name": name})
    for section, values in sections.items():
        text += f"\n[{section}]\n" + "".join(f"{toml(key)} = {toml(value)}\n" for key, value in values.items())
    return text


def row(probe, port, host="127.0.0.1", transport="tcp", **options):
    """A row of one check. `options`: other keys of the check."""
    text = f"{transport.upper()}/{port}"
    return {"ports": text, "checks": [{"port": text, "probe": probe, "host": host, **options}]}


def plain_row(ports, transport="tcp", **options):
    """A row that is read plainly: each port is tried at the peer's address."""
    return {"ports": ", ".join(f"{transport.upper()}/{port}" for port in ports), **options}


def pins(names, ports):
    """[hosts] of a site: where each name and port really is, on loopback."""
    return {f"{name}:{transport}/{port}": f"127.0.0.1:{port}" for name in names for transport, port in ports}


def close_and_wake(one):
    """Closes a socket that a thread waits for: closing alone does not wake it."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


# --- listeners --------------------------------------------------------------------------------------------------------


class Listener(Closing):
    """A TCP server on loopback. `serve(connection)` runs in a thread for each connection; None: nothing is accepted
    beyond the handshake, which the kernel does."""

    def __init__(self, serve=None, address="127.0.0.1", backlog=4096):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.bind((address, 0))
        self.socket.listen(backlog)
        self.port = self.socket.getsockname()[1]
        self.serve = serve
        self.lock = threading.Lock()
        self.accepted = 0
        self.open_now = 0
        self.most_open = 0
        self.closing = False
        self.times = []
        if serve is not None:
            threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with self.lock:
                self.times.append(time.monotonic())
                self.accepted += 1
                self.open_now += 1
                self.most_open = max(self.most_open, self.open_now)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            with connection:
                connection.settimeout(PATIENCE)
                self.serve(connection)
        except OSError:
            pass  # the program went away, as it may
        finally:
            with self.lock:
                self.open_now -= 1

    def close(self):
        close_and_wake(self.socket)


def hold_open(connection):
    """Reads until the other side closes, and says nothing."""
    while connection.recv(65536):
        pass


class ClosedPort(Closing):
    """A port of loopback that refuses: bound, so that nobody else takes it, and not listening."""

    def __init__(self, kind=socket.SOCK_STREAM):
        self.socket = socket.socket(socket.AF_INET, kind)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def close(self):
        self.socket.close()


class SilentPort(Closing):
    """A TCP port of loopback that answers no SYN: its queue is full, and nobody accepts."""

    def __init__(self):
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(0)
        self.port = self.socket.getsockname()[1]
        self.fillers = []
        # The first that stays unanswered shows that the queue is full.
        for _ in range(8):
            filler = socket.socket()
            self.fillers.append(filler)
            filler.settimeout(0.3)
            try:
                filler.connect(("127.0.0.1", self.port))
            except TimeoutError:
                return
        raise AssertionError("the queue of a listening socket does not fill")

    def close(self):
        for one in (*self.fillers, self.socket):
            one.close()


class DatagramServer(Closing):
    """A UDP server on loopback. `answer(bytes)` gives the datagrams to send back."""

    def __init__(self, answer=lambda query: []):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.received = []
        self.answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                query, sender = self.socket.recvfrom(65536)
                if sender is None:  # it has been closed
                    return
                self.received.append(query)
                for answer in self.answer(query):
                    self.socket.sendto(answer, sender)
            except OSError:
                return

    def close(self):
        close_and_wake(self.socket)


def free_port(kind=socket.SOCK_STREAM):
    """A port that was free a moment ago, for servers that cannot be told to pick one."""
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def accepts_connections(port, address="127.0.0.1"):
    with socket.socket() as one:
        one.settimeout(1)
        return one.connect_ex((address, port)) == 0


# --- far ends ---------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def far_end(namespace, *ports):
    """Servers in a namespace: each port is tcp/N or udp/N."""
    process = subprocess.Popen(
        [*namespace.prefix, "python3", "-B", str(pathlib.Path(__file__).with_name("far_end.py")), *ports],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )
    try:
        if process.stdout.readline().strip() != b"ready":
            raise AssertionError("the far end did not start")
        yield
    finally:
        process.stdin.close()
        process.wait(PATIENCE)
        process.stdout.close()
