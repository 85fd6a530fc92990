#include "report/text_layout.hpp"

#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"

namespace fdnprobe::report {
namespace {

std::vector<std::string> lines(std::string_view text, std::size_t first, std::size_t width) {
    std::vector<std::string> out;
    for (const std::string_view line : wrap(text, first, width)) out.emplace_back(line);
    return out;
}

using Lines = std::vector<std::string>;

TEST_CASE("text layout: widths of what a terminal shows") {
    CHECK(display_width("") == 0);
    CHECK(display_width("abc") == 3);
    CHECK(display_width("é") == 1);
    CHECK(display_width("日本") == 4);
    CHECK(display_width("한") == 2);
    CHECK(display_width("ｆ") == 2);
    CHECK(display_width("🔥") == 2);
    // Broken UTF-8 never reaches a page; it must not lead the count astray all the same.
    CHECK(display_width("\xe6\x97") == 2);
    CHECK(display_width("\xff\xff") == 2);
    CHECK(display_width("\xe6zz") == 3);
}

TEST_CASE("text layout: lines break at spaces") {
    CHECK(lines("one two three", 7, 7) == Lines{"one two", "three"});
    CHECK(lines("one two three", 3, 9) == Lines{"one", "two three"});
    CHECK(lines("  one   two  ", 80, 80) == Lines{"one   two"});
    CHECK(lines("one two", 7, 7) == Lines{"one two"});
    CHECK(lines("one two", 6, 6) == Lines{"one", "two"});
    CHECK(lines("", 5, 5).empty());
    CHECK(lines("   ", 5, 5).empty());
}

TEST_CASE("text layout: a word wider than the line is cut, between characters") {
    CHECK(lines("abcdefgh", 3, 3) == Lines{"abc", "def", "gh"});
    CHECK(lines("x abcdefgh", 5, 5) == Lines{"x", "abcde", "fgh"});
    CHECK(lines("日本語", 5, 5) == Lines{"日本", "語"});
    CHECK(lines("日本", 1, 1) == Lines{"日", "本"});
}

TEST_CASE("text layout: wrapping loses nothing but spaces and keeps to the width") {
    const std::string text =
        "The device at hop 1 (10.0.0.1) 日本語のテキスト refused-by-a-very-long-word/with/slashes é.";
    const auto squeezed = [](std::string_view with_spaces) {
        std::string out;
        for (const char letter : with_spaces)
            if (letter != ' ') out += letter;
        return out;
    };
    for (std::size_t width = 2; width < 100; ++width) {
        std::string all;
        for (const std::string_view line : wrap(text, width, width)) {
            CHECK(display_width(line) <= width);
            all += squeezed(line);
        }
        CHECK(all == squeezed(text));
    }
}

TEST_CASE("text layout: paragraphs hang") {
    Page page(40, false);
    page.paragraph(2, 4, "one two three four five six seven eight nine ten");
    CHECK(page.take() == "  one two three four five six seven\n    eight nine ten\n");
}

TEST_CASE("text layout: colours end with each line and lie where their text lies") {
    Page page(40, true);
    page.paragraph(0, 2,
                   std::array{Span{"a ", Ink::plain}, Span{"bad", Ink::bad}, Span{"", Ink::good},
                              Span{" word that runs over the end of its line", Ink::faint}});
    CHECK(page.take() ==
          "a \x1b[31mbad\x1b[0m\x1b[2m word that runs over the end of its\x1b[0m\n  \x1b[2mline\x1b[0m\n");
}

TEST_CASE("text layout: cells stand side by side and continue below themselves") {
    Page page(40, false);
    page.columns(2, std::array{Cell{"x", 3}, Cell{"one two three", 7}, Cell{"end", 5}});
    CHECK(page.take() == "  x    one two  end\n       three\n");
    page.columns(0, std::array{Cell{"", 3}, Cell{"", 3}});
    CHECK(page.take().empty());
}

TEST_CASE("text layout: bound words stay together and show plain spaces") {
    Page page(40, false);
    page.paragraph(0, 2, "a line that is forty columns long " + bound("1234 ms") + " after");
    CHECK(page.take() == "a line that is forty columns long\n  1234 ms after\n");
}

TEST_CASE("text layout: gaps never double and never lead") {
    Page page(40, false);
    page.gap();
    page.paragraph(0, 0, "one");
    page.gap();
    page.gap();
    page.paragraph(0, 0, "two");
    page.gap();
    CHECK(page.take() == "one\n\ntwo\n");
}

TEST_CASE("text layout: a page lets no control character through") {
    Page page(40, true);
    page.paragraph(0, 0, std::string("a\x1b[31m\n\r\t\0b\x7f\xc2\x9b\xff", 16));
    const std::string text = page.take();
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find('\r') == std::string::npos);
    CHECK_THAT(text, Contains("\\x1b[31m\\x0a\\x0d\\x09\\x00b\\x7f"));
}

TEST_CASE("text layout: however deep the indent, text is left") {
    Page page(40, false);
    page.paragraph(400, 400, "one two three four five");
    for (const std::string& line : split(page.take(), '\n')) CHECK(display_width(line) <= 40);
}

}  // namespace
}  // namespace fdnprobe::report
