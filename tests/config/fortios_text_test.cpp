#include "config/fortios_text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "catch.hpp"

using namespace fdnprobe;
using namespace fdnprobe::config;

namespace {

constexpr std::array<std::string_view, 6> wanted{
    "system dns", "system global", "system fortiguard", "system central-management", "user radius", "system ha"};

/// The statements, one a line: `PLACE > PLACE: VERB KEY [WORD] [WORD]`.
struct Reading {
    ConfigurationText text;
    std::string statements;
    std::string warnings;
};

std::string verb_text(ConfigurationVerb verb) {
    constexpr std::array<std::string_view, 10> words{"config",   "edit",   "set",   "append", "unset",
                                                     "unselect", "remove", "purge", "rename", "clone"};
    return std::string(words[static_cast<std::size_t>(verb)]);
}

Reading read(std::string_view text) {
    Reading reading;
    reading.text = read_configuration_text(text, "x.conf", wanted, [&](const ConfigurationStatement& statement) {
        if (statement.verb == ConfigurationVerb::config) return;
        std::string place;
        for (const ConfigurationLevel& level : statement.place) place += (place.empty() ? "" : " > ") + level.name;
        reading.statements += place + ": " + verb_text(statement.verb) + " " + statement.key;
        for (const std::string& word : statement.words) reading.statements += " [" + word + "]";
        reading.statements += "\n";
    });
    for (const Problem& one : reading.text.warnings)
        reading.warnings += std::to_string(one.line) + ":" + std::to_string(one.column) + ": " + one.what + "\n";
    return reading;
}

std::string in_dns(const std::string& line) { return "config system dns\n" + line + "\nend\n"; }

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    out.reserve(text.size() * times);
    for (std::size_t index = 0; index < times; ++index) out += text;
    return out;
}

}  // namespace

TEST_CASE("words are read as the devices read them") {
    const auto words = [](const std::string& value) {
        const std::string said = read(in_dns("set k " + value)).statements;
        const std::string begin = "system dns: set k";
        REQUIRE(said.substr(0, begin.size()) == begin);
        return said.substr(begin.size(), said.size() - begin.size() - 1);
    };
    CHECK(words("a b") == " [a] [b]");
    CHECK(words("\"a b\" \"c\" ") == " [a b] [c]");
    CHECK(words("'a \"b' ''") == " [a \"b] []");
    CHECK(words("\"a\\\"b\\'c\\\\d\\e\"") == " [a\"b'c\\d\\e]");
    CHECK(words("a\\ b\\\"c") == " [a b\"c]");
    CHECK(words("a\"b c\"'d'") == " [ab cd]");
    CHECK(words("a#b #c") == " [a#b] [#c]");
    CHECK(words("a \\\n  b") == " [a] [b]");
    CHECK(words("\t\"K\xC3\xB6ln\"\t") == " [K\xC3\xB6ln]");
    CHECK(words("\"a\nb\" c") == " [a\nb] [c]");
}

TEST_CASE("sections, entries, and what closes them") {
    const Reading reading = read(
        "config system global\nset a 1\nend\n"
        "  config vdom\nedit one\nconfig user radius\n   edit \"r 1\"\nset b 2\nconfig accounting-server\nedit 1\nset "
        "c 3\n"
        "next\nend\nset d 4\nnext\nedit 0\nset e 5\nend\nend\n"
        "config firewall policy\nedit 1\nset f 6\nconfig system dns\nset g 7\nend\nset h 8\nnext\nend\n"
        "config global\nconfig system dns\nunset i\ndelete j\npurge\nrename k to l\nappend m 9\nunselect m "
        "9\nend\nend\n");
    CHECK(reading.statements ==
          "system global: set a [1]\n"
          "vdom > one: edit \n"
          "vdom > one > user radius > r 1: edit \n"
          "vdom > one > user radius > r 1: set b [2]\n"
          "vdom > one > user radius > r 1 > accounting-server > 1: edit \n"
          "vdom > one > user radius > r 1 > accounting-server > 1: set c [3]\n"
          "vdom > one > user radius > r 1: set d [4]\n"
          "vdom > one > user radius > 0: edit \n"
          "vdom > one > user radius > 0: set e [5]\n"
          "system dns: set g [7]\n"
          "global > system dns: unset i [i]\n"
          "global > system dns: remove j [j]\n"
          "global > system dns: purge \n"
          "global > system dns: rename k [k] [to] [l]\n"
          "global > system dns: append m [9]\n"
          "global > system dns: unselect m [9]\n");
    CHECK(reading.warnings ==
          "23:1: the section that line 21 opens has no `end` before this one\n"
          "27:1: `next` stands where no entry is open\n"
          "28:1: `end` stands where no section is open\n");
    CHECK(reading.text.sections == 8);
}

TEST_CASE("a section's words may be shortened where it stays clear which is meant") {
    CHECK(read("config sys dn\nset a 1\nend\n").statements == "system dns: set a [1]\n");
    CHECK(read("conf sys glob\nset a 1\nend\n").statements == "system global: set a [1]\n");
    CHECK(read("config sys\nset a 1\nend\n").statements.empty());
    CHECK(read("config s d\nset a 1\nend\n").statements.empty());
    CHECK(read("config system dns-database\nset a 1\nend\n").statements.empty());
}

TEST_CASE("lines that are no statements are passed over, whatever quotation marks they have") {
    const Reading reading =
        read("it's \"odd\nconfig system dns\n don't \"\nset a 1\nsets b 2\nnext week\nend of it\nend\n");
    CHECK(reading.statements == "system dns: set a [1]\n");
    CHECK(reading.warnings.empty());
}

TEST_CASE("what a value holds is never read, where it may hold lines") {
    const Reading reading =
        read("config system global\nset buffer \"config system dns\nset a 1\nend\nnext\"\nset b 2\nend\n");
    CHECK(reading.statements ==
          "system global: set buffer [config system dns\nset a 1\nend\nnext]\nsystem global: set b [2]\n");
    CHECK(reading.warnings.empty());
}

TEST_CASE("a missing quotation mark costs its line, and not the rest of the file") {
    const Reading reading = read(
        "config system dns\nset a \"one\nset b two\nend\nconfig system global\nset c \"\"x\" \"y\"\nset d "
        "\"z\"\nend\n");
    CHECK(reading.statements ==
          "system dns: set a [one]\nsystem dns: set b [two]\nsystem global: set c [x y]\n"
          "system global: set d [z]\n");
    CHECK(reading.warnings ==
          "2:7: a quotation mark is not closed here; the value was taken to end with its line\n"
          "6:14: a quotation mark is not closed here; the value was taken to end with its line\n");
}

TEST_CASE("a quotation that the end of the file cuts off has its place") {
    const Reading reading = read("config system dns\n  set comment \"one\ntwo\n");
    REQUIRE(reading.text.cut_off);
    CHECK(reading.text.cut_off->to_string() == "x.conf:2:15: the quotation mark that stands here is never closed");
    CHECK(read("config system dns\nset a \"one\n").warnings ==
          "2:7: a quotation mark is not closed here; the value was taken to end with its line\n");
}

TEST_CASE("the header, with all its spellings") {
    const auto text = [](const std::string& line) { return read(line + "\nconfig system dns\nend\n").text; };
    CHECK(text("#config-version=FGT40F-7.2.11-FW-build1740-250210:opmode=0").version == "7.2.11");
    CHECK(text("#config-version=FGT40F-7.2.11-FW-build1740-250210:opmode=0").platform == "FGT40F");
    CHECK(text("#config-version= FG3K8A-4.00-FW-build1 :opmode=0").version == "4.0");
    CHECK(text("  # #config-version = FGVMK6-6.4.4-FW").platform == "FGVMK6");
    CHECK(text("#Version: FortiProxy-VM64 v7.4.3,build0580,240402 (GA.M)").platform == "FortiProxy-VM64");
    CHECK(text("Version: FortiGate-60F v7.4.3,build2573").version == "7.4.3");
    CHECK(text("#global_vdom=0:vd_name=root").one_vdom);
    CHECK(!text("#global_vdom=1").one_vdom);
    CHECK(!text("# an ordinary comment").header);
    CHECK(text("#config-version=nothing").header);
    CHECK(text("#config-version=FGT-x.y-FW").version.empty());
}

TEST_CASE("what terminals and pagers leave behind") {
    CHECK(read("config system dns\r\n--More-- \r         \r  set a 1\r\n--More--          set b 2\r\r\nend\r\n")
              .statements == "system dns: set a [1]\nsystem dns: set b [2]\n");
    CHECK(read("config system dns\n--More--\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\bset a 1\n\x1b[0mset b 2\x1b[K "
               "<---\nend\n")
              .statements == "system dns: set a [1]\nsystem dns: set b [2]\n");
    CHECK(read("config system dns\rset a 1\rend\r").statements == "system dns: set a [1]\n");
}

TEST_CASE("prompts say where what follows them belongs") {
    const Reading reading = read(
        "FW (global) # show system dns\nconfig system dns\nset a 1\nend\nFW # config vdom\nFW (vdom) # edit one\n"
        "(M) FW~ (Primary) (one) $ show user radius\nconfig user radius\nedit r\nset b 2\nFW # exit\n"
        "FW (dns) # set c 3\nFW (dns) # show\nconfig system dns\nset d 4\nend\n");
    CHECK(reading.statements ==
          "global > system dns: set a [1]\nvdom > one: edit \nvdom > one > user radius > r: edit \n"
          "vdom > one > user radius > r: set b [2]\nsystem dns: set d [4]\n");
    CHECK(reading.warnings == "11:1: a prompt stands inside the section that line 9 opens\n");
}

TEST_CASE("the export that is called YAML") {
    const Reading reading = read(
        "#config-version=FG60F-7.2.5-FW-build1\nvdom:\n    - root:\n    - a:b: c:\n        user_radius:\n            - "
        "r:\n"
        "                server: \"x y\" z\nglobal:\n    system_dns:\n        primary: 192.0.2.1\nuser_radius:\n"
        "    - R & D: 1:\n\n        server: one\n        accounting-server:\n            - 1:\n                port: "
        "5\n"
        "        comment: \"a\nsystem_dns:\n    primary: x\"\n        timeout: 7\nsystem_central-management:\n    "
        "type: none\n");
    CHECK(reading.statements ==
          "vdom > root: edit \n"
          "vdom > a:b: c: edit \n"
          "vdom > a:b: c > user radius > r: edit \n"
          "vdom > a:b: c > user radius > r: set server [x y] [z]\n"
          "global > system dns: set primary [192.0.2.1]\n"
          "user radius > R & D: 1: edit \n"
          "user radius > R & D: 1: set server [one]\n"
          "user radius > R & D: 1 > accounting-server > 1: edit \n"
          "user radius > R & D: 1 > accounting-server > 1: set port [5]\n"
          "user radius > R & D: 1: set comment [a\nsystem_dns:\n    primary: x]\n"
          "user radius > R & D: 1: set timeout [7]\n"
          "system central-management: set type [none]\n");
    CHECK(reading.text.yaml);
    CHECK(reading.warnings.empty());
    CHECK_FALSE(read("Fan:\nsystem_x: y\nconfig system dns\nend\n").text.yaml);
}

TEST_CASE("ten thousand sections in each other end in a warning") {
    const Reading reading = read(repeated("config a\n", 10'000) + "set b 1\n" + repeated("end\n", 10'000) +
                                 "config system dns\nset c 1\nend\n");
    CHECK(reading.statements == "system dns: set c [1]\n");
    CHECK(reading.warnings == "65:1: sections in more than 64 others are not read\n");
    CHECK_FALSE(reading.text.cut_off);
    const Reading open = read(repeated("config a\nedit b\n", 10'000));
    REQUIRE(open.text.cut_off);
}

TEST_CASE("bytes that are not UTF-8 have their place, and cost nothing else") {
    const Reading reading = read("config system dns\nset comment \"K\xF6ln\"\nset a 1\nend\n");
    CHECK(reading.warnings.substr(0, 11) == "2:15: there");
    CHECK(reading.statements.find("system dns: set a [1]") != std::string::npos);
}

TEST_CASE("warnings come to an end") {
    const Reading reading = read(repeated("end\n", 1000));
    CHECK(reading.text.warnings.size() == 21);
}

TEST_CASE("each character is looked at a few times at most") {
    // Each of these would take the square of its size where a quotation mark sends the reader back too far.
    for (const std::string& piece :
         std::vector<std::string>{"set a \"\n", "set a '\nset b \"\n", "set a \" ' \"\nset b ' \" '\n", "set a \" \"\n",
                                  "set a \"x\\\"\n", "set a \" ' \" '\n", "set b \"\n\n\nset c '\n", "edit \"\nnext\n",
                                  "set comment \"\nset a '\n", "config \"\n", "set a \" \" \\\n", "set buffer \"x\"y\n",
                                  "--More-- \r \rset a \"\r\n", "end\n", "FW # x\n"}) {
        for (const char* begin : {"", "config system dns\n", "system_dns:\n"}) {
            const std::string text = std::string(begin) + repeated(piece, 20'000) + "end\n";
            INFO(begin << piece);
            const Reading reading = read(text);
            CHECK(reading.text.steps <= 5 * text.size());
        }
    }
}

TEST_CASE("twice the text takes about twice the time") {
    using Clock = std::chrono::steady_clock;
    const std::string piece =
        "config firewall policy\n    edit 1\n        set name \"x\"\n        set service \"a\" \"b\"\n    next\nend\n"
        "config user radius\n    edit \"r\"\n        set server \"192.0.2.1\"\n    next\nend\n";
    const auto least = [&](std::size_t times) {
        const std::string text = repeated(piece, times);
        Clock::duration best = Clock::duration::max();
        for (int tries = 0; tries < 5; ++tries) {
            const auto began = Clock::now();
            (void)read_configuration_text(text, "x.conf", wanted, [](const ConfigurationStatement&) {});
            best = std::min(best, Clock::now() - began);
        }
        return best;
    };
    // Eight times the text; the square would take 64 times as long.
    CHECK(least(16'000) < 24 * least(2'000));
}
