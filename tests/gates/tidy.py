#!/usr/bin/env python3
"""clang-tidy over src/, on the commands of a build that GCC made.

Two things stand between the two. GCC's own flags mean nothing to clang and are left out. And clang 14 announces
coroutines under another macro than libstdc++ and Asio ask for; three definitions bring them together, without which it
sees no asio::awaitable and stops at the first.

A file is looked at again only when it, a header of the project, .clang-tidy or clang-tidy itself has changed: stamps
of clean files are kept beside the build.

Usage: tidy.py BUILD_FOLDER [FILE...]
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
GCC_ONLY = {"-fcoroutines", "-Wduplicated-cond", "-Wlogical-op", "-Wno-mismatched-new-delete"}
COROUTINES = ["-DASIO_HAS_CO_AWAIT=1", "-DASIO_HAS_STD_COROUTINE=1", "-D__cpp_impl_coroutine=201902L"]
# What clang-tidy has to say is in .clang-tidy; clang's own warnings are the business of the build.
QUIET = ["-Wno-everything"]


def commands(build):
    """The compilation commands of src/, as clang understands them."""
    for entry in json.loads((build / "compile_commands.json").read_text(encoding="utf-8")):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        if not path.is_relative_to(ROOT / "src"):
            continue
        words = shlex.split(entry["command"])
        if pathlib.Path(words[0]).name == "ccache":
            words = words[1:]
        words = ["clang++"] + [word for word in words[1:] if word not in GCC_ONLY] + COROUTINES + QUIET
        yield path, {"directory": entry["directory"], "file": str(path), "arguments": words}


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
    (folder / "compile_commands.json").write_text(json.dumps(list(wanted.values())), encoding="utf-8")

    headers = sorted(path for base in ("src", "include") for path in (ROOT / base).rglob("*.hpp"))
    version = subprocess.run([tidy, "--version"], capture_output=True, check=True).stdout
    common = digest_of([(ROOT / ".clang-tidy").read_bytes(), version, *(path.read_bytes() for path in headers)])

    def stamp_of(path):
        return stamps / digest_of([common.encode(), str(path).encode(), json.dumps(wanted[path]).encode(), path.read_bytes()])

    def look(path):
        run = subprocess.run([tidy, "--quiet", "-p", str(folder), str(path)], capture_output=True, text=True, check=False)
        return path, run.returncode, run.stdout + (run.stderr if run.returncode else "")

    stale = sorted((path for path in wanted if not stamp_of(path).exists()), key=lambda path: -path.stat().st_size)
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, code, output in pool.map(look, stale):
            if code == 0 and not output.strip():
                stamp_of(path).touch()
            else:
                bad += 1
                print(output.strip())
    print(f"{len(wanted)} files, {len(stale)} looked at, {bad} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
