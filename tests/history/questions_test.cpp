#include <string>

#include "catch.hpp"
#include "history/runs.hpp"

namespace fdnprobe::history {
namespace {

using namespace fixture;

HistoryReport asked(History& history, const Query& query) {
    auto answer = history.ask(query);
    REQUIRE(answer);
    return std::move(*answer);
}

/// Three days of a run every ten minutes: two rows, of which the second is blocked from 06:00 to 09:00 of each day.
std::unique_ptr<History> three_days(const Retention& retention = {}) {
    auto history = History::open("", retention).value();
    for (WallTime at = beginning; at < beginning + 72h; at += 10min) {
        const auto time = at.time_since_epoch() % 24h;
        Report run = run_at(at);
        add_row(run, 0, Cause::answered, 1, time < 12h ? 10ms : 30ms);
        add_row(run, 1, time >= 6h && time < 9h ? Cause::timeout : Cause::answered);
        REQUIRE(!record(*history, run, at));
    }
    return history;
}

std::uint32_t runs_in(const StatePeriod& period) {
    std::uint32_t sum = 0;
    for (const auto& [state, runs] : period.runs) sum += runs;
    return sum;
}

}  // namespace

TEST_CASE("questions: hours, parts of days, days and weeks come to the same") {
    const auto history = three_days();
    for (const auto period : {1h, 6h, 24h, 48h, 7 * 24h}) {
        const HistoryReport report = asked(*history, query(beginning, beginning + 72h, period));
        CHECK(report.runs == 432);
        const RowHistory& row = report.rows.at(1);
        CHECK(row.runs == 432);
        CHECK(row.good_runs == 432 - 3 * 18);
        CHECK(row.flips == 6);
        std::uint32_t blocked = 0;
        for (const StatePeriod& one : row.timeline)
            if (const auto found = one.runs.find(State::blocked); found != one.runs.end()) blocked += found->second;
        CHECK(blocked == 3 * 18);
    }
}

TEST_CASE("questions: a timeline has no gap, and says where nothing was checked") {
    const auto history = three_days();
    const HistoryReport report = asked(*history, query(beginning - 5h, beginning + 75h));
    const RowHistory& row = report.rows.at(1);
    REQUIRE(row.timeline.size() == 80);
    for (std::size_t index = 1; index < row.timeline.size(); ++index)
        CHECK(row.timeline[index].from == row.timeline[index - 1].until);
    CHECK(row.timeline.front().from == beginning - 5h);
    CHECK(row.timeline[4].runs.empty());
    CHECK(runs_in(row.timeline[5]) == 6);
    CHECK(row.timeline[5 + 6].runs == std::map<State, std::uint32_t>{{State::blocked, 6}});
    CHECK(row.timeline.back().runs.empty());
}

TEST_CASE("questions: periods begin where clocks do") {
    const auto history = three_days();
    const HistoryReport report = asked(*history, query(beginning + 25min, beginning + 24h + 25min));
    CHECK(report.from == beginning);
    CHECK(report.until == beginning + 24h + 25min);
    REQUIRE(report.rows.at(0).timeline.size() == 25);
    CHECK(report.rows[0].timeline[0].from == beginning);
    CHECK(asked(*history, query(beginning, beginning)).rows.at(0).timeline.size() == 1);
    CHECK(asked(*history, query(beginning + 3h, beginning)).rows.at(0).timeline.size() == 1);
}

TEST_CASE("questions: single runs are seen as long as they are kept") {
    const auto history = three_days();
    const WallTime from = beginning + 48h + 5h + 30min;
    const HistoryReport report = asked(*history, query(from, from + 1h, 600s));
    const RowHistory& row = report.rows.at(1);
    REQUIRE(row.timeline.size() == 6);
    for (std::size_t index = 0; index < 6; ++index)
        CHECK(row.timeline[index].runs ==
              std::map<State, std::uint32_t>{{index < 3 ? State::reachable : State::blocked, 1}});
    CHECK(row.flips == 1);
    CHECK(report.runs == 6);
    REQUIRE(report.rows[0].checks.at(0).latency.size() == 6);
    CHECK(row.checks.at(0).latency.size() == 3);  // a timeout's length is no latency
}

TEST_CASE("questions: what is not known so finely any more is answered more coarsely") {
    Retention retention;
    retention.raw = 6h;
    retention.hourly = 24h;
    const auto history = three_days(retention);
    const WallTime end = beginning + 72h;
    CHECK(asked(*history, query(end - 2h, end, 600s)).rows.at(0).timeline.size() == 12);
    CHECK(asked(*history, query(end - 12h, end, 600s)).rows.at(0).timeline.size() == 12);
    CHECK(asked(*history, query(end - 48h, end, 3600s)).rows.at(0).timeline.size() == 2);
    const HistoryReport all = asked(*history, query(beginning, end, 600s));
    CHECK(all.runs == 432);
    CHECK(all.rows.at(0).timeline.size() == 3);
}

TEST_CASE("questions: how slow it has become") {
    const auto history = three_days();
    const HistoryReport hours = asked(*history, query(beginning, beginning + 72h));
    const CheckHistory& check = hours.rows.at(0).checks.at(0);
    REQUIRE(check.latency.size() == 72);
    CHECK(check.latency[0].runs == 6);
    CHECK(check.latency[0].mean_ms == Approx(10));
    CHECK(check.latency[12].mean_ms == Approx(30));
    CHECK(check.usual_ms == Approx(10));
    CHECK(check.recent_ms == Approx(30));
    const HistoryReport days = asked(*history, query(beginning, beginning + 72h, 24h));
    CHECK(days.rows.at(0).checks.at(0).latency.at(1).mean_ms == Approx(20));
    CHECK(days.rows.at(0).checks.at(0).latency.at(1).least_ms == Approx(10));
    CHECK(days.rows.at(0).checks.at(0).latency.at(1).most_ms == Approx(30));
    CHECK(!days.rows.at(0).checks.at(0).usual_ms);  // of two days nothing is usual
}

TEST_CASE("questions: rows by id, peer and purpose") {
    const auto history = three_days();
    const auto rows = [&](const std::string& pattern, WallTime from = beginning) {
        Query question = query(from, beginning + 72h, 24h);
        question.row = pattern;
        std::string found;
        for (const RowHistory& row : asked(*history, question).rows) found += row.purpose.back();
        return found;
    };
    CHECK(rows("") == "01");
    CHECK(rows("*") == "01");
    CHECK(rows(full_row(1)) == "1");
    CHECK(rows(row_name(0)) == "0");
    CHECK(rows("fortimanager") == "1");
    CHECK(rows("purpose 0") == "0");
    CHECK(rows("nothing") == "");
    Query later = query(beginning + 100h, beginning + 101h);
    CHECK(asked(*history, later).rows.empty());
    later.row = full_row(1);  // known, though nothing happened then
    CHECK(asked(*history, later).rows.size() == 1);
}

TEST_CASE("questions: no question takes time or memory without bounds") {
    const auto history = three_days();
    const WallTime least = WallTime::min();
    const WallTime most = WallTime::max();
    for (const auto& [from, until] : {std::pair(least, most), std::pair(beginning, most), std::pair(least, beginning),
                                      std::pair(most, least), std::pair(most, most)}) {
        for (const auto period : {std::chrono::seconds(-5), 0s, 1s, 3600s, std::chrono::seconds(86400)}) {
            const HistoryReport report = asked(*history, query(from, until, period));
            for (const RowHistory& row : report.rows) CHECK(row.timeline.size() <= 10'001);
        }
    }
    CHECK(asked(*history, query(least, most)).runs == 432);
}

TEST_CASE("questions: a history without a run answers") {
    const auto history = History::open("", {}).value();
    const HistoryReport report = asked(*history, query(beginning, beginning + 24h));
    CHECK(report.runs == 0);
    CHECK(!report.first_run);
    CHECK(report.rows.empty());
    CHECK(history->standings().value().rows.empty());
}

}  // namespace fdnprobe::history
