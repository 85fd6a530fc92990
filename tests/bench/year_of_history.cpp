// A year of a watch in a history file, written in half a minute.
//
//   year_of_history FILE [DAYS]
//
// Standard input has a line for each check: the row's id, a tab, the check's id. The time ends now. With DAYS there is
// a run every five minutes throughout. Without, it is a year: such runs in the last week, which is what is kept of
// runs; before that one every hour as far back as hours are kept, and before that two a day. As many lines are left in
// the file as five minutes throughout would have left, but smaller numbers in the summaries: good for how long a page
// takes, and not for how large the file gets. Every row fails for half a day now and then, so that there are changes.
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "destination.hpp"
#include "fdnprobe/report.hpp"
#include "fdnprobe/schedule.hpp"
#include "fdnprobe/verdict.hpp"
#include "history/history.hpp"
#include "history/open.hpp"
#include "watch/board.hpp"

namespace {

using namespace fdnprobe;
using namespace std::chrono_literals;

constexpr auto year = 365 * 24h;
constexpr auto hours_kept = 90 * 24h;
constexpr auto runs_kept = 7 * 24h;
constexpr std::size_t between_failures = 61;  // half days: a month, and no number of weeks
constexpr std::size_t apart = 7;              // half days from one row's failure to the next row's

Report read_plan() {
    Report plan;
    for (std::string line; std::getline(std::cin, line);) {
        const std::size_t tab = line.find('\t');
        const std::size_t slash = line.find('/');
        if (tab == std::string::npos || slash > tab) bench::fail("a line is a row's id, a tab and a check's id");
        RowResult& row = plan.rows.emplace_back();
        row.row.table = line.substr(0, slash);
        row.row.id = line.substr(slash + 1, tab - slash - 1);
        row.row.peer = "Far end";
        row.row.purpose = row.row.id.substr(row.row.id.rfind('/') + 1);
        row.row.ports = "TCP";
        row.checks = {plan.checks.size()};
        CheckResult& check = plan.checks.emplace_back();
        check.check.id = line.substr(tab + 1);
        check.check.row = plan.rows.size() - 1;
        check.attempts.emplace_back();
        check.conclusion.attempt = 0;
    }
    return plan;
}

/// Sets what a run at that time finds.
void live(Report& run, WallTime at) {
    run.started = at - 1s;
    run.elapsed = 1s;
    const auto half_day = static_cast<std::size_t>(at.time_since_epoch() / 12h);
    for (std::size_t index = 0; index < run.rows.size(); ++index) {
        const bool fails = (half_day + index * apart) % between_failures == 0;
        const Cause cause = fails ? Cause::timeout : Cause::connected;
        CheckResult& check = run.checks[index];
        check.conclusion.cause = cause;
        check.conclusion.verdict = verdict_of(cause);
        check.conclusion.summary = fails ? "Nothing came back within 3.5 s." : "The port is open.";
        check.attempts[0].timing.total = std::chrono::microseconds(8'000 + (half_day * 37 + index * 911) % 9'000);
        run.rows[index].state = fails ? State::blocked : State::reachable;
    }
}

std::string evidence_of(const CheckResult& check) {
    // As long as a check is in a report, about.
    return R"({"id":")" + check.check.id + R"(","evidence":")" + std::string(1500, 'e') + "\"}";
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2 && count != 3) bench::fail("year_of_history FILE [DAYS]");
    const bool throughout = count == 3;
    const auto span = throughout ? std::chrono::hours(24 * std::stol(arguments[2])) : std::chrono::hours(year);
    Report run = read_plan();
    // Without waiting for the disk: nothing is lost if this fails but the time.
    history::Settings settings;
    settings.durable = false;
    auto history = history::open_with(arguments[1], {}, settings);
    if (!history) bench::fail(history.error().what.c_str());
    watch::Board board{Confirmation{}};
    board.plan(run, Confirmation{});
    const auto now = std::chrono::floor<std::chrono::minutes>(std::chrono::system_clock::now());
    std::size_t runs = 0;
    for (WallTime at = now - span; at <= now; ++runs) {
        live(run, at);
        const auto events = board.take(run, at);
        if (const auto trouble = (*history)->record(run, at, board.standings(), events, evidence_of))
            bench::fail(trouble->what.c_str());
        const auto age = now - at;
        at += throughout || age <= runs_kept ? 5min : age <= hours_kept ? 60min : 12 * 60min;
    }
    std::printf(R"({"runs": %zu, "checks": %zu})"
                "\n",
                runs, run.checks.size());
    return 0;
}
