#!/usr/bin/env python3
"""What a file uses of the standard library, of fmt and of Catch2, it includes, itself or through headers of the project.

The builds precompile the headers that most files include, and so let a file through that forgot one of them; that is
found here instead, for every file of src/, include/ and tests/. What other libraries' headers and the standard headers
themselves happen to bring along does not count: the next release may not.

Usage: includes.py [--self-test]
"""
import functools
import pathlib
import re
import sys
import tempfile

# Names of std:: and the headers that declare them, any of which will do. Names not listed here are let through.
DECLARED = {
    "algorithm": "all_of any_of none_of find find_if find_if_not count count_if sort stable_sort partial_sort nth_element "
                 "is_sorted lower_bound upper_bound binary_search equal_range min_element max_element minmax_element "
                 "clamp minmax copy copy_if copy_n fill fill_n transform generate remove_if remove_copy_if unique reverse "
                 "rotate shuffle sample equal mismatch search lexicographical_compare for_each for_each_n replace "
                 "replace_if includes merge set_difference set_intersection set_union partition stable_partition "
                 "adjacent_find is_permutation next_permutation push_heap pop_heap make_heap max min",
    "array": "array to_array",
    "atomic": "atomic atomic_bool atomic_flag atomic_int memory_order_relaxed memory_order_acquire memory_order_release",
    "bit": "bit_cast bit_width countl_zero countr_zero popcount has_single_bit endian",
    "cctype": "isalnum isalpha isdigit isspace tolower toupper",
    "charconv": "from_chars to_chars from_chars_result chars_format",
    "chrono": "chrono",
    "cmath": "sqrt floor ceil round lround llround isnan isfinite pow fabs fmod log log2 exp",
    "compare": "strong_ordering weak_ordering partial_ordering",
    "condition_variable": "condition_variable condition_variable_any",
    "cstring": "memcpy memcmp memset memmove strlen strcmp strerror strncmp strchr",
    "cstdlib": "getenv exit abort strtol strtoul strtoull strtod quick_exit system",
    "deque": "deque",
    "exception": "exception exception_ptr rethrow_exception current_exception make_exception_ptr terminate "
                 "uncaught_exceptions",
    "filesystem": "filesystem",
    "fstream": "ifstream ofstream fstream",
    "functional": "function bind invoke hash not_fn ref cref reference_wrapper greater plus",
    "iterator": "back_inserter inserter distance next prev advance istreambuf_iterator ostream_iterator make_move_iterator "
                "istream_iterator reverse_iterator",
    "limits": "numeric_limits",
    "list": "list",
    "map": "map multimap",
    "memory": "unique_ptr shared_ptr weak_ptr make_unique make_shared enable_shared_from_this addressof "
              "static_pointer_cast dynamic_pointer_cast",
    "mutex": "mutex lock_guard unique_lock scoped_lock once_flag call_once recursive_mutex",
    "numeric": "accumulate iota reduce gcd lcm partial_sum midpoint inner_product",
    "optional": "optional nullopt make_optional nullopt_t",
    "queue": "queue priority_queue",
    "ratio": "ratio milli micro nano",
    "random": "mt19937 mt19937_64 random_device uniform_int_distribution uniform_real_distribution minstd_rand",
    "set": "set multiset",
    "span": "span as_bytes dynamic_extent",
    "sstream": "ostringstream istringstream stringstream",
    "stdexcept": "runtime_error logic_error invalid_argument out_of_range length_error domain_error overflow_error",
    "stop_token": "stop_token stop_source",
    "string": "string to_string stoi stol stoul stoull basic_string getline u8string",
    "string_view": "string_view basic_string_view",
    "system_error": "error_code system_error system_category generic_category errc make_error_code",
    "thread": "thread jthread this_thread",
    "tuple": "tuple tie make_tuple forward_as_tuple apply",
    "unordered_map": "unordered_map",
    "unordered_set": "unordered_set",
    "utility": "move forward exchange swap pair make_pair as_const index_sequence make_index_sequence "
               "integer_sequence declval in_place piecewise_construct",
    "variant": "variant get_if holds_alternative visit monostate",
    "vector": "vector erase_if",
}
# Names that several headers declare, by the standard.
ALSO = {
    "swap": {"algorithm", "string_view"}, "move": {"algorithm"}, "exception": {"stdexcept"},
    "hash": {"string", "string_view", "memory", "optional", "variant", "system_error"},
    "erase_if": {"string", "map", "set", "deque", "list", "unordered_map", "unordered_set"},
    "pair": {"map"}, "errc": {"charconv"}, "error_code": {"filesystem"},
    "ratio": {"chrono"}, "milli": {"chrono"}, "micro": {"chrono"}, "nano": {"chrono"},
}
# What a header has to bring along: the whole of what the standard says it includes, as far as it matters here.
BRINGS = {header: {"compare"} for header in ("array", "chrono", "filesystem", "map", "memory", "optional", "set", "string",
                                             "string_view", "system_error", "thread", "tuple", "utility", "variant",
                                             "vector")}

# Others whose headers are precompiled.
OTHERS = [
    (re.compile(r"\bfmt::(?!join\b)\w+"), re.compile(r"fmt/\w+\.h"), "<fmt/format.h>"),
    (re.compile(r"\bTEST_CASE\s*\("), re.compile(r"catch\.hpp|catch2/.*"), '"catch.hpp"'),
    (re.compile(r"\basio::\w+"), re.compile(r"asio(/.*|\.hpp)"), "<asio/…> or net/asio.hpp"),
]

HEADERS_OF, FIRST = {}, {}
for header, names in DECLARED.items():
    for one in names.split():
        HEADERS_OF.setdefault(one, set()).add(header)
        FIRST[one] = header
for one, more in ALSO.items():
    HEADERS_OF.setdefault(one, set()).update(more)

NOT_CODE = re.compile(r'R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|//[^\n]*|/\*.*?\*/', re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)
USED = re.compile(r"\bstd::(\w+)")
FOLDERS = ("src", "include", "tests")


class Tree:
    def __init__(self, root):
        self.root = root

    @functools.cache
    def text(self, path):
        return path.read_text(encoding="utf-8")

    def resolved(self, path, name):
        for base in (path.parent, self.root / "src", self.root / "include", self.root / "tests"):
            if (base / name).is_file():
                return (base / name).resolve()
        return None

    @functools.cache
    def direct(self, path):
        """(names in <>, files of the project) that a file includes."""
        angled, files = set(), set()
        for bracket, name in INCLUDE.findall(self.text(path)):
            target = None if bracket == "<" else self.resolved(path, name)
            if target is None:
                angled.add(name)
            else:
                files.add(target)
        return angled, files

    def reached(self, path):
        """All headers of other people that a file includes, itself or through the project's."""
        seen, queue, found = set(), [path], set()
        while queue:
            one = queue.pop()
            if one in seen:
                continue
            seen.add(one)
            angled, files = self.direct(one)
            found |= angled
            queue.extend(files)
            found |= {file.name for file in files}
        for name in list(found):
            found |= BRINGS.get(name, set())
        return found

    def missing(self, path):
        """(line, sentence) of what a file uses and does not include."""
        code = NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), self.text(path))
        reached = self.reached(path.resolve())
        told = set()
        for match in USED.finditer(code):
            headers = HEADERS_OF.get(match[1])
            if headers and not headers & reached and match[1] not in told:
                told.add(match[1])
                yield code.count("\n", 0, match.start()) + 1, f"std::{match[1]} wants <{FIRST[match[1]]}>"
        for pattern, header, wanted in OTHERS:
            match = pattern.search(code)
            if match and not any(header.fullmatch(name) for name in reached):
                yield code.count("\n", 0, match.start()) + 1, f"{match[0].rstrip('( ')} wants {wanted}"


def check(root):
    tree, found, count = Tree(root), [], 0
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            count += 1
            found += [f"{path.relative_to(root)}:{line}: {sentence}" for line, sentence in tree.missing(path)]
    return found, count


GOOD = {
    "src/base/a.hpp": "#include <string>\nstd::string a();\n",
    "src/base/a.cpp": '#include "base/a.hpp"\n// std::vector is not used\nstd::string a() { return "std::map"; }\n',
    "include/fdnprobe/m.hpp": "#include <map>\nstd::map<int, int> m();\n",
    "tests/base/a_test.cpp": '#include "catch.hpp"\n#include "fdnprobe/m.hpp"\nTEST_CASE("a") { std::map<int, int> m; }\n',
    "tests/catch.hpp": "#include <catch2/catch.hpp>\n",
}
BAD = {
    "src/base/forgot.cpp": '#include "base/a.hpp"\nstd::map<int, int> m;\n',
    "src/base/by_the_way.cpp": "#include <unordered_map>\n#include <string>\nstd::vector<std::string> v;\n",
    "src/base/form.cpp": '#include <string>\nauto text = fmt::format("{}", 1);\n',
    "src/net/loop.hpp": "asio::io_context* loop;\n",
    "include/fdnprobe/n.hpp": "std::optional<int> n();\n",
    "tests/base/b_test.cpp": '#include "base/a.hpp"\nTEST_CASE("b") {}\n',
}


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in {**GOOD, **BAD}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        named = [line.split(":")[0] for line in check(root)[0]]
    failures = [f"nothing was found in {name}" for name in BAD if name not in named]
    failures += [f"false alarm in {name}" for name in named if name in GOOD]
    print(*failures, f"{len(GOOD)} good and {len(BAD)} bad files, {len(failures)} wrong", sep="\n")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    found, count = check(pathlib.Path(__file__).resolve().parents[2])
    print(*found, f"{count} files, {len(found)} problems", sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
