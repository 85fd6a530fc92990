#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "golden.hpp"
#include "hostile.hpp"
#include "report/render.hpp"
#include "report/xml_text.hpp"

namespace fdnprobe::report {
namespace {

std::size_t times(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
    return count;
}

/// Enough of XML 1.0 to notice what is not well-formed in a document without comments and sections: tags that close
/// each other, attributes in double quotes and each once, no '<' or bare '&' in text, one root.
void check_well_formed(const std::string& text) {
    constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    REQUIRE(text.starts_with(declaration));
    std::vector<std::string> open;
    std::size_t roots = 0;
    const auto check_text = [](std::string_view part) {
        for (std::size_t at = part.find('&'); at != std::string_view::npos; at = part.find('&', at + 1)) {
            bool known = false;
            for (const std::string_view entity : {"&amp;", "&lt;", "&gt;", "&quot;"})
                known = known || part.substr(at).starts_with(entity);
            if (!known) FAIL("an unknown entity");
        }
        if (part.find("]]>") != std::string_view::npos) FAIL("the end of a section");
    };
    std::string_view rest = std::string_view(text).substr(declaration.size());
    while (!rest.empty()) {
        const std::size_t begin = std::min(rest.find('<'), rest.size());
        check_text(rest.substr(0, begin));
        if (open.empty()) REQUIRE(trim(rest.substr(0, begin)).empty());
        rest.remove_prefix(begin);
        if (rest.empty()) break;
        const std::size_t end = rest.find('>');
        REQUIRE(end != std::string_view::npos);
        std::string_view tag = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        if (tag.starts_with('/')) {
            REQUIRE_FALSE(open.empty());
            REQUIRE(open.back() == tag.substr(1));
            open.pop_back();
            continue;
        }
        const bool empty = tag.ends_with('/');
        if (empty) tag.remove_suffix(1);
        const std::size_t name_end = std::min(tag.find(' '), tag.size());
        if (open.empty()) ++roots;
        if (!empty) open.emplace_back(tag.substr(0, name_end));
        tag.remove_prefix(name_end);
        std::set<std::string> names;
        while (!tag.empty()) {
            REQUIRE(tag.front() == ' ');
            const std::size_t is = tag.find("=\"");
            REQUIRE(is != std::string_view::npos);
            REQUIRE(names.insert(std::string(tag.substr(1, is - 1))).second);
            tag.remove_prefix(is + 2);
            const std::size_t close = tag.find('"');
            REQUIRE(close != std::string_view::npos);
            check_text(tag.substr(0, close));
            tag.remove_prefix(close + 1);
        }
    }
    CHECK(open.empty());
    CHECK(roots == 1);
}

TEST_CASE("xml: only what a document may hold, and nothing with a meaning") {
    CHECK(xml_text("a<b>&\"c'") == "a&lt;b&gt;&amp;&quot;c'");
    CHECK(xml_text("]]>") == "]]&gt;");
    CHECK(xml_text("two\nlines\n") == "two\nlines\n");
    CHECK(xml_text(std::string("\0\x01\t\r\x1f\x7f", 6)) == "\\x00\\x01\\x09\\x0d\\x1f\\x7f");
    CHECK(xml_text("\xEF\xBF\xBE\xEF\xBF\xBF") == "\\u{fffe}\\u{ffff}");
    CHECK(xml_text("\xED\xA0\x80") == "\\xed\\xa0\\x80");  // a surrogate
    CHECK(xml_text("日本語 ü") == "日本語 ü");
    CHECK(xml_text(std::string(10 * 1024, '\x01')).size() == 40 * 1024);
    CHECK(xml_text("").empty());
}

TEST_CASE("junit: a suite for each peer, a case for each row") {
    const std::string text = render_junit(fixture::busy_site(), {});
    check_well_formed(text);
    golden::compare("busy.junit.xml", text);
    CHECK(times(text, "<testcase ") == fixture::busy_site().rows.size());
}

Report of_states() {
    fixture::Builder b;
    for (const State state : all_states()) {
        b.row("Peer", std::string(to_string(state)), "TCP/1", Need::all, state);
        b.timed_out("TCP/1", "tcp", "a.example", "192.0.2.1");
    }
    return std::move(b.report);
}

TEST_CASE("junit: what a pipeline stops for") {
    const std::string text = render_junit(of_states(), {});
    check_well_formed(text);
    CHECK(text.find("tests=\"10\" failures=\"5\" errors=\"1\" skipped=\"2\"") != std::string::npos);
    CHECK(times(text, "<failure ") == 5);
    CHECK(times(text, "<error ") == 1);
    CHECK(times(text, "<skipped ") == 2);

    const auto accepted = render_junit(of_states(), std::array{State::blocked, State::inconclusive});
    CHECK(accepted.find("tests=\"10\" failures=\"4\" errors=\"1\" skipped=\"1\"") != std::string::npos);
    // What was not tried has not passed, whatever is accepted.
    const auto unconfigured = render_junit(of_states(), std::array{State::unconfigured});
    CHECK(unconfigured.find("skipped=\"2\"") != std::string::npos);
    CHECK(render_junit(of_states(), all_states()).find("failures=\"0\" errors=\"0\" skipped=\"1\"") !=
          std::string::npos);
}

TEST_CASE("junit: a failure says why, with the evidence and the advice") {
    fixture::Builder b;
    b.row("Peer", "Log & \"Report\"", "TCP/1", Need::all, State::blocked);
    b.timed_out("TCP/1", "tcp", "a.example", "192.0.2.1").conclusion.where = Where{3, fixture::address("10.0.0.1"), 9};
    const std::string text = render_junit(b.report, {});
    check_well_formed(text);
    for (const char* const part :
         {"classname=\"fortiproxy-7.4.outgoing.Peer\"", "name=\"Log &amp; &quot;Report&quot; (TCP/1)\"",
          "type=\"timeout\"", "blocked (timeout at hop 3 (10.0.0.1)): Nothing answered from a.example",
          "time=\"3.501\"", "Let TCP/1 pass", "connect.timeout", "hostname=\"probe-17\"",
          "timestamp=\"2026-11-20T06:25:00\""})
        CHECK(text.find(part) != std::string::npos);
}

TEST_CASE("junit: two rows of one name stay apart") {
    fixture::Builder b;
    for (const char* const id : {"one", "two"}) {
        b.row("Peer", "Same", "TCP/1", Need::all, State::reachable).id = id;
        b.reachable("TCP/1", "tcp", "a.example", "192.0.2.1", fixture::microseconds(1000));
    }
    const std::string text = render_junit(b.report, {});
    CHECK(times(text, "name=\"Same (TCP/1)\"") == 1);
    CHECK(times(text, "name=\"Same (TCP/1) [two]\"") == 1);
    CHECK(text.find("<testsuite name=\"Peer\" tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"0\" time=\"0.002\"") !=
          std::string::npos);
}

TEST_CASE("junit: an empty run is a document") {
    const std::string text = render_junit(Report{}, {});
    check_well_formed(text);
    CHECK(text.find("tests=\"0\"") != std::string::npos);
}

TEST_CASE("junit: hostile text stays text") {
    for (const std::string& text : fixture::hostile_texts()) {
        INFO("hostile text " << hex(text.substr(0, 32)));
        Report report = fixture::poisoned(text);
        check_well_formed(render_junit(report, {}));
        for (RowResult& row : report.rows) row.state = State::broken;
        const std::string document = render_junit(report, {});
        check_well_formed(document);
        CHECK(fixture::all_lines_printable(document));
    }
    check_well_formed(render_junit(fixture::poisoned("]]></failure><x y=\"z\">&lt;&#0;"), {}));
}

}  // namespace
}  // namespace fdnprobe::report
