#!/usr/bin/env python3
"""Hold the #include lines of src/ and include/ to the rooms of CMakeLists.txt.

One list: the `fdnprobe_room(NAME ROOMS ... LIBRARIES ...)` lines. A room may include itself, the rooms it names and
what those name in turn, and the headers of the libraries on that way. Linking alone would not hold a room to it: all
rooms share one include directory, and a header needs no library.

A room that reaches none of asio, httplib and OpenSSL::SSL is pure: no sockets, no clock, no files (config and history
may use files; it is what they are for).

Order of a file's includes, a blank line between the groups: the file's own header; the system and the standard
library; other libraries; the project.

Usage: layers.py [--fix | --self-test]; --fix puts includes in order
"""
import contextlib
import io
import pathlib
import re
import sys
import tempfile

# Which library of CMakeLists.txt a header belongs to.
LIBRARY_HEADERS = {
    "asio": r"asio(/|\.hpp$)",
    "c-ares": r"ares",
    "OpenSSL::SSL": r"openssl/",
    "OpenSSL::Crypto": r"openssl/",
    "tomlplusplus": r"toml\+\+/",
    "nlohmann_json::nlohmann_json": r"nlohmann/",
    "CLI11::CLI11": r"CLI/",
    "fmt::fmt": r"fmt/",
    "tl::expected": r"tl/",
    "nettle": r"nettle/",
    "SQLiteCpp": r"(SQLiteCpp/|sqlite3\.h$)",
    "httplib": r"httplib\.h$",
    "systemd": r"systemd/",
}

# arpa/inet.h is not among them: inet_pton and inet_ntop are arithmetic.
SOCKET_HEADERS = re.compile(r"(sys/(socket|un|ioctl|select|epoll|wait|resource|random)|net/.*|netinet/.*|netdb|netpacket/.*"
                            r"|linux/.*|poll|ifaddrs|resolv|unistd|pthread|signal|thread|mutex|condition_variable|future"
                            r"|csignal|iostream)(\.h)?")
FILE_HEADERS = re.compile(r"(fstream|filesystem|cstdio|stdio\.h|fcntl\.h|sys/stat\.h|dirent\.h)")
CLOCK = re.compile(r"\b\w*[cC]lock::now\b|\b(clock_gettime|gettimeofday)\s*\(|\bstd::time\s*\(")
READS_FILES = {"config", "history"}
# Reading a file takes these; sockets and processes do not follow from it.
FILE_READING = {"unistd.h"}
# A history is asked by one thread while another one writes it.
SHARED_BY_THREADS = {"history": {"mutex"}}

GROUPS = ["its own header", "the standard library", "other libraries", "the project"]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)


class Rooms:
    def __init__(self, cmake):
        self.rooms, self.libraries = {}, {}
        for name, rest in re.findall(r"^fdnprobe_room\(\s*(\w+)([^)]*)\)", cmake, re.MULTILINE):
            words, key = rest.split(), None
            named = {"ROOMS": [], "LIBRARIES": []}
            for word in words:
                if word in named:
                    key = word
                else:
                    named[key].append(word)
            self.rooms[name], self.libraries[name] = named["ROOMS"], named["LIBRARIES"]
        for name, below in self.rooms.items():
            for other in below:
                if other not in self.rooms:
                    raise SystemExit(f"CMakeLists.txt: room {name} names {other}, which is no room")

    def reach(self, name):
        """The room itself and all rooms that it may use."""
        seen, queue = set(), [name]
        while queue:
            room = queue.pop()
            if room not in seen:
                seen.add(room)
                queue.extend(self.rooms[room])
        return seen

    def reached_libraries(self, name):
        return {library for room in self.reach(name) for library in self.libraries[room]}

    def pure(self, name):
        return not {"asio", "httplib", "OpenSSL::SSL"} & self.reached_libraries(name)


def without_comments(text):
    """Comments blanked, text in quotes kept (includes are quoted), lines in their places."""
    return COMMENT.sub(lambda match: match.group() if match.group()[0] == '"'
                       else re.sub(r"[^\n]", " ", match.group()), text)


def group_of(bracket, header, own):
    if header == own:
        return 0
    if bracket == '"':
        return 3
    third_party = any(re.match(pattern, header) for pattern in LIBRARY_HEADERS.values())
    return 2 if third_party else 1


def includes_of(lines):
    """(line index, bracket, header) of every include but those under #if."""
    depth = 0
    for index, line in enumerate(lines):
        if re.match(r"\s*#\s*if", line):
            depth += 1
        elif re.match(r"\s*#\s*endif", line):
            depth -= 1
        elif depth == 0 and (match := INCLUDE.match(line)):
            yield index, *match.groups()


def check_order(lines, own):
    """The first include that is out of order, if one is: the groups in order, a blank line between them."""
    last_group, last_index = None, 0
    for index, bracket, header in includes_of(lines):
        group = group_of(bracket, header, own)
        if last_group is not None:
            blank = any(not between.strip() for between in lines[last_index:index])
            if group < last_group:
                return [(index + 1, f"{GROUPS[group]} comes before {GROUPS[last_group]} (./dev format puts it right)")]
            if group > last_group and not blank:
                return [(index + 1, f"a blank line is wanted between {GROUPS[last_group]} and {GROUPS[group]}")]
        last_group, last_index = group, index
    return []


def in_order(text, own):
    """The text with its includes in order, where nothing but blank lines stands between them."""
    lines = text.split("\n")
    includes = list(includes_of(without_comments(text).split("\n")))
    if not includes or not check_order(without_comments(text).split("\n"), own):
        return text
    first, last = includes[0][0], includes[-1][0]
    if len([line for line in lines[first:last + 1] if line.strip()]) != len(includes):
        return text
    groups = {}
    for index, bracket, header in includes:
        # C headers of the system stand before the standard library's.
        subgroup = bool(not header.endswith(".h")) if group_of(bracket, header, own) == 1 else False
        groups.setdefault((group_of(bracket, header, own), subgroup), []).append(lines[index])
    blocks = ["\n".join(sorted(groups[key])) for key in sorted(groups)]
    return "\n".join(lines[:first] + ["\n\n".join(blocks)] + lines[last + 1:])


def own_header(path, room, root):
    """The header that a source file implements, as it is included; nothing where there is none."""
    for candidate in (f"{room}/{path.stem}.hpp", f"fdnprobe/{path.stem}.hpp" if room == "model" else ""):
        if path.suffix == ".cpp" and candidate and any((root / base / candidate).is_file() for base in ("src", "include")):
            return candidate
    return None


def check_file(path, room, root, rooms):
    """Problems of one file, as (line, sentence). The room of include/fdnprobe is model."""
    text = without_comments(path.read_text(encoding="utf-8"))
    lines = text.split("\n")
    problems = []
    if path.suffix == ".hpp" and "#pragma once" not in lines:
        problems.append((1, "a header begins with #pragma once"))

    reach, libraries, pure = rooms.reach(room), rooms.reached_libraries(room), rooms.pure(room)
    public = "include" in path.relative_to(root).parts[:1]
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if match:
            bracket, header = match.groups()
            if bracket == '"':
                target = "model" if header.startswith("fdnprobe/") else header.split("/")[0]
                base = "include" if header.startswith("fdnprobe/") else "src"
                if not (root / base / header).is_file():
                    problems.append((number, f"there is no {base}/{header}"))
                elif target not in reach:
                    problems.append((number, f"{room} may not use {target}: CMakeLists.txt gives it {', '.join(sorted(reach))}"))
                elif public and not header.startswith("fdnprobe/"):
                    problems.append((number, "a public header may include public headers only"))
            else:
                owners = {library for library, pattern in LIBRARY_HEADERS.items() if re.match(pattern, header)}
                if owners and (public or not owners & libraries):
                    problems.append((number, f"{'a public header' if public else room} may not use {sorted(owners)[0]}"))
                elif pure and FILE_HEADERS.fullmatch(header) and room not in READS_FILES:
                    problems.append((number, f"{room} is pure: no <{header}>"))
                elif (pure and SOCKET_HEADERS.fullmatch(header)
                      and not (room in READS_FILES and header in FILE_READING)
                      and header not in SHARED_BY_THREADS.get(room, ())):
                    problems.append((number, f"{room} is pure: no <{header}>"))
        elif pure and CLOCK.search(line):
            problems.append((number, f"{room} is pure: the time is given to it"))
    return problems + check_order(lines, own_header(path, room, root))


def files_of(root, rooms):
    """Every file of src/ and include/ with its room."""
    for room in sorted(rooms.rooms):
        for path in sorted((root / "src" / room).rglob("*.[ch]pp")):
            yield path, room
    for path in sorted((root / "include").rglob("*.hpp")):
        yield path, "model"


def check_tree(root):
    rooms = read_rooms(root)
    folders = {path.name for path in (root / "src").iterdir() if path.is_dir()}
    found = [f"src/{folder}: no fdnprobe_room line in CMakeLists.txt" for folder in sorted(folders - set(rooms.rooms))]
    files = list(files_of(root, rooms))
    for path, room in files:
        for line, sentence in sorted(check_file(path, room, root, rooms)):
            found.append(f"{path.relative_to(root)}:{line}: {sentence}")
    return found, len(files)


def fix_tree(root):
    for path, room in files_of(root, read_rooms(root)):
        text = path.read_text(encoding="utf-8")
        ordered = in_order(text, own_header(path, room, root))
        if ordered != text:
            path.write_text(ordered, encoding="utf-8")
            print(f"{path.relative_to(root)}: includes put in order")


def read_rooms(root):
    return Rooms((root / "CMakeLists.txt").read_text(encoding="utf-8"))


SELF_TEST_CMAKE = """
fdnprobe_room(base LIBRARIES fmt::fmt)
fdnprobe_room(model ROOMS base)
fdnprobe_room(config ROOMS model)
fdnprobe_room(net ROOMS model LIBRARIES asio)
"""
GOOD = {
    "src/base/a.hpp": "#pragma once\n#include <string>\n",
    "src/base/a.cpp": '#include "base/a.hpp"\n\n#include <string>\n\n#include <fmt/format.h>\n',
    "src/model/m.cpp": '#include "fdnprobe/m.hpp"\n\n#include <arpa/inet.h>\n\n#include <array>\n\n#include "base/a.hpp"\n',
    "src/net/n.cpp": '#include <chrono>\n\n#include <asio.hpp>\n\n#include "base/a.hpp"\nauto t = Clock::now();\n',
    "src/config/c.cpp": "#include <fstream>\n#include <unistd.h>\n// steady_clock::now() is for others\n",
    "src/config/d.hpp": "#pragma once\n",
    "include/fdnprobe/m.hpp": '#pragma once\n#include <string>\n',
}
BAD = {
    "src/base/up.cpp": '#include "fdnprobe/m.hpp"\n',
    "src/model/sideways.cpp": '#include "config/d.hpp"\n',
    "src/model/missing.cpp": '#include "base/nowhere.hpp"\n',
    "src/base/library.cpp": "#include <asio.hpp>\n",
    "src/base/socket.cpp": "#include <sys/socket.h>\n",
    "src/base/file.cpp": "#include <fstream>\n",
    "src/config/socket.cpp": "#include <sys/socket.h>\n",
    "src/model/clock.cpp": "auto t = std::chrono::steady_clock::now();\n",
    "src/base/unguarded.hpp": "#include <string>\n",
    "src/net/order.cpp": '#include "base/a.hpp"\n\n#include <string>\n',
    "src/net/together.cpp": '#include <string>\n#include <asio.hpp>\n',
    "src/base/b.cpp": '#include <string>\n\n#include "base/b.hpp"\n',
    "include/fdnprobe/private.hpp": '#pragma once\n#include "base/a.hpp"\n',
    "include/fdnprobe/library.hpp": "#pragma once\n#include <fmt/format.h>\n",
    "src/cellar/x.cpp": "",
}


def self_test():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "CMakeLists.txt").write_text(SELF_TEST_CMAKE, encoding="utf-8")
        for name, text in {**GOOD, **BAD, "src/base/b.hpp": "#pragma once\n"}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        found, _ = check_tree(root)
        with contextlib.redirect_stdout(io.StringIO()):
            fix_tree(root)
        still, _ = check_tree(root)
    if any("format puts it right" in line for line in still):
        failures.append(f"--fix left the includes out of order: {still}")
    if len(still) >= len(found):
        failures.append("--fix put nothing in order")
    for name in BAD:
        wanted = "src/cellar:" if name.startswith("src/cellar") else f"{name}:"
        if not any(line.startswith(wanted) for line in found):
            failures.append(f"nothing was found in {name}")
    for line in found:
        if line.split(":")[0] in GOOD:
            failures.append(f"false alarm: {line}")
    for failure in failures:
        print(failure)
    print(f"{len(GOOD)} good and {len(BAD)} bad files, {len(failures)} wrong")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    root = pathlib.Path(__file__).resolve().parents[2]
    if arguments == ["--fix"]:
        fix_tree(root)
        return 0
    found, count = check_tree(root)
    for line in found:
        print(line)
    print(f"{count} files, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
