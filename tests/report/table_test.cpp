#include "report/render.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "fixture.hpp"
#include "golden.hpp"
#include "judge/judge.hpp"
#include "report/text_layout.hpp"

namespace fdnprobe::report {
namespace {

constexpr std::string_view closing_heading = "What to do first\n";

/// The closing sentences are the judge's words; they are compared with the judge, not with a file.
std::string without_closing(const std::string& text) { return text.substr(0, text.find(closing_heading)); }

std::string unwrapped(const std::string& text) {
    std::string out;
    for (const char letter : text) {
        const char shown = letter == '\n' ? ' ' : letter;
        if (shown != ' ' || (!out.empty() && out.back() != ' ')) out += shown;
    }
    return out;
}

bool has(const std::string& text, std::string_view part) { return unwrapped(text).find(part) != std::string::npos; }

std::size_t times(const std::string& text, std::string_view part) {
    const std::string flat = unwrapped(text);
    std::size_t count = 0;
    for (std::size_t at = flat.find(part); at != std::string::npos; at = flat.find(part, at + 1)) ++count;
    return count;
}

TableStyle style_of(std::size_t width) {
    TableStyle style;
    style.width = width;
    return style;
}

TEST_CASE("table: golden files at three widths") {
    for (const std::size_t width : {60U, 100U, 140U}) {
        const std::string text = render_table(fixture::busy_site(), style_of(width));
        golden::compare("table_" + std::to_string(width) + ".txt", without_closing(text));
    }
}

TEST_CASE("table: a warning that several checks of a row share is said once") {
    Report report = fixture::busy_site();
    const auto row = std::find_if(report.rows.begin(), report.rows.end(),
                                  [](const RowResult& one) { return one.checks.size() > 1; });
    REQUIRE(row != report.rows.end());
    for (const std::size_t index : row->checks) report.checks[index].conclusion.warnings = {"The sky is falling."};
    CHECK(times(render_table(report, style_of(100)), "The sky is falling.") == 1);
    TableStyle style = style_of(100);
    style.evidence = true;
    CHECK(times(render_table(report, style), "The sky is falling.") == row->checks.size());
}

TEST_CASE("table: golden file of every attempt") {
    TableStyle style = style_of(100);
    style.evidence = true;
    golden::compare("table_evidence.txt", without_closing(render_table(fixture::busy_site(), style)));
}

TEST_CASE("table: golden file of the quiet form") {
    TableStyle style = style_of(100);
    style.quiet = true;
    golden::compare("table_quiet.txt", without_closing(render_table(fixture::busy_site(), style)));
}

TEST_CASE("table: golden file when all is well") {
    const std::string text = render_table(fixture::quiet_night(), style_of(100));
    golden::compare("table_well.txt", without_closing(text));
    CHECK(has(text, "Every row that was checked is reachable."));
}

TEST_CASE("table: what a responder confirmed is not called the service's answer") {
    Report report = fixture::quiet_night();
    CHECK_FALSE(has(render_table(report, style_of(100)), "responder"));
    report.checks.front().conclusion.cause = Cause::responder_confirmed;
    CHECK(has(render_table(report, style_of(200)),
              "1 check was confirmed by a responder: the way there and back is open, which says nothing of the"));
}

TEST_CASE("table: a row of which only notices were tried shows what came of them") {
    Report report = fixture::quiet_night();
    RowResult& row = report.rows.front();
    row.state = State::unconfigured;
    for (const std::size_t index : row.checks) {
        report.checks[index].check.level = Level::notice;
        report.checks[index].conclusion.verdict = Verdict::inconclusive;
        report.checks[index].conclusion.cause = Cause::no_reply;
        report.checks[index].conclusion.summary = "Nothing came back from the push port.";
    }
    CHECK(has(render_table(report, style_of(200)), "Nothing came back from the push port."));
}

TEST_CASE("table: no line is wider than the terminal") {
    for (const std::size_t width : {40U, 41U, 60U, 79U, 80U, 100U, 140U, 250U}) {
        for (const bool evidence : {false, true}) {
            TableStyle style = style_of(width);
            style.evidence = evidence;
            style.explain = true;
            for (const std::string& line : split(render_table(fixture::busy_site(), style), '\n'))
                CHECK(display_width(line) <= width);
            for (const std::string& line : split(render_plan(fixture::busy_plan(), style), '\n'))
                CHECK(display_width(line) <= width);
        }
    }
}

TEST_CASE("table: a terminal narrower than 40 columns is taken for 40") {
    CHECK(render_table(fixture::busy_site(), style_of(3)) == render_table(fixture::busy_site(), style_of(40)));
}

TEST_CASE("table: the last lines are what to do first") {
    const Report report = fixture::busy_site();
    const auto sentences = judge::what_to_do_first(report);
    const std::string text = render_table(report, style_of(100));
    REQUIRE_FALSE(sentences.empty());
    std::string expected;
    for (std::size_t index = 0; index < sentences.size(); ++index)
        expected += std::to_string(index + 1) + ". " + sentences[index] + " ";
    CHECK(unwrapped(text.substr(text.find(closing_heading) + closing_heading.size())) == unwrapped(expected));
}

TEST_CASE("table: failures that are alike are told once") {
    const std::string text = render_table(fixture::busy_site(), style_of(140));
    CHECK(has(text,
              "TCP/9582 at a.fortiguard.net (192.0.2.10), b.fortiguard.net (192.0.2.11), c.fortiguard.net "
              "(192.0.2.12): blocked (timeout), likely"));
    CHECK(has(text, "The other 2 checks came to the same."));
    CHECK(times(text, "Nothing answered from") == 1);
}

TEST_CASE("table: the same advice is given once") {
    fixture::Builder b;
    for (const char* purpose : {"One", "Two"}) {
        b.row("FortiGuard", purpose, "TCP/443", Need::all, State::blocked);
        b.timed_out("TCP/443", "tcp", "a.example", "192.0.2.1");
    }
    const std::string text = render_table(b.report, style_of(100));
    CHECK(times(text, "Let TCP/443 pass") == 1);
    CHECK(times(text, "To do (network): as above.") == 1);
}

TEST_CASE("table: an explanation stands under the first of each cause") {
    TableStyle style = style_of(100);
    CHECK_FALSE(has(render_table(fixture::busy_site(), style), std::string(judge::explain(Cause::timeout).means)));
    style.explain = true;
    const std::string text = render_table(fixture::busy_site(), style);
    CHECK(times(text, unwrapped(std::string(judge::explain(Cause::timeout).means))) == 1);
    CHECK(times(text, unwrapped(std::string(judge::explain(Cause::tls_intercepted).means))) == 1);
}

TEST_CASE("table: colour adds nothing but colour") {
    for (const bool evidence : {false, true}) {
        TableStyle style = style_of(80);
        style.evidence = evidence;
        style.explain = true;
        const std::string plain = render_table(fixture::busy_site(), style);
        const std::string plain_plan = render_plan(fixture::busy_plan(), style);
        style.colour = true;
        const auto stripped = [](const std::string& text) {
            std::string out;
            for (std::size_t at = 0; at < text.size(); ++at) {
                if (text[at] == '\x1b')
                    at = text.find('m', at);
                else
                    out += text[at];
            }
            return out;
        };
        const std::string coloured = render_table(fixture::busy_site(), style);
        CHECK(plain.find('\x1b') == std::string::npos);
        CHECK(coloured.find("\x1b[31mblocked\x1b[0m") != std::string::npos);
        CHECK(coloured.find("\x1b[32m+ reachable\x1b[0m") != std::string::npos);
        CHECK(stripped(coloured) == plain);
        CHECK(stripped(render_plan(fixture::busy_plan(), style)) == plain_plan);
    }
}

TEST_CASE("table: every state has its word and its symbol, with colour or without") {
    for (const State state : all_states()) {
        if (state == State::unconfigured) continue;
        fixture::Builder b;
        b.row("FortiGuard", "Registration", "TCP/80", Need::all, state);
        b.reachable("TCP/80", "http", "a.example", "192.0.2.1", std::chrono::microseconds(10));
        const std::string text = render_table(b.report, style_of(100));
        INFO(text);
        CHECK(has(text, std::string(to_string(state)) + " Registration"));
    }
}

TEST_CASE("table: what was not checked is never called well") {
    fixture::Builder b;
    b.row("FortiAnalyzer", "Syslog", "TCP/514", Need::all, State::unconfigured);
    b.skipped("TCP/514", "tcp", Cause::not_configured, "The address of FortiAnalyzer is not known.");
    const std::string text = render_table(b.report, style_of(100));
    CHECK(has(text, "- FortiAnalyzer: not configured; give --peer FortiAnalyzer=ADDRESS to check TCP/514"));
    CHECK(has(text, "Nothing was checked, so nothing is known."));
    CHECK_FALSE(has(text, "Every row"));
}

TEST_CASE("table: an inconclusive row keeps the run from being called well") {
    fixture::Builder b;
    b.row("FortiAuthenticator", "RADIUS", "UDP/1812", Need::all, State::inconclusive);
    b.check("UDP/1812", "radius", "10.0.0.7").conclusion.verdict = Verdict::inconclusive;
    CHECK_FALSE(has(render_table(b.report, style_of(100)), "Every row"));
}

TEST_CASE("table: an interrupted run says so") {
    Report report = fixture::quiet_night();
    CHECK_FALSE(has(render_table(report, style_of(100)), "interrupted"));
    report.interrupted = true;
    CHECK(has(render_table(report, style_of(100)), "The run was interrupted"));
}

TEST_CASE("table: a run without rows") {
    Report empty;
    CHECK(has(render_table(empty, style_of(100)), "No row was chosen, so nothing was checked."));
    TableStyle quiet = style_of(40);
    quiet.quiet = true;
    CHECK(has(render_table(empty, quiet), "No row was chosen, so nothing was checked."));
}

TEST_CASE("table: a row without checks is listed as such") {
    fixture::Builder b;
    b.row("FortiGuard", "Nothing", "TCP/1", Need::all, State::unconfigured);
    CHECK(has(render_table(b.report, style_of(100)), "FortiGuard: nothing to try for Nothing (TCP/1)"));
}

TEST_CASE("table: indices that lead nowhere are passed over") {
    Report report = fixture::quiet_night();
    report.rows[0].checks.push_back(77);
    report.checks[0].check.row = 99;
    report.checks[0].conclusion.attempt = 99;
    CHECK(has(render_table(report, style_of(100)), "service.fortiguard.net"));
    CHECK_FALSE(render_json(report).empty());
}

/// A failure that the judge's closing sentences do not compare with all others: what those cost is the judge's to test.
void fail(fixture::Builder& b, const std::string& host) {
    CheckResult& result = b.timed_out("TCP/443", "tcp", host, "192.0.2.1");
    fixture::Builder::conclude(result, Cause::no_answer, Stage::exchange, Owner::service, host + " did not answer.",
                               "Ask the service's owner.");
}

TEST_CASE("table: two thousand checks") {
    // Of one row, and of a row each: whatever costs more than the size of the report shows here as a test that hangs.
    fixture::Builder one;
    one.row("FortiGuard", "Everything", "TCP/443", Need::all, State::broken);
    fixture::Builder many;
    for (int index = 0; index < 2'000; ++index) {
        const std::string host = "host" + std::to_string(index) + ".example";
        fail(one, host);
        many.row("FortiGuard", "Purpose " + std::to_string(index), "TCP/443", Need::all, State::broken);
        fail(many, host);
    }
    const std::string grouped = render_table(one.report, style_of(100));
    CHECK(has(grouped, "and 1994 more"));
    CHECK(has(grouped, "The other 1999 checks came to the same."));
    CHECK(grouped.size() < 4000);
    CHECK(times(render_table(many.report, style_of(100)), "broken (no-answer)") == 2'000);
    TableStyle verbose = style_of(100);
    verbose.evidence = true;
    CHECK(times(render_table(one.report, verbose), "connect.timeout") == 2'000);
    CHECK(times(render_json(many.report), "\"row\":") == 2'000);
}

}  // namespace
}  // namespace fdnprobe::report
