#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"

#include "base/text.hpp"

using namespace fdnprobe;

TEST_CASE("glob_match: stars, question marks, case") {
    CHECK(glob_match("", ""));
    CHECK_FALSE(glob_match("", "a"));
    CHECK(glob_match("*", ""));
    CHECK(glob_match("***", "anything"));
    CHECK_FALSE(glob_match("?", ""));
    CHECK(glob_match("?", "a"));
    CHECK_FALSE(glob_match("?", "ab"));
    CHECK(glob_match("fortiguard", "FortiGuard"));
    CHECK(glob_match("FORTI*", "fortiguard"));
    CHECK(glob_match("*/fortiguard/*", "outgoing/fortiguard/av-ips-update"));
    CHECK_FALSE(glob_match("*/fortiguard/*", "outgoing/fortiguard"));
    CHECK(glob_match("*update", "update update"));
    CHECK_FALSE(glob_match("*update", "updates"));
    CHECK(glob_match("a*b*c", "aXbXbXc"));
    CHECK_FALSE(glob_match("a*b*c", "aXbXbX"));
    CHECK(glob_match("a?c*", "abc"));
    CHECK_FALSE(glob_match("[a]", "a"));  // brackets are ordinary
    CHECK(glob_match("[a]", "[A]"));
    CHECK(glob_match("*.corp.example", "host.corp.example"));
    CHECK_FALSE(glob_match("*.corp.example", "corp.example"));
}

TEST_CASE("glob_match: the text may hold stars and question marks itself") {
    CHECK(glob_match("a*", "a*"));
    CHECK(glob_match("*b", "*b"));
    CHECK_FALSE(glob_match("b*", "*b"));
    CHECK(glob_match("?b", "*b"));
    CHECK_FALSE(glob_match("ab", "?b"));
}

TEST_CASE("glob_match: a question mark takes a whole UTF-8 character") {
    CHECK(glob_match("Z?rich", "Z\xC3\xBCrich"));
    CHECK_FALSE(glob_match("Z??rich", "Z\xC3\xBCrich"));
    CHECK(glob_match("?", "\xF0\x9F\x8C\x8D"));
    CHECK_FALSE(glob_match("*??", "\xF0\x9F\x8C\x8D"));
    CHECK(glob_match("*?", "\xE6\x9D\xB1\xE4\xBA\xAC"));
    CHECK(glob_match("\xE6*", "\xE6"));  // not UTF-8: compared byte by byte
}

TEST_CASE("glob_match: no pattern takes more than its length times the text's") {
    // Two thousand stars over a text that nearly matches: a recursive matcher would not return.
    std::string pattern;
    for (int star = 0; star < 2000; ++star) pattern += "*a";
    const std::string text(5000, 'a');
    CHECK(glob_match(pattern, text));
    CHECK_FALSE(glob_match(pattern + "b", text));
    CHECK_FALSE(glob_match("*" + std::string(2000, '?') + "b", text));
}

TEST_CASE("lower touches ASCII only") {
    CHECK(lower("FortiGuard-[AZaz09]@`{") == "fortiguard-[azaz09]@`{");
    CHECK(lower("\xC3\x9C") == "\xC3\x9C");
    CHECK(lower("") == "");
}

TEST_CASE("trim takes blanks off both ends") {
    CHECK(trim("") == "");
    CHECK(trim(" \t\r\n") == "");
    CHECK(trim("  a b \r\n") == "a b");
    CHECK(trim("a") == "a");
    CHECK(trim("\va\v") == "\va\v");
}

TEST_CASE("split gives one part more than there are separators") {
    using Parts = std::vector<std::string>;
    CHECK(split("", ',') == Parts{""});
    CHECK(split("a", ',') == Parts{"a"});
    CHECK(split("a,b", ',') == Parts{"a", "b"});
    CHECK(split(",a,,b,", ',') == Parts{"", "a", "", "b", ""});
}

TEST_CASE("slug joins lower-case words") {
    CHECK(slug("AV/IPS Update") == "av-ips-update");
    CHECK(slug("  --Web Filter (HTTPS)--  ") == "web-filter-https");
    CHECK(slug("") == "");
    CHECK(slug("///") == "");
    CHECK(slug("Z\xC3\xBCrich") == "z-rich");
    CHECK(slug(slug("AV/IPS Update")) == slug("AV/IPS Update"));
}

TEST_CASE("nearest finds what was meant, and nothing where nothing is near") {
    const std::vector<std::string> names{"port", "ports", "probe", "purpose", "direction", "FortiGuard"};
    CHECK(nearest("prot", names) == "port");  // letters exchanged count once
    CHECK(nearest("prots", names) == "ports");
    CHECK(nearest("prbe", names) == "probe");    // one missing
    CHECK(nearest("probbe", names) == "probe");  // one too many
    CHECK(nearest("PURPOSE", names) == "purpose");
    CHECK(nearest("fortigaurd", names) == "FortiGuard");
    CHECK(nearest("dirction", names) == "direction");
    CHECK_FALSE(nearest("timeout", names));
    CHECK_FALSE(nearest("", names));
    CHECK_FALSE(nearest("port", {}));
    // The first of two that are equally near, so that a message does not depend on chance.
    CHECK(nearest("pork", names) == "port");
    // One letter that differs is not a spelling mistake of one letter.
    const std::vector<std::string> letters{"a", "b"};
    CHECK_FALSE(nearest("c", letters));
    CHECK_FALSE(nearest("", letters));
    CHECK(nearest("A", letters) == "a");
    CHECK_FALSE(nearest("cd", std::vector<std::string>{"ab"}));
}

TEST_CASE("nearest bounds its work") {
    const std::vector<std::string> names{std::string(100000, 'a'), "port"};
    CHECK_FALSE(nearest(std::string(100000, 'b'), names));
    CHECK(nearest("port", names) == "port");
}

TEST_CASE("shell_word quotes what a shell would take apart") {
    CHECK(shell_word("FortiManager=192.0.2.5,2001:db8::5") == "FortiManager=192.0.2.5,2001:db8::5");
    CHECK(shell_word("/usr/bin/fdnprobe") == "/usr/bin/fdnprobe");
    CHECK(shell_word("3rd-Party Servers=ADDRESS") == "'3rd-Party Servers=ADDRESS'");
    CHECK(shell_word("it's") == "'it'\\''s'");
    CHECK(shell_word("$HOME;~*") == "'$HOME;~*'");
    CHECK(shell_word("") == "''");
}

TEST_CASE("hex") {
    CHECK(hex("") == "");
    CHECK(hex(std::string_view("\0\x01\x7F\x80\xFF", 5)) == "00017f80ff");
}

TEST_CASE("parse_number takes a whole decimal number within bounds") {
    CHECK(parse_number("0", 0, 10) == 0);
    CHECK(parse_number("10", 0, 10) == 10);
    CHECK_FALSE(parse_number("11", 0, 10));
    CHECK(parse_number("-3", -5, 5) == -3);
    CHECK_FALSE(parse_number("-6", -5, 5));
    for (const char* text : {"", " 1", "1 ", "+1", "1.0", "0x1", "1e3", "one", "--1", "-"})
        CHECK_FALSE(parse_number(text, -100, 100));
    CHECK(parse_number("9223372036854775807", 0, std::numeric_limits<long>::max()) == std::numeric_limits<long>::max());
    CHECK_FALSE(parse_number("9223372036854775808", 0, std::numeric_limits<long>::max()));
    CHECK_FALSE(parse_number({}, 0, 1));
    CHECK_FALSE(parse_number(std::string_view("1\0", 2), 0, 1));
}
