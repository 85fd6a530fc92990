#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "golden.hpp"
#include "hostile.hpp"
#include "report/markdown_text.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {
namespace {

TEST_CASE("markdown: nothing in a text means anything") {
    CHECK(markdown_text("plain text, and 3.5 s.") == "plain text, and 3.5 s.");
    CHECK(markdown_text("a*b*_c_~d~") == "a\\*b\\*\\_c\\_\\~d\\~");
    CHECK(markdown_text("`code`") == "\\`code\\`");
    CHECK(markdown_text("[a](b) ![c](d)") == "\\[a\\](b) !\\[c\\](d)");
    CHECK(markdown_text("<b>&amp;</b>") == "&lt;b&gt;&amp;amp;&lt;/b&gt;");
    CHECK(markdown_text("a|b\\|c") == "a&#124;b\\\\&#124;c");
    CHECK(markdown_text("https://a.example www.b.example WWW.c") == "https\\://a.example www\\.b.example WWW\\.c");
    CHECK(markdown_text("a@b.example and @@you") == "a`@`b.example and `@@`you");
    CHECK(markdown_text("$x$") == "&#36;x&#36;");
    CHECK(markdown_text("# no heading") == "\\# no heading");
    CHECK(markdown_text("- no item") == "\\- no item");
    CHECK(markdown_text("+ no item") == "\\+ no item");
    CHECK(markdown_text("=== no line") == "\\=== no line");
    CHECK(markdown_text(":--") == "\\:--");
    CHECK(markdown_text("12. no item") == "12\\. no item");
    CHECK(markdown_text("12) no item") == "12\\) no item");
    CHECK(markdown_text("12.") == "12\\.");
    CHECK(markdown_text("12 things") == "12 things");
    CHECK(markdown_text("10.0.0.1 answered") == "10.0.0.1 answered");
    CHECK(markdown_text("a - b # c") == "a - b # c");
    CHECK(markdown_text("  spaces  ") == "spaces");
    CHECK(markdown_text("two\nlines") == "two\\\\x0alines");
    CHECK(markdown_text("").empty());
    CHECK(markdown_row(std::array<std::string, 2>{"a", ""}) == "| a |  |\n");
}

/// Pipes that part cells.
std::size_t cells_in(const std::string& line) {
    return static_cast<std::size_t>(std::count(line.begin(), line.end(), '|')) - 1;
}

TEST_CASE("markdown: a table for each peer, and what to do first") {
    const std::string text = render_markdown(fixture::busy_site());
    golden::compare("busy.md", text);
    std::size_t tables = 0;
    std::size_t peers = 0;
    std::size_t rows = 0;
    for (const std::string& line : split(text, '\n')) {
        peers += line.starts_with("### ") ? 1U : 0U;
        if (!line.starts_with('|')) continue;
        CHECK(cells_in(line) == 4);
        if (line.starts_with("| --- "))
            ++tables;
        else if (!line.starts_with("| State "))
            ++rows;
    }
    CHECK(tables == peers);
    CHECK(rows == fixture::busy_site().rows.size());
}

TEST_CASE("markdown: reasons are numbered, and checks refer to them") {
    golden::compare("again.md", render_markdown(fixture::looked_at_again()));
}

TEST_CASE("markdown: an empty run says so") {
    Report report = fixture::Builder().report;
    CHECK(render_markdown(report).starts_with("# fdnprobe: nothing was checked\n"));
    report.interrupted = true;
    CHECK(render_markdown(report).find("interrupted") != std::string::npos);
}

TEST_CASE("markdown: hostile text changes neither tables nor headings") {
    const auto shape = [](const std::string& text) {
        std::string lines;
        for (const std::string& line : split(text, '\n')) {
            if (line.starts_with('#')) lines += '#';
            if (line.starts_with('|')) lines += std::to_string(cells_in(line));
        }
        return lines;
    };
    const std::string harmless = shape(render_markdown(fixture::poisoned("harmless")));
    for (const std::string& text : fixture::hostile_texts()) {
        INFO("hostile text " << hex(text.substr(0, 32)));
        const std::string page = render_markdown(fixture::poisoned(text));
        CHECK(shape(page) == harmless);
        CHECK(page.find('<') == std::string::npos);
        CHECK(fixture::all_lines_printable(page));
    }
    for (const char* const text : {"| a | b |", "<script>alert(1)</script>", "```", "| --- |", "# x", "1. x"}) {
        INFO(text);
        CHECK(shape(render_markdown(fixture::poisoned(text))) == harmless);
    }
}

}  // namespace
}  // namespace fdnprobe::report
