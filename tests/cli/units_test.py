"""The limits of the systemd services against what the program really does.

systemd does not run here, so the filter is not in force; strace says what the program calls, and systemd-analyze what the
filter would have let through.
"""

import functools
import re
import subprocess

import support

UNITS = support.SOURCES / "systemd"


@functools.cache
def members(group):
    """The system calls of one of systemd's groups."""
    said = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", group], stdout=subprocess.PIPE, check=True)
    found = set()
    for line in said.stdout.decode().splitlines()[1:]:
        word = line.strip()
        if word.startswith("@"):
            found |= members(word)
        elif word and not word.startswith("#"):
            found.add(word)
    return found


def expanded(words):
    return set().union(*(members(word) if word.startswith("@") else {word} for word in words))


def settings(unit, name):
    return re.findall(rf"(?m)^{name}=(.*)$", (UNITS / unit).read_text(encoding="utf-8"))


def allowed(lines):
    """What the SystemCallFilter= lines let through: the first is a list of what may be, others take from it or add."""
    # systemd's own start of a service takes these, and always lets them through.
    calls = expanded(["@default"])
    for line in lines:
        words = line.removeprefix("~").split()
        calls = calls - expanded(words) if line.startswith("~") else calls | expanded(words)
    return calls


class UnitsTest(support.TestCase):
    def trace(self, *arguments):
        """(call, its line) of each system call of a run and of what it starts."""
        log = self.folder / "trace"
        # The service is nobody of importance: SQLite, for one, calls more when it is root.
        self.folder.chmod(0o777)
        done = support.run(*arguments, prefix=[*support.not_root(), "strace", "-f", "-qq", "--signal=none", "-o", str(log)], timeout=120)
        # A fault is there to be found.
        self.assertEqual(done.code, 1, str(done))
        found = []
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            match = re.match(r"\d+\s+(?:<\.\.\. )?(\w+)(?:\(| resumed)", line)
            if match:
                found.append((match[1], line))
        self.assertGreater(len(found), 500, "strace has seen the run")
        return found

    def assert_within_limits(self, unit, calls):
        may = allowed(settings(unit, "SystemCallFilter"))
        self.assertEqual({call for call, _ in calls} - may, set(), f"{unit}: SystemCallFilter=")
        # The check itself can fail: without its sockets the program would not get far.
        without = allowed([*settings(unit, "SystemCallFilter"), "~@network-io"])
        self.assertIn("socket", {call for call, _ in calls} - without)

        [families] = settings(unit, "RestrictAddressFamilies")
        used = {re.search(r"socket(?:pair)?\((\w+)", line)[1] for call, line in calls
                if call in ("socket", "socketpair") and "(" in line}
        self.assertEqual(used - set(families.split()) - {"AF_LOCAL"}, set(), f"{unit}: RestrictAddressFamilies=")
        self.assertEqual(settings(unit, "MemoryDenyWriteExecute"), ["yes"])
        writable_code = [line for _, line in calls if "PROT_WRITE|PROT_EXEC" in line]
        self.assertEqual(writable_code, [], f"{unit}: MemoryDenyWriteExecute=")
        self.assertEqual([line for _, line in calls if "CLONE_NEW" in line], [], f"{unit}: RestrictNamespaces=")

    def test_check(self):
        self.assert_within_limits("fdnprobe-check.service", self.trace(
            "check", "--lab=tls-inspection", "--locate", "always", "--output", self.folder / "report"))

    def test_watch(self):
        calls = self.trace("watch", "--lab=tls-inspection", "--once", "--confirm", "1/1", "--listen", "127.0.0.1:0",
                           "--history", self.folder / "history.db", "--notify", "command=/bin/true",
                           "--notify", "syslog=udp://127.0.0.1:9")
        self.assert_within_limits("fdnprobe-watch.service", calls)
        # It has notified somebody: what it starts is under the same filter.
        self.assertTrue([line for call, line in calls if call == "execve" and "/bin/true" in line])

    def test_options_that_the_units_give_are_known(self):
        for unit, command in (("fdnprobe-check.service", "check"), ("fdnprobe-watch.service", "watch")):
            [line] = settings(unit, "ExecStart")
            text = support.run(command, "--help").out
            for option in re.findall(r"--[a-z-]+", line):
                self.assertIn(option, text)
            defaults = (UNITS / "fdnprobe.default").read_text(encoding="utf-8")
            for value in re.findall(rf"FDNPROBE_{command.upper()}_OPTIONS=\"(.*)\"", defaults):
                for option in re.findall(r"--[a-z-]+", value):
                    self.assertIn(option, text)


if __name__ == "__main__":
    support.unittest.main()
