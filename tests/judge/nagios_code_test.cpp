#include <array>
#include <chrono>
#include <memory>

#include "catch.hpp"
#include "judge/expiry.hpp"
#include "judge/judge.hpp"

namespace fdnprobe::judge {
namespace {

Report of(std::initializer_list<State> states) {
    Report report;
    for (const State state : states) {
        RowResult row;
        row.state = state;
        report.rows.push_back(row);
    }
    return report;
}

/// A row that works, with a certificate that ends in `days`.
Report ending_in(int days) {
    Report report = of({State::reachable});
    auto tls = std::make_shared<TlsFacts>();
    tls->seen_at = std::chrono::sys_days(std::chrono::year{2026} / 11 / 20);
    tls->chain.emplace_back().not_after = tls->seen_at + std::chrono::hours(24 * days + 1);
    CheckResult result;
    result.attempts.emplace_back().tls = tls;
    result.conclusion.verdict = Verdict::reachable;
    result.conclusion.cause = Cause::answered;
    result.conclusion.attempt = 0;
    report.checks.push_back(result);
    report.rows[0].checks = {0};
    return report;
}

TEST_CASE("nagios code: each state alone") {
    CHECK(nagios_code(of({State::reachable}), {}) == 0);
    CHECK(nagios_code(of({State::degraded}), {}) == 1);
    for (const State bad :
         {State::untrusted, State::broken, State::intercepted, State::blocked, State::unresolved, State::local})
        CHECK(nagios_code(of({bad}), {}) == 2);
    CHECK(nagios_code(of({State::inconclusive}), {}) == 3);
    CHECK(nagios_code(of({State::unconfigured}), {}) == 3);
    CHECK(nagios_code(of({}), {}) == 3);
}

TEST_CASE("nagios code: the worst of several counts, and what is known goes before what is not") {
    CHECK(nagios_code(of({State::reachable, State::unconfigured}), {}) == 0);
    CHECK(nagios_code(of({State::reachable, State::degraded}), {}) == 1);
    CHECK(nagios_code(of({State::degraded, State::inconclusive}), {}) == 1);
    CHECK(nagios_code(of({State::inconclusive, State::reachable}), {}) == 3);
    CHECK(nagios_code(of({State::inconclusive, State::degraded, State::blocked}), {}) == 2);
}

TEST_CASE("nagios code: accepted states are well") {
    CHECK(nagios_code(of({State::blocked, State::reachable}), std::array{State::blocked}) == 0);
    CHECK(nagios_code(of({State::blocked, State::degraded}), std::array{State::blocked}) == 1);
    CHECK(nagios_code(of({State::blocked, State::broken}), std::array{State::blocked}) == 2);
    CHECK(nagios_code(of({State::inconclusive}), std::array{State::inconclusive}) == 0);
    CHECK(nagios_code(of({State::unconfigured}), std::array{State::unconfigured}) == 0);
    CHECK(nagios_code(of({State::degraded}), std::array{State::degraded}) == 0);
}

TEST_CASE("nagios code: what an early end cut off is not known to be wrong") {
    Report report = of({State::local, State::reachable, State::degraded});
    CHECK(nagios_code(report, {}) == 2);
    report.interrupted = true;
    CHECK(nagios_code(report, {}) == 3);
    report.rows.push_back(of({State::blocked}).rows[0]);
    CHECK(nagios_code(report, {}) == 2);
    report = of({State::reachable});
    report.interrupted = true;
    CHECK(nagios_code(report, {}) == 3);
}

TEST_CASE("nagios code: a certificate that ends soon is a warning") {
    CHECK(nagios_code(ending_in(15), {}) == 0);
    CHECK(nagios_code(ending_in(14), {}) == 1);
    CHECK(nagios_code(ending_in(0), {}) == 1);
    CHECK(days_left(ending_in(14).checks[0]) == 14);
    CHECK(nagios_code(ending_in(3), std::array{State::reachable}) == 0);
    Report notice = ending_in(3);
    notice.checks[0].check.level = Level::notice;
    CHECK(nagios_code(notice, {}) == 0);
    Report failing = ending_in(3);
    failing.checks[0].conclusion.verdict = Verdict::untrusted;
    CHECK_FALSE(ends_soon(failing.checks[0]));
    Report unseen = ending_in(3);
    unseen.checks[0].attempts[0].tls = nullptr;
    CHECK(days_left(unseen.checks[0]) == std::nullopt);
    unseen.checks[0].conclusion.attempt = 7;
    CHECK(days_left(unseen.checks[0]) == std::nullopt);
    CHECK(nagios_code(unseen, {}) == 0);
}

}  // namespace
}  // namespace fdnprobe::judge
