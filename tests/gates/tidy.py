#!/usr/bin/env python3
"""clang-tidy over src/, on the commands of a build that GCC made.

Two things stand between the two. GCC's own flags mean nothing to clang and are left out. And clang 14 announces
coroutines under another macro than libstdc++ and Asio ask for; three definitions bring them together, without which it
sees no asio::awaitable and stops at the first.

Two thirds of the time goes into walking through the standard headers, once for every check and file. So files are
looked at in groups first, as one source that includes them all. A group without a finding is done; of one with a
finding, or that cannot be compiled in one piece, each file is looked at alone, and only that counts. Files that could
hide something of each other are not put together.

A file is looked at again only when it, a header of the project, .clang-tidy or clang-tidy itself has changed: stamps
of clean files are kept beside the build.

Usage: tidy.py BUILD_FOLDER [FILE...]
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
GCC_ONLY = {"-fcoroutines", "-fpch-preprocess", "-Wduplicated-cond", "-Wlogical-op", "-Wno-mismatched-new-delete"}
COROUTINES = ["-DASIO_HAS_CO_AWAIT=1", "-DASIO_HAS_STD_COROUTINE=1", "-D__cpp_impl_coroutine=201902L"]
# Of a group. More save little, and one finding costs a look at each.
MOST_TOGETHER = 10
# What clang-tidy has to say is in .clang-tidy; clang's own warnings are the business of the build.
QUIET = ["-Wno-everything"]
# In a group, the sources are headers to clang-tidy, and a group lies in the build folder, where no .clang-tidy is found.
OPTIONS = [f"--config-file={ROOT / '.clang-tidy'}", r"--header-filter=/(src|include)/.*\.[ch]pp$"]


def commands(build):
    """The compilation commands of src/, as clang understands them."""
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if not path.is_relative_to(ROOT / "src"):
            continue
        words = shlex.split(entry["command"])
        names = [pathlib.Path(word).name for word in words]
        if "ccache" in names:
            words = words[names.index("ccache") + 1:]
        words = ["clang++"] + [word for word in without_precompiled(words[1:]) if word not in GCC_ONLY] + COROUTINES + QUIET
        yield path, {"directory": entry["directory"], "file": str(path), "arguments": words}


def without_precompiled(words):
    """GCC's precompiled headers mean nothing to clang either; what a file needs of them it includes."""
    while "-include" in words:
        at = words.index("-include")
        words = words[:at] + words[at + 2:]
    return [word for word in words if word != "-Winvalid-pch"]


NAMED = re.compile(r"(?:template ?<.*> )?(?:struct|class|enum class|enum|union|using|namespace) (\w+)")
FUNCTION_OR_VALUE = re.compile(r"(?<!::)\b(\w+) ?[(\[={;]")
USING = re.compile(r"^using [\w:]*::(\w+);|^namespace (\w+) =", re.MULTILINE)


def own_names(text):
    """What a file declares for itself, in namespaces without a name: the formatter has it at the beginning of lines."""
    found, inside = set(), False
    for line in text.splitlines():
        if line.startswith("namespace {"):
            inside = True
        elif line.startswith("}  // namespace"):
            inside = False
        elif inside and line and line[0] not in " #/}":
            match = NAMED.match(line) or FUNCTION_OR_VALUE.search(line)
            if match:
                found.add(match[1])
    return found


def groups_of(paths, arguments_of):
    """Lists of files of one room that can be compiled in one piece. Two of them never declare the same for themselves,
    or it would not compile; and none mentions what another has a using-declaration for, or it would pass for used."""
    groups = []
    for path in sorted(paths):
        text = path.read_text(encoding="utf-8")
        own = own_names(text)
        used = {first or second for first, second in USING.findall(text)}
        words = set(re.findall(r"\w+", text))
        for group in groups:
            if (len(group["paths"]) < MOST_TOGETHER and group["arguments"] == arguments_of(path)
                    and not own & group["own"] and not used & group["words"] and not group["used"] & words):
                break
        else:
            group = {"paths": [], "own": set(), "used": set(), "words": set(), "arguments": arguments_of(path)}
            groups.append(group)
        group["paths"].append(path)
        group["own"] |= own
        group["used"] |= used
        group["words"] |= words
    return [group["paths"] for group in groups]


def digest_of(parts):
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


def main(arguments):
    build = pathlib.Path(arguments[0]).resolve()
    tidy = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    if tidy is None:
        print("clang-tidy is not installed (package clang-tidy)")
        return 1
    chosen = {pathlib.Path(name).resolve() for name in arguments[1:]}
    wanted = {path: command for path, command in commands(build) if not chosen or path in chosen}
    if not wanted:
        print(f"no file of src/ in {build}/compile_commands.json")
        return 1

    folder = build / "tidy"
    stamps = folder / "stamps"
    stamps.mkdir(parents=True, exist_ok=True)

    headers = sorted(path for base in ("src", "include") for path in (ROOT / base).rglob("*.hpp"))
    version = subprocess.run([tidy, "--version"], capture_output=True, check=True).stdout
    common = digest_of([(ROOT / ".clang-tidy").read_bytes(), version, *(path.read_bytes() for path in headers)])

    def stamp_of(path):
        return stamps / digest_of([common.encode(), str(path).encode(), json.dumps(wanted[path]).encode(), path.read_bytes()])

    def arguments_of(path):
        """Those that do not name the file itself or what becomes of it."""
        words = wanted[path]["arguments"]
        output = words[words.index("-o") + 1]
        return [word for word in words if word not in (output, str(path))]

    stale = [path for path in wanted if not stamp_of(path).exists()]
    groups, entries = {}, list(wanted.values())
    for number, paths in enumerate(groups_of(stale, arguments_of)):
        if len(paths) > 1:
            one = folder / f"group_{number}.cpp"
            one.write_text("".join(f'#include "{path}"  // NOLINT(bugprone-suspicious-include)\n' for path in paths),
                           encoding="utf-8")
            groups[one] = paths
            entries.append({**wanted[paths[0]], "file": str(one), "arguments": [
                str(one) if word == str(paths[0]) else word for word in wanted[paths[0]]["arguments"]]})
        else:
            groups[paths[0]] = paths
    (folder / "compile_commands.json").write_text(json.dumps(entries), encoding="utf-8")

    def look(path):
        """Empty when there is nothing to say."""
        run = subprocess.run([tidy, "--quiet", "-p", str(folder), *OPTIONS, str(path)],
                             capture_output=True, text=True, check=False)
        said = (run.stdout + (run.stderr if run.returncode else "")).strip()
        return said or ("" if run.returncode == 0 else f"{path}: clang-tidy ended with {run.returncode}")

    def finish(path, said):
        if said:
            print(said)
        else:
            stamp_of(path).touch()
        return bool(said)

    bad, looks = 0, {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for one in sorted(groups, key=lambda one: -sum(path.stat().st_size for path in groups[one])):
            looks[pool.submit(look, one)] = (one, groups[one])
        while looks:
            done, _ = concurrent.futures.wait(looks, return_when=concurrent.futures.FIRST_COMPLETED)
            for job in done:
                one, paths = looks.pop(job)
                if len(paths) > 1 and job.result():
                    print(f"{', '.join(path.stem for path in paths)}: each looked at alone")
                    looks.update({pool.submit(look, path): (path, [path]) for path in paths})
                    continue
                for path in paths:
                    bad += finish(path, job.result())
    print(f"{len(wanted)} files, {len(stale)} looked at, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
