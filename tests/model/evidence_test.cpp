#include <string>
#include <utility>

#include "catch.hpp"

#include "fdnprobe/evidence.hpp"
#include "fdnprobe/report.hpp"

using namespace fdnprobe;

namespace {
Event event(What what, std::string text = {}) {
    Event made;
    made.what = what;
    made.text = std::move(text);
    return made;
}
}  // namespace

TEST_CASE("an attempt finds its first and its last event of a kind") {
    Attempt attempt;
    CHECK(attempt.find(What::sent) == nullptr);
    CHECK(attempt.find_last(What::sent) == nullptr);
    CHECK(attempt.sent_bytes().empty());
    CHECK(attempt.received_bytes().empty());

    attempt.evidence = {event(What::connect_ok),         event(What::received, "220 "), event(What::sent, "EHLO"),
                        event(What::received, "mx\r\n"), event(What::sent, "QUIT"),     event(What::closed)};
    CHECK(attempt.find(What::sent) == &attempt.evidence[2]);
    CHECK(attempt.find_last(What::sent) == &attempt.evidence[4]);
    CHECK(attempt.find(What::closed) == attempt.find_last(What::closed));
    CHECK(attempt.find(What::reset) == nullptr);
    CHECK(attempt.received_bytes() == "220 mx\r\n");
    CHECK(attempt.sent_bytes() == "QUIT");
}

TEST_CASE("what is said to a proxy is not said to the far end") {
    Attempt attempt;
    attempt.evidence = {event(What::sent, "CONNECT"), event(What::received, "HTTP/1.1 200"), event(What::closed)};
    for (Event& one : attempt.evidence) one.stage = Stage::proxy;
    CHECK(attempt.received_bytes().empty());
    CHECK(attempt.sent_bytes().empty());
    CHECK(attempt.find(What::received) == nullptr);
    CHECK(attempt.find_last(What::sent) == nullptr);
    // How the connection to it fared is seen by all.
    CHECK(attempt.find(What::closed) == &attempt.evidence[2]);

    for (const What what : {What::received, What::sent}) {
        attempt.evidence.push_back(event(what, "220 "));
        attempt.evidence.back().stage = Stage::exchange;
    }
    CHECK(attempt.received_bytes() == "220 ");
    CHECK(attempt.sent_bytes() == "220 ");
    CHECK(attempt.find(What::received) == &attempt.evidence[3]);
}

TEST_CASE("a report counts its rows by state and its checks by verdict") {
    Report report;
    CHECK(count_rows(report).empty());
    CHECK(count_checks(report).empty());

    for (const State state : {State::reachable, State::blocked, State::reachable}) {
        RowResult row;
        row.state = state;
        report.rows.push_back(row);
    }
    for (const Verdict verdict : {Verdict::blocked, Verdict::blocked, Verdict::skipped}) {
        CheckResult result;
        result.conclusion.verdict = verdict;
        report.checks.push_back(result);
    }
    CHECK(count_rows(report) == std::map<State, std::size_t>{{State::reachable, 2}, {State::blocked, 1}});
    CHECK(count_checks(report) == std::map<Verdict, std::size_t>{{Verdict::blocked, 2}, {Verdict::skipped, 1}});
}

TEST_CASE("what nobody judged counts as this program's fault, never as a pass") {
    CHECK(CheckResult{}.conclusion.verdict == Verdict::local);
    CHECK(Finding{}.cause == Cause::internal);
    CHECK(RowResult{}.state == State::unconfigured);
}
