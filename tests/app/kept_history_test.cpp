#include "app/kept_history.hpp"

#include <filesystem>
#include <fstream>

#include "catch.hpp"
#include "scratch_folder.hpp"

using namespace fdnprobe;
using namespace std::chrono_literals;
using app::KeptHistory;
using Kind = history::Trouble::Kind;

namespace {

const WallTime noon{std::chrono::sys_days{std::chrono::November / 20 / 2026} + 12h};

Report run_of(State state) {
    Report run;
    run.started = noon;
    run.vantage.site = "test";
    RowResult row;
    row.row.table = "t";
    row.row.id = "r";
    row.state = state;
    row.checks = {0};
    CheckResult result;
    result.check.id = "t/r/tcp-1/tcp/host";
    result.conclusion.verdict = Verdict::reachable;
    result.conclusion.cause = Cause::answered;
    run.rows.push_back(row);
    run.checks.push_back(result);
    return run;
}

std::optional<history::Trouble> record(KeptHistory& history, WallTime at) {
    return history.record(run_of(State::reachable), at, {}, {}, [](const CheckResult&) { return std::string("{}"); });
}

std::size_t runs_in(KeptHistory& history) {
    history::Query query;
    query.from = noon - 1h;
    query.until = noon + 2h;
    const auto answer = history.ask(query);
    REQUIRE(answer);
    return answer->runs;
}

}  // namespace

TEST_CASE("without a file a history is kept in memory, for its reader too") {
    KeptHistory history("", Retention{});
    CHECK_FALSE(history.begin());
    CHECK_FALSE(record(history, noon));
    CHECK_FALSE(record(history, noon + 5min));
    CHECK(runs_in(history) == 2);
}

TEST_CASE("a damaged history is said with each run, and a new one begins once it has been moved away") {
    const ScratchFolder folder;
    const std::string file = folder.path("history.db");
    {
        KeptHistory history(file, Retention{});
        for (int count = 0; count < 5; ++count) REQUIRE_FALSE(record(history, noon + count * 5min));
    }
    {
        std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
        bytes.seekp(4096);
        bytes << std::string(std::filesystem::file_size(file) - 4096, '\x5a');
    }
    KeptHistory history(file, Retention{});
    const auto trouble = history.begin();
    REQUIRE(trouble);
    CHECK(trouble->kind == Kind::damaged);
    REQUIRE(record(history, noon + 1h));
    CHECK_FALSE(history.ask(history::Query{}));

    for (const char* ending : {"", "-wal", "-shm"}) {
        std::error_code absent;
        std::filesystem::rename(file + ending, file + ".damaged" + ending, absent);
    }
    CHECK_FALSE(record(history, noon + 1h + 5min));
    CHECK(runs_in(history) == 1);
}

TEST_CASE("a history that was interrupted is not opened again") {
    const ScratchFolder folder;
    KeptHistory history(folder.path("history.db"), Retention{});
    history.interrupt();
    const auto trouble = record(history, noon);
    REQUIRE(trouble);
    CHECK(trouble->kind == Kind::busy);
    CHECK_FALSE(std::filesystem::exists(folder.path("history.db")));
}
