"""Networks for tests: namespaces, the cables between them, packet filters in them, and the programs that run there.

A network lasts as long as the process that made it, or until it is closed. Whoever uses this has made itself root in a
network namespace of its own first, if only in a user namespace (`island`), so nothing of it can leave this machine.
"""

import os
import pathlib
import subprocess
import time

# Nothing that is waited for here may take this long, however slow the machine.
PATIENCE = 60


def island():
    """A command in front of another that makes it root on a machine that has nothing but loopback. Root may make a
    network namespace; an ordinary user needs a user namespace around it."""
    return ["unshare", "-n" if os.geteuid() == 0 else "-Urn", "sh", "-ec", 'ip link set lo up; exec "$@"', "island"]


def eventually(condition, what, seconds=20.0):
    """Waits until condition() is true, and returns its value."""
    limit = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > limit:
            raise AssertionError(f"this did not happen in {seconds} s: {what}")
        time.sleep(0.01)


class Closing:
    """What is closed at the end of a `with`."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Here:
    """The network that this process is in."""

    prefix = ()  # of a command that is to run there

    def run(self, *arguments, check=True, text="", **options):
        """Runs a command there, with `text` as its standard input; returns what it printed."""
        done = subprocess.run([*self.prefix, *arguments], input=text.encode(), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=PATIENCE, check=False, **options)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(arguments)}: {text}{done.stdout.decode()}")
        return done.stdout.decode()

    def shell(self, script):
        return self.run("sh", "-e", "-c", script)

    def filter(self, chain, rules):
        """Adds nftables rules: chain is `input`, `forward` or `output`."""
        lines = "\n".join(f"    {rule}" for rule in rules)
        self.run("nft", "-f", "-", text=f"table inet {chain}_test {{\n  chain rules {{\n"
                                        f"    type filter hook {chain} priority 0;\n{lines}\n  }}\n}}\n")


class Namespace(Here, Closing):
    """A network and a mount namespace that last until they are closed or this process ends."""

    def __init__(self):
        # It reads until this end of the pipe is closed, if only by the kernel.
        self.holder = subprocess.Popen(
            ["unshare", "-nm", "sh", "-c", "echo $$; exec cat"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )
        line = self.holder.stdout.readline()
        if not line.strip():
            raise AssertionError(f"no namespace can be made here: {self.holder.stderr.read().decode()}")
        self.pid = int(line)
        self.prefix = ["nsenter", "--target", str(self.pid), "--net", "--mount"]
        self.run("ip", "link", "set", "lo", "up")

    def close(self):
        self.holder.stdin.close()
        self.holder.wait(PATIENCE)
        self.holder.stdout.close()
        self.holder.stderr.close()


def join(one, one_end, other, other_end):
    """A cable between two namespaces."""
    one.run("ip", "link", "add", one_end, "type", "veth", "peer", "name", other_end)
    one.run("ip", "link", "set", "dev", other_end, "netns", str(other.pid))


def with_file(file, place):
    """A command in front of another that sees this file in that place."""
    return ["unshare", "-m", "sh", "-ec", f'mount --bind "{file}" "$(realpath {place})"; exec "$@"', "with-file"]


def as_ordinary_user():
    """A command in front of another that takes all of root's rights from it."""
    mapped = pathlib.Path("/proc/self/uid_map").read_text().split()
    if mapped[2] == "1":  # a user namespace has no other user; root without capabilities is as ordinary as can be
        return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", "--"]
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]


def has_several_users():
    """Whether a server can become a user of its own here; a user namespace may have a single one."""
    _, _, count = pathlib.Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()[0].split()
    return int(count) > 1


def not_root():
    """A command in front of another that makes it somebody without rights, for servers that refuse to run as root."""
    mapped = pathlib.Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    if mapped[2] == "1":  # a user namespace that has nobody else: one more inside it has nobody at all
        return ["unshare", "-U", "--"]
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]
