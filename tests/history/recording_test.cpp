#include <sys/stat.h>

#include <algorithm>
#include <string>

#include "catch.hpp"
#include "history/runs.hpp"
#include "scratch_folder.hpp"

namespace fdnprobe::history {
namespace {

using namespace fixture;

std::unique_ptr<History> in_memory() { return History::open("", {}).value(); }

HistoryReport asked(History& history, const Query& query) {
    auto answer = history.ask(query);
    REQUIRE(answer);
    return std::move(*answer);
}

WatchEvent change_of(std::size_t row, std::optional<State> from, State to, WallTime at) {
    WatchEvent event;
    event.id = "event";
    event.at = at;
    RowChange& change = event.rows.emplace_back();
    change.row = full_row(row);
    change.from = from;
    change.to = to;
    change.cause = Cause::timeout;
    change.summary = "Nothing came back.";
    change.since = at - 10min;
    return event;
}

}  // namespace

TEST_CASE("history: a run is found again as it was") {
    const auto history = in_memory();
    Report run = run_at(beginning);
    add_row(run, 0, Cause::answered, 2, 20ms);
    add_row(run, 1, Cause::timeout);
    REQUIRE(!record(*history, run, beginning + 3s));

    const HistoryReport report = asked(*history, query(beginning, beginning + 1h));
    CHECK(report.site == "branch-17");
    CHECK(report.runs == 1);
    CHECK(report.control_failures == 0);
    CHECK(report.first_run == beginning + 3s);
    REQUIRE(report.rows.size() == 2);
    const RowHistory& good = report.rows[0];
    CHECK(good.id == full_row(0));
    CHECK(good.table == "table");
    CHECK(good.peer == "FortiGuard");
    CHECK(good.purpose == "Purpose 0");
    CHECK(good.ports == "TCP/443");
    CHECK(good.confirmed == State::reachable);
    CHECK(good.since == beginning);
    CHECK(good.runs == 1);
    CHECK(good.good_runs == 1);
    CHECK(good.verdicts.empty());  // well from the first is no change
    REQUIRE(good.timeline.size() == 1);
    CHECK(good.timeline[0].runs == std::map<State, std::uint32_t>{{State::reachable, 1}});
    REQUIRE(good.checks.size() == 2);
    REQUIRE(good.checks[0].latency.size() == 1);
    CHECK(good.checks[0].latency[0].mean_ms == Approx(20));
    CHECK(good.checks[0].recent_ms == Approx(20));
    CHECK(!good.checks[0].usual_ms);

    const RowHistory& bad = report.rows[1];
    CHECK(bad.good_runs == 0);
    CHECK(bad.checks[0].latency.empty());
    REQUIRE(bad.verdicts.size() == 1);
    CHECK(bad.verdicts[0].at == beginning + 3s);
    CHECK(bad.verdicts[0].check == check_name(1, 0));
    CHECK(!bad.verdicts[0].from);
    CHECK(bad.verdicts[0].to == Cause::timeout);
    CHECK(bad.verdicts[0].summary == "It came to timeout.");
    CHECK(bad.verdicts[0].evidence == R"({"id":")" + check_name(1, 0) + "\"}");
}

TEST_CASE("history: changes are written with what was seen, the newest first") {
    const auto history = in_memory();
    REQUIRE(!record(*history, run_of(Cause::answered), beginning));
    REQUIRE(!record(*history, run_of(Cause::timeout), beginning + 5min));
    REQUIRE(!record(*history, run_of(Cause::timeout), beginning + 10min,
                    {change_of(0, State::reachable, State::blocked, beginning + 10min)}));
    REQUIRE(!record(*history, run_of(Cause::answered), beginning + 15min));

    Query question = query(beginning, beginning + 1h);
    HistoryReport report = asked(*history, question);
    const RowHistory& row = report.rows.at(0);
    REQUIRE(row.verdicts.size() == 2);
    CHECK(row.verdicts[0].from == Cause::timeout);
    CHECK(row.verdicts[0].to == Cause::answered);
    CHECK(row.verdicts[1].from == Cause::answered);
    CHECK(row.verdicts[1].to == Cause::timeout);
    CHECK(row.verdicts[1].at == beginning + 5min);
    CHECK(row.flips == 2);
    REQUIRE(row.changes.size() == 1);
    CHECK(row.changes[0].at == beginning + 10min);
    CHECK(row.changes[0].since == beginning);
    CHECK(row.changes[0].from == State::reachable);
    CHECK(row.changes[0].to == State::blocked);
    CHECK(row.changes[0].cause == Cause::timeout);
    CHECK(row.changes[0].summary == "Nothing came back.");

    question.evidence = false;
    CHECK(asked(*history, question).rows.at(0).verdicts.at(0).evidence.empty());
    question.verdicts = false;
    question.latencies = false;
    report = asked(*history, question);
    CHECK(report.rows.at(0).verdicts.empty());
    CHECK(report.rows.at(0).checks.empty());
    question.verdicts = true;
    question.most_changes = 1;
    CHECK(asked(*history, question).rows.at(0).verdicts.size() == 1);
}

TEST_CASE("history: a run in which nothing at all worked changes no row and no check") {
    const auto history = in_memory();
    REQUIRE(!record(*history, run_of(Cause::answered), beginning));
    REQUIRE(!record(*history, run_of(Cause::control_failed), beginning + 5min));
    REQUIRE(!record(*history, run_of(Cause::answered), beginning + 10min));
    const HistoryReport report = asked(*history, query(beginning, beginning + 1h));
    CHECK(report.runs == 3);
    CHECK(report.control_failures == 1);
    CHECK(report.rows.at(0).verdicts.empty());
    CHECK(report.rows.at(0).flips == 0);
    CHECK(report.rows.at(0).timeline.at(0).runs ==
          std::map<State, std::uint32_t>{{State::reachable, 2}, {State::inconclusive, 1}});
}

TEST_CASE("history: what was not tried is not in it") {
    const auto history = in_memory();
    Report run = run_at(beginning);
    add_row(run, 0, Cause::answered);
    add_row(run, 1, Cause::not_configured);
    add_row(run, 2, Cause::answered);
    run.checks.back().conclusion.cause = Cause::interrupted;
    run.checks.back().conclusion.verdict = Verdict::local;
    REQUIRE(!record(*history, run, beginning));
    const HistoryReport report = asked(*history, query(beginning, beginning + 1h));
    REQUIRE(report.rows.size() == 1);
    CHECK(report.rows[0].id == full_row(0));
    const auto standings = history->standings();
    REQUIRE(standings);
    CHECK(standings->rows.size() == 1);
}

TEST_CASE("history: a check that changes with every run keeps its newest changes") {
    const auto history = in_memory();
    WallTime at = beginning;
    for (int index = 0; index < 150; ++index, at += 1min)
        REQUIRE(!record(*history, run_of(index % 2 == 0 ? Cause::timeout : Cause::answered), at));
    Query question = query(beginning, at);
    question.most_changes = 1000;
    const HistoryReport report = asked(*history, question);
    REQUIRE(report.rows.at(0).verdicts.size() == 100);
    CHECK(report.rows[0].verdicts.front().at == at - 1min);
    CHECK(report.rows[0].flips == 149);
}

TEST_CASE("history: a row that changes for ever keeps its newest changes") {
    const auto history = in_memory();
    std::vector<WatchEvent> events;
    for (int index = 0; index < 1010; ++index)
        events.push_back(change_of(0, State::reachable, State::blocked, beginning + index * 1s));
    REQUIRE(!record(*history, run_of(Cause::timeout), beginning + 1h, events));
    Query question = query(beginning, beginning + 1h);
    question.most_changes = 2000;
    const HistoryReport report = asked(*history, question);
    REQUIRE(report.rows.at(0).changes.size() == 1000);
    CHECK(report.rows[0].changes.back().at == beginning + 10s);
}

TEST_CASE("history: standings come back as they were, those of other rows stay") {
    const ScratchFolder folder;
    const std::string file = folder.path("history.db");
    Report run = run_at(beginning);
    add_row(run, 0, Cause::answered);
    add_row(run, 1, Cause::timeout);
    Standings standings = standings_of(run, beginning + 1s);
    standings.rows[full_row(1)].confirmed.reset();
    standings.rows[full_row(1)].changing = beginning + 7ms;
    standings.control.confirmed = State::local;
    standings.control.since = beginning + 3ms;
    standings.control.recent = {State::reachable, State::local};
    standings.control.changing = beginning + 5ms;
    {
        const auto history = open_with(file, {}, quick()).value();
        REQUIRE(!history->record(run, beginning + 1s, standings, {}, evidence_of));
    }
    const auto history = open_with(file, {}, quick()).value();
    CHECK(history->standings().value() == standings);
    Standings changed = standings;
    changed.rows.erase(full_row(1));
    changed.rows[full_row(0)].latest = State::blocked;
    changed.rows["table/never-tried"].latest = State::blocked;
    changed.control.confirmed.reset();
    REQUIRE(!history->record(run, beginning + 2s, changed, {}, evidence_of));
    standings.rows[full_row(0)].latest = State::blocked;
    standings.control.confirmed.reset();
    CHECK(history->standings().value() == standings);
}

TEST_CASE("history: a new file is for its owner and group, whatever the umask") {
    const ScratchFolder folder;
    for (const mode_t mask : {0000U, 0077U}) {
        const std::string file = folder.path("history-" + std::to_string(mask) + ".db");
        const mode_t before = umask(mask);
        const auto history = History::open(file, {});
        umask(before);
        REQUIRE(history);
        struct stat status {};
        REQUIRE(stat(file.c_str(), &status) == 0);
        CHECK((status.st_mode & 07777U) == 0640U);
        REQUIRE(stat((file + "-wal").c_str(), &status) == 0);
        CHECK((status.st_mode & 07777U) == 0640U);
    }
}

TEST_CASE("history: file names that SQLite would take for something else are file names") {
    const ScratchFolder folder;
    const std::filesystem::path before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path(""));
    for (const std::string name : {":memory:", "file:a?mode=memory", "with space & 100%.db"}) {
        {
            const auto history = open_with(name, {}, quick());
            REQUIRE(history);
            REQUIRE(!record(**history, run_of(Cause::answered), beginning));
        }
        CHECK(std::filesystem::file_size(name) > 0);
        CHECK(asked(**History::open_to_read(name), query(beginning, beginning + 1h)).runs == 1);
    }
    std::filesystem::current_path(before);
}

TEST_CASE("history: one reads while another writes") {
    const ScratchFolder folder;
    const std::string file = folder.path("history.db");
    const auto writer = open_with(file, {}, quick()).value();
    REQUIRE(!record(*writer, run_of(Cause::answered), beginning));
    const auto reader = History::open_to_read(file).value();
    for (std::size_t runs = 1; runs < 20; ++runs) {
        CHECK(asked(*reader, query(beginning, beginning + 1h)).runs == runs);
        REQUIRE(!record(*writer, run_of(Cause::answered), beginning + runs * 1min));
    }
    CHECK(record(*reader, run_of(Cause::answered), beginning + 1h));  // and writes nothing itself
    CHECK(asked(*writer, query(beginning, beginning + 2h)).runs == 20);
}

}  // namespace fdnprobe::history
