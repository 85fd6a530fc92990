// How a report tells one reason for many failures: once, first, and the rows under it refer to it.
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "fixture.hpp"
#include "golden.hpp"
#include "judge/reasons.hpp"
#include "report/render.hpp"
#include "report/text_layout.hpp"

namespace fdnprobe::report {
namespace {

/// A firewall that swallows two ports, a resolver that is dead for the rest, and one failure of its own.
Report shared_failures() {
    fixture::Builder b;
    b.row("FortiGuard", "AV/IPS Update", "TCP/443, TCP/8890", Need::any, State::degraded);
    b.reachable("TCP/443", "tls", "192.0.2.1", "192.0.2.1", fixture::microseconds(12'700));
    b.timed_out("TCP/8890", "tls", "192.0.2.1", "192.0.2.1").conclusion.where =
        Where{1, fixture::address("10.0.0.1"), 9};
    b.row("FortiGuard", "Cloud App DB", "TCP/9582", Need::all, State::blocked);
    for (const char* host : {"192.0.2.10", "192.0.2.11", "192.0.2.12"})
        b.timed_out("TCP/9582", "tcp", host, host).conclusion.where = Where{1, fixture::address("10.0.0.1"), 9};
    CheckResult& own = b.check("TCP/9582", "tcp", "192.0.2.13");
    fixture::Builder::attempt(own, "192.0.2.13", fixture::microseconds(4400));
    fixture::Builder::conclude(own, Cause::reset_after_connect, Stage::connect, Owner::unknown,
                               "192.0.2.13 TCP/9582 accepts the connection and resets it.", "Ask its owner.");
    b.row("FortiGuard", "Registration", "TCP/80", Need::all, State::unresolved);
    for (const char* host : {"a.fortiguard.net", "b.fortiguard.net"}) {
        CheckResult& name = b.check("TCP/80", "http", host);
        Attempt attempt;
        attempt.evidence.push_back(
            fixture::event(fixture::microseconds(3'500'000), Stage::resolve, What::resolve_timeout, 0, 1, "10.0.0.53"));
        name.attempts.push_back(std::move(attempt));
        fixture::Builder::conclude(name, Cause::dns_timeout, Stage::resolve, Owner::resolver,
                                   "The resolver did not answer for " + std::string(host) + ".", "See the resolver.");
        name.conclusion.confidence = Confidence::likely;
    }
    DnsQuestion question;
    question.resolver = SocketAddress{fixture::address("10.0.0.53"), 53};
    question.name = "a.fortiguard.net";
    b.report.resolvers.questions = {question, question};
    judge::find_reasons(b.report);
    return std::move(b.report);
}

TableStyle style_of(std::size_t width) {
    TableStyle style;
    style.width = width;
    return style;
}

std::size_t times(const std::string& text, std::string_view part) {
    std::string flat;
    for (const char letter : text) {
        const char shown = letter == '\n' ? ' ' : letter;
        if (shown != ' ' || (!flat.empty() && flat.back() != ' ')) flat += shown;
    }
    std::size_t count = 0;
    for (std::size_t at = flat.find(part); at != std::string::npos; at = flat.find(part, at + 1)) ++count;
    return count;
}

TEST_CASE("reasons: golden files") {
    golden::compare("reasons_60.txt", render_table(shared_failures(), style_of(60)));
    golden::compare("reasons_100.txt", render_table(shared_failures(), style_of(100)));
    TableStyle quiet = style_of(100);
    quiet.quiet = true;
    golden::compare("reasons_quiet.txt", render_table(shared_failures(), quiet));
    TableStyle verbose = style_of(100);
    verbose.evidence = true;
    golden::compare("reasons_evidence.txt", render_table(shared_failures(), verbose));
}

TEST_CASE("reasons: each is told once, and what it covers refers to it") {
    const std::string text = render_table(shared_failures(), style_of(200));
    CHECK(times(text, "No name resolves") == 1);
    CHECK(times(text, "end without a word at 10.0.0.1 (hop 1)") == 1);
    CHECK(times(text, "blocked (timeout), likely, see [1]") == 2);
    CHECK(times(text, "unresolved (dns-timeout), likely, see [2]") == 1);
    // In their own words only what is their own.
    CHECK(times(text, "Nothing answered from") == 0);
    CHECK(times(text, "See the resolver.") == 0);
    CHECK(times(text, "accepts the connection and resets it") == 1);
    CHECK(text.find("Reasons for many failures") < text.find("AV/IPS Update"));
}

TEST_CASE("reasons: advice stands once, at the end where it is among the first steps") {
    const std::string text = render_table(shared_failures(), style_of(200));
    CHECK(times(text, "or give another with --resolver") == 1);
    CHECK(text.find("or give another with --resolver") > text.find("What to do first"));
}

TEST_CASE("reasons: every attempt keeps its sentence where all is shown") {
    TableStyle style = style_of(200);
    style.evidence = true;
    const std::string text = render_table(shared_failures(), style);
    CHECK(times(text, "Nothing answered from") == 4);
    CHECK(times(text, "Let TCP/9582 pass") == 0);
}

TEST_CASE("reasons: an explanation stands under each") {
    TableStyle style = style_of(200);
    CHECK(times(render_table(shared_failures(), style), "About one-device") == 0);
    style.explain = true;
    CHECK(times(render_table(shared_failures(), style), "About one-device: ") == 1);
}

TEST_CASE("reasons: no line is wider than the terminal, and foreign text is escaped") {
    Report report = shared_failures();
    report.reasons[0].summary = "\x1b[2J " + std::string(300, 'x');
    report.reasons[0].rests_on.push_back("\x1b[2J");
    for (const std::size_t width : {40U, 60U, 79U, 140U}) {
        const std::string text = render_table(report, style_of(width));
        CHECK(text.find('\x1b') == std::string::npos);
        for (const std::string& line : split(text, '\n')) CHECK(display_width(line) <= width);
    }
}

TEST_CASE("reasons: an index that leads nowhere is passed over") {
    Report report = shared_failures();
    for (CheckResult& result : report.checks) result.conclusion.reason = 77;
    CHECK(times(render_table(report, style_of(200)), "see [") == 0);
}

TEST_CASE("reasons: a revised check is marked in ndjson") {
    const Report report = shared_failures();
    CHECK(times(render_check(report, report.checks[1]), "\"revised\"") == 0);
    CHECK(times(render_ndjson_revision(report, report.checks[1]), "\"revised\":true") == 1);
}

TEST_CASE("reasons: their codes are explained") {
    for (const judge::ReasonKind& kind : judge::reason_kinds()) {
        const std::string page = render_explanation(std::string(kind.code), style_of(4000));
        CHECK(times(page, "a reason for many failures") == 1);
        CHECK(times(page, kind.explanation.seen) == 1);
        CHECK(times(page, "a cause of the verdict") == (cause_from(kind.code) ? 1 : 0));
    }
}

}  // namespace
}  // namespace fdnprobe::report
