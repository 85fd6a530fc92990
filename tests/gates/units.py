#!/usr/bin/env python3
"""The systemd units: `systemd-analyze verify` finds nothing, and each service's exposure is at most 2.0.

systemd does not run here. What the filter of system calls would do to the program is tests/cli/units_test.py's to say.

Usage: units.py [--self-test]
"""
import pathlib
import re
import subprocess
import sys
import tempfile

UNITS = pathlib.Path(__file__).resolve().parents[2] / "systemd"
MOST = 2.0

# A place where the program would be found, in a namespace of mounts that nobody else sees.
WITH_PROGRAM = ["unshare", "-m"]
SCRIPT = 'mount -t tmpfs none /usr/local/bin && ln -s /bin/true /usr/local/bin/fdnprobe && exec "$@"'


def with_program(*command):
    user = [] if subprocess.run(["id", "-u"], stdout=subprocess.PIPE, check=True).stdout.strip() == b"0" else ["-Ur"]
    done = subprocess.run([*WITH_PROGRAM, *user, "sh", "-ec", SCRIPT, "units", *map(str, command)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode()


def check(folder):
    problems = []
    services, timers = sorted(folder.glob("*.service")), sorted(folder.glob("*.timer"))
    # All at once: a timer's service is looked for beside it.
    code, said = with_program("systemd-analyze", "verify", "--man=no", *services, *timers)
    # Of other units of this machine nothing is asked here.
    own = [line for line in said.splitlines() if "fdnprobe" in line or str(folder) in line]
    if own or (code != 0 and not said):
        problems.append("systemd-analyze verify: " + "; ".join(own or [f"exit code {code}"]))
    for service in services:
        done = subprocess.run(["systemd-analyze", "security", "--offline=true", "--no-pager", str(service)],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout.decode())
        if not exposure:
            problems.append(f"{service.name}: {done.stdout.decode()}")
        elif float(exposure[1]) > MOST:
            problems.append(f"{service.name}: its exposure is {exposure[1]}, and {MOST} is the most")
        else:
            print(f"{service.name}: exposure {exposure[1]}")
    if not services:
        problems.append("there are no services")
    return problems


def self_test():
    failures = []
    for what, change in {
        "misspelt setting": ("ProtectHome=", "ProtektHome="),
        "no such value": ("Type=notify", "Type=notified"),
        "no such program": ("ExecStart=fdnprobe", "ExecStart=/usr/bin/fdnprobed"),
        "exposed": ("CapabilityBoundingSet=\n", "\n"),
    }.items():
        with tempfile.TemporaryDirectory() as folder:
            for unit in UNITS.glob("fdnprobe*.*"):
                text = unit.read_text(encoding="utf-8")
                if unit.name == "fdnprobe-watch.service":
                    assert change[0] in text
                    text = text.replace(*change)
                    if what == "exposed":
                        text = re.sub(r"^(Restrict|Protect|Private|SystemCall|User|Group).*\n", "", text, flags=re.MULTILINE)
                (pathlib.Path(folder) / unit.name).write_text(text, encoding="utf-8")
            if not check(pathlib.Path(folder)):
                failures.append(f"missed: {what}")
    for failure in failures:
        print(failure)
    print(f"4 bad units, {len(failures)} wrong")
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    problems = check(UNITS)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
