#include "history/runs.hpp"

namespace fdnprobe::history::fixture {

std::string row_name(std::size_t row) { return "outgoing/peer/row-" + std::to_string(row); }

std::string full_row(std::size_t row) { return "table/" + row_name(row); }

std::string check_name(std::size_t row, std::size_t check) {
    return full_row(row) + "/tcp-" + std::to_string(443 + check) + "/tls/update.example.net";
}

State state_of(Cause cause) {
    switch (verdict_of(cause)) {
        case Verdict::reachable: return State::reachable;
        case Verdict::inconclusive: return State::inconclusive;
        case Verdict::skipped: return State::unconfigured;
        case Verdict::local: return State::local;
        case Verdict::unresolved: return State::unresolved;
        case Verdict::intercepted: return State::intercepted;
        case Verdict::untrusted: return State::untrusted;
        case Verdict::broken: return State::broken;
        default: return State::blocked;
    }
}

void add_row(Report& report, std::size_t row, Cause cause, std::size_t checks, std::chrono::microseconds took) {
    RowResult& result = report.rows.emplace_back();
    result.row.table = "table";
    result.row.id = row_name(row);
    result.row.peer = row % 2 == 0 ? "FortiGuard" : "FortiManager";
    result.row.purpose = "Purpose " + std::to_string(row);
    result.row.ports = "TCP/443";
    result.state = state_of(cause);
    for (std::size_t index = 0; index < checks; ++index) {
        result.checks.push_back(report.checks.size());
        CheckResult& check = report.checks.emplace_back();
        check.check.id = check_name(row, index);
        check.check.row = report.rows.size() - 1;
        check.attempts.emplace_back().timing.total = took;
        check.conclusion.attempt = 0;
        check.conclusion.cause = cause;
        check.conclusion.verdict = verdict_of(cause);
        check.conclusion.summary = "It came to " + std::string(to_string(cause)) + ".";
    }
}

Report run_at(WallTime started) {
    Report report;
    report.started = started;
    report.elapsed = 2s;
    report.vantage.site = "branch-17";
    return report;
}

Report run_of(Cause cause, WallTime started, std::chrono::microseconds took) {
    Report report = run_at(started);
    add_row(report, 0, cause, 1, took);
    return report;
}

Standings standings_of(const Report& run, WallTime at) {
    Standings standings;
    for (const RowResult& row : run.rows) {
        Standing& standing = standings.rows[row.row.full_id()];
        standing.confirmed = row.state;
        standing.since = beginning;
        standing.latest = row.state;
        standing.checked = at;
        standing.recent = {row.state, State::blocked, row.state};
    }
    return standings;
}

std::string evidence_of(const CheckResult& result) { return R"({"id":")" + result.check.id + "\"}"; }

std::optional<Trouble> record(History& history, const Report& run, WallTime at, const std::vector<WatchEvent>& events) {
    return history.record(run, at, standings_of(run, at), events, evidence_of);
}

Settings quick() {
    Settings settings;
    settings.durable = false;
    return settings;
}

Query query(WallTime from, WallTime until, std::chrono::seconds period) {
    Query made;
    made.from = from;
    made.until = until;
    made.period = period;
    return made;
}

}  // namespace fdnprobe::history::fixture
