#!/usr/bin/env python3
"""The Debian package of a build: it is made, lintian finds no error in it, what it promises is in it, the program in it
finds its own tables, the playbook of ansible/ installs it, and dpkg upgrades and purges it.

It is installed into a copy of this machine that is laid over it and gone afterwards, which takes root. As an ordinary user
that part is left out, and the last line says so.

Usage: package.py BUILD_FOLDER
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROMISED = """
etc/default/fdnprobe
etc/fdnprobe/site.toml.example
usr/bin/fdnprobe
usr/lib/systemd/system/fdnprobe-check.service
usr/lib/systemd/system/fdnprobe-check.timer
usr/lib/systemd/system/fdnprobe-watch.service
usr/lib/sysusers.d/fdnprobe.conf
usr/share/bash-completion/completions/fdnprobe
usr/share/doc/fdnprobe/CHANGELOG.md
usr/share/doc/fdnprobe/README.md
usr/share/doc/fdnprobe/changelog.gz
usr/share/doc/fdnprobe/copyright
usr/share/fdnprobe/alertmanager/alertmanager.yml
usr/share/fdnprobe/ansible/check.yml
usr/share/fdnprobe/ansible/roles/fdnprobe/filter_plugins/fdnprobe.py
usr/share/fdnprobe/grafana/dashboards/fdnprobe-sites.json
usr/share/fdnprobe/grafana/provisioning/datasources/prometheus.yml
usr/share/fdnprobe/kubernetes/watch.yaml
usr/share/fdnprobe/prometheus/fdnprobe.rules.yml
usr/share/fdnprobe/prometheus/prometheus.yml
usr/share/fdnprobe/targets/fortiproxy-7.4.toml
usr/share/man/man1/fdnprobe.1.gz
""".split()
# What the program cannot do without; the rest is found by the linker's own list.
LIBRARIES = ("libc6", "libssl3", "libc-ares2", "libsqlite3-0", "libsystemd0")

# Inside the copy: first installed by the playbook of ansible/, which lets it check the lab, then again over a changed file of the administrator's, then purged.
INSTALL = r"""
export DEBIAN_FRONTEND=noninteractive
say() { echo "package: $*" >&2; exit 1; }
enabled() { find /etc/systemd -name "fdnprobe*" | grep . ; }
install() { dpkg --no-triggers --force-confold --install "$deb" >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; say "dpkg fails"; }; }
ip link set lo up
cat >/tmp/inventory.json <<EOF
{"fdnprobe": {"hosts": {"here": {}}, "vars": {
  "ansible_connection": "local", "ansible_python_interpreter": "/usr/bin/python3", "fdnprobe_package": "$deb",
  "fdnprobe_site_file": "", "fdnprobe_options": ["--lab", "--only", "AV/IPS Update"]}}}
EOF
(cd "$ansible" && HOME=/tmp ansible-playbook --inventory /tmp/inventory.json --extra-vars fdnprobe_result=/tmp/result \
    check.yml) >/tmp/ansible.log 2>&1 || { cat /tmp/ansible.log; say "the playbook fails"; }
grep -q "AV/IPS Update,reachable" /tmp/result/table.csv || say "the playbook has no table"
getent passwd fdnprobe | grep -q nologin || say "no user"
! enabled || say "something was enabled that nobody asked for"
runuser --user fdnprobe -- fdnprobe list --format json >/tmp/plan.json || say "the user cannot run it"
runuser --user fdnprobe -- fdnprobe check --lab --only "AV/IPS Update" --output /tmp/report || say "the check of the lab fails"
fdnprobe validate /usr/share/fdnprobe/targets/*.toml || say "tables"
fdnprobe validate /etc/fdnprobe/site.toml.example || say "the example of a site file is wrong"
echo '# mine' >>/etc/default/fdnprobe
cp /etc/fdnprobe/site.toml.example /etc/fdnprobe/site.toml
mkdir -p /var/lib/fdnprobe && touch /var/lib/fdnprobe/history.db
install
grep -q '# mine' /etc/default/fdnprobe || say "an upgrade has overwritten the options"
mkdir -p /etc/systemd/system/multi-user.target.wants
ln -s /usr/lib/systemd/system/fdnprobe-watch.service /etc/systemd/system/multi-user.target.wants/
dpkg --no-triggers --remove fdnprobe >/tmp/dpkg.log 2>&1 || say "dpkg --remove"
test -e /var/lib/fdnprobe/history.db || say "removing has deleted the history"
dpkg --no-triggers --purge fdnprobe >/tmp/dpkg.log 2>&1 || say "dpkg --purge"
! test -e /var/lib/fdnprobe || say "purging has left the history"
! enabled || say "purging has left a service enabled"
! test -e /etc/default/fdnprobe || say "purging has left the options"
test -e /etc/fdnprobe/site.toml || say "purging has deleted the administrator's site file"
"""
# A copy of the machine: what is written goes to memory.
OVERLAY = r"""
mount -t tmpfs none "$1"; mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" none "$1/root"
mount --rbind /dev "$1/root/dev"; mount -t proc none "$1/root/proc" 2>/dev/null || mount --rbind /proc "$1/root/proc"
mount -t tmpfs -o mode=1777 none "$1/root/tmp"; cp "$2" "$1/root/tmp/fdnprobe.deb"
cp -r "$4" "$1/root/tmp/ansible"  # a checkout on another file system, or in /tmp, is not in the copy
deb=/tmp/fdnprobe.deb ansible=/tmp/ansible exec chroot "$1/root" sh -ec "$3"
"""


def run(*command, **options):
    done = subprocess.run([str(one) for one in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options)
    return done.returncode, done.stdout.decode(errors="replace")


def must(*command, **options):
    code, said = run(*command, **options)
    if code != 0:
        raise SystemExit(f"{' '.join(map(str, command))}: {code}\n{said}")
    return said


def check_contents(deb, folder):
    problems = []
    must("dpkg-deb", "--extract", deb, folder)
    problems += [f"{one} is not in it" for one in PROMISED if not (folder / one).is_file()]
    control = folder / "DEBIAN"
    must("dpkg-deb", "--control", deb, control)
    depends = must("dpkg-deb", "--field", deb, "Depends")
    problems += [f"it does not depend on {one}" for one in LIBRARIES if one not in depends]
    conffiles = set((control / "conffiles").read_text(encoding="utf-8").split())
    etc = {f"/{one.relative_to(folder)}" for one in (folder / "etc").rglob("*") if one.is_file()}
    if conffiles != etc:
        problems.append(f"conffiles are {conffiles}, and under /etc are {etc}")

    # It finds the tables that it has brought, and no others.
    program = folder / "usr/bin/fdnprobe"
    must(program, "list", "--format", "json", cwd="/")
    shutil.move(folder / "usr/share/fdnprobe/targets", folder / "elsewhere")
    if not pathlib.Path("/usr/share/fdnprobe/targets").exists() and run(program, "list", cwd="/")[0] == 0:
        problems.append("the program in it finds tables that are not its own")
    return problems


def check_installation(deb, folder):
    folder.mkdir()
    code, said = run("unshare", "--mount", "--net", "sh", "-ec", OVERLAY, "overlay", folder, deb, INSTALL,
                     ROOT / "ansible")
    return [] if code == 0 else [f"installing it: {said}"]


def main():
    if len(sys.argv) != 2:
        raise SystemExit("usage: package.py BUILD_FOLDER")
    build = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        must("cpack", "-G", "DEB", "--config", build / "CPackConfig.cmake", "-B", folder / "made", cwd=build)
        [deb] = (folder / "made").glob("*.deb")
        problems = []
        if not re.fullmatch(r"fdnprobe_\d+\.\d+\.\d+_\w+\.deb", deb.name):
            problems.append(f"it is called {deb.name}")
        code, said = run("lintian", "--fail-on", "error,warning", "--allow-root", deb)
        if code != 0:
            problems.append(f"lintian:\n{said}")
        problems += check_contents(deb, folder / "contents")
        root = os.geteuid() == 0
        if root:
            problems += check_installation(deb, folder / "overlay")
        for problem in problems:
            print(problem)
        print(f"{deb.name}, {deb.stat().st_size >> 10} KiB" + ("" if root else "; not installed: that takes root"))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
