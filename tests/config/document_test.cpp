// What is no text, what is no TOML, and what would bring the parser down.
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "config/document.hpp"
#include "config/key_depth.hpp"
#include "config/load.hpp"
#include "config/plain_text.hpp"

using namespace fdnprobe;
using namespace fdnprobe::config;
using namespace std::string_literals;

namespace {

bool contains(std::string_view text, std::string_view piece) { return text.find(piece) != std::string_view::npos; }

std::string outcome(const std::string& text) {
    const auto document = parse_document(text, "f");
    return document ? "good" : document.error().to_string();
}

std::string repeated(std::string_view piece, std::size_t count) {
    std::string text;
    for (std::size_t index = 0; index < count; ++index) text += piece;
    return text;
}

}  // namespace

TEST_CASE("bytes that are no text are said to be none", "[config][document]") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"a = 1\nb = \"\0\"\n"s, "f:2:6: this does not look like a text file: it has a NUL byte"},
        {"\x7f"
         "ELF\2\1\1\0"s,
         "f:1:8: this does not look like a text file: it has a NUL byte"},
        {"a = \"\u00E4\xff\"", "f:1:7: this is not UTF-8 text: the byte 0xff cannot stand here"},
        {"\xFF\xFE"
         "a\0"s,
         "f:1:1: this is UTF-16 text; expected UTF-8: save it in that encoding"},
        {"\x89PNG\r\n", "f:1:1: this is not UTF-8 text: the byte 0x89 cannot stand here"},
    };
    for (const auto& [text, expected] : cases) CHECK(outcome(text) == expected);
    CHECK(outcome("\xEF\xBB\xBF"
                  "a = 1\r\nb = '\u00E4\U0001F600'\r\n") == "good");
}

TEST_CASE("UTF-8 is what RFC 3629 says", "[config][document]") {
    for (const char* good : {"\x7f", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                             "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
        CHECK_FALSE(find_not_text(good));
    for (const char* bad :
         {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE1\x80",
          "\xE1\x80\x41", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF1\x80\x80", "\xF5\x80\x80\x80", "\xFE"})
        CHECK(find_not_text(bad));
}

TEST_CASE("a mistake in the syntax is shown where it is", "[config][document]") {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"id = 1\nfoo = 2\nid = 3\n",
         "f:3:6: this is not TOML: Error while parsing key-value pair: cannot redefine existing integer 'id'"},
        {"[a]\n[b]\n[a]\n",
         "f:3:1: this is not TOML: Error while parsing table header: cannot redefine existing table 'a'"},
        {"a b = 1\n", "f:1:3: this is not TOML: Error while parsing key-value pair: expected '=', saw 'b'"},
        {"a = \"\x1b\"",
         "f:1:6: this is not TOML: Error while parsing string: unescaped control characters other than TAB (U+0009) "
         "are "
         "explicitly prohibited"},
    };
    for (const auto& [text, expected] : cases) CHECK(outcome(text) == expected);
}

TEST_CASE("what toml++ repeats of a file is escaped", "[config][document]") {
    const std::string shown = outcome("\"\u202E\" = 1\n\"\u202E\" = 1\n");
    CHECK(contains(shown, "\\u{202e}"));
    CHECK_FALSE(contains(shown, "\u202E"));
}

TEST_CASE("what toml++ has no message for is a message all the same", "[config][document]") {
    const std::string what = "this is not TOML: nothing that TOML knows can begin like this";
    CHECK(outcome("[[[") == "f:1:3: " + what);
    CHECK(outcome("[=]") == "f:1:2: " + what);
    CHECK(outcome("# \u00E4\na = 1\n[ \u00E4 ]\n") == "f:3:3: " + what);
    CHECK(outcome("schema = \"x\"\n[[row]]\n  [[{row]]\n" + repeated("a = 1\n", 500)) == "f:3:5: " + what);
}

TEST_CASE("letters outside ASCII are taken for letters", "[config][document]") {
    // Both ends of each range that toml++ 3.3 has no answer for.
    for (const std::string letter : {"\u00A1", "\u00FC", "\u0499", "\u2C5E", "\u3057"}) {
        INFO(letter);
        CHECK(contains(outcome(letter + " = 1\n"), "f:1:1: this is not TOML: "));
        CHECK(contains(outcome("a = " + letter + "\n"), "f:1:5: this is not TOML: "));
        CHECK(outcome("a = \"\"\"\\\n  " + letter + "\"\"\" # " + letter + "\n") == "good");
    }
}

TEST_CASE("brackets without end do not bring the parser down", "[config][document]") {
    CHECK(outcome(repeated("[", 100'000)) == "f:1:3: this is not TOML: nothing that TOML knows can begin like this");
    CHECK(contains(outcome("a = " + repeated("[", 100'000)), "nested value depth"));
    CHECK(contains(outcome("a = " + repeated("{a=", 100'000)), "nested value depth"));
}

TEST_CASE("keys without end do not bring the parser down", "[config][document]") {
    const std::string what = "more than 16 dots outside strings on one line";
    CHECK(outcome("x = 1\n" + repeated("a.", 100'000) + "a = 1\n") == "f:2:34: " + what);
    CHECK(outcome("[" + repeated("a.", 1'000'000) + "a]\n") == "f:1:35: " + what);
    CHECK(outcome("\u00E4 = [\n\n" + repeated("'a' .\"\\\"\". ", 9) + " = 1\n") == "f:3:93: " + what);
    CHECK(outcome(repeated("a.", 16) + "a = 1\n") == "good");
    // As deep as anything gets that is let through: 256 brackets, each with a key of 17 parts.
    std::string deep;
    for (int level = 0; level < 120; ++level) deep += repeated("a.", 16) + "a = {b = [\n{";
    CHECK(contains(outcome(deep), "this is not TOML"));
    std::string closed = repeated("a.", 16) + "a = [\n";
    for (int level = 0; level < 100; ++level) closed += "{" + repeated("a.", 15) + "a = [\n";
    closed += repeated("]}\n", 100) + "]\n";
    CHECK(outcome(closed) == "good");
}

TEST_CASE("dots in strings and comments are not counted", "[config][document]") {
    const std::string dots(100, '.');
    CHECK_FALSE(find_too_deep_key("a = \"" + dots + "\\\"" + dots + "\" # " + dots));
    CHECK_FALSE(find_too_deep_key("a = '" + dots + "\\'\nb = '" + dots + "'"));
    CHECK_FALSE(find_too_deep_key("a = \"\"\"" + dots + "\n\"\"" + dots + "\\\"\"\"" + dots + "\"\"\""));
    CHECK_FALSE(find_too_deep_key("a = '''" + dots + "\n'" + dots + "'''"));
    CHECK_FALSE(find_too_deep_key(repeated("a.b.c = 1\n", 50)));
    CHECK(find_too_deep_key("a = \"\"\"" + dots + "\"\"\"" + dots));
    CHECK(find_too_deep_key("a = \"\n" + dots));
    CHECK_FALSE(find_too_deep_key("a = \"" + dots));
    CHECK_FALSE(find_too_deep_key("a = \"\\"));
}

TEST_CASE("the kind of a file is its schema's", "[config][document]") {
    CHECK(kind_of("schema = \"fdnprobe.table/1\"") == FileKind::table);
    CHECK(kind_of("schema = 'fdnprobe.table/9'") == FileKind::table);
    CHECK(kind_of("name = 'x'\nschema = \"fdnprobe.site/1\"\n") == FileKind::site);
    CHECK(kind_of("schema = 5") == FileKind::unknown);
    CHECK(kind_of("schema = \"fdnprobe.report/1\"") == FileKind::unknown);
    CHECK(kind_of("") == FileKind::unknown);
    // A slip elsewhere does not hide it.
    CHECK(kind_of("schema = \"fdnprobe.site/1\"\n[peers\n") == FileKind::site);
    CHECK(kind_of("[[[\n schema='fdnprobe.table/1' # x\n") == FileKind::table);
    CHECK(kind_of("schema\nschema =\nschema = x\nschema = \"\n[[[") == FileKind::unknown);
}
