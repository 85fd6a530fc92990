// Killed at any moment, a watch loses at most the run that it was writing.
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <random>
#include <string>
#include <thread>

#include <SQLiteCpp/Database.h>

#include "catch.hpp"
#include "history/runs.hpp"
#include "scratch_folder.hpp"

namespace fdnprobe::history {
namespace {

using namespace fixture;

constexpr int kills = 100;

struct Writer {
    pid_t process = -1;
    int output = -1;
};

Writer start(const std::string& file, std::uint64_t first) {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const std::string number = std::to_string(first);
    const pid_t process = fork();
    REQUIRE(process >= 0);
    if (process == 0) {
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execl(FDNPROBE_HISTORY_WRITER, "history_writer", file.c_str(), number.c_str(), nullptr);
        _exit(127);
    }
    close(ends[1]);
    return {process, ends[0]};
}

/// Everything that it had said by then, from what was read of it already on.
std::string rest_of(Writer& writer, std::string said) {
    char buffer[4096];
    for (ssize_t got = 0; (got = read(writer.output, buffer, sizeof buffer)) > 0;)
        said.append(buffer, static_cast<std::size_t>(got));
    close(writer.output);
    return said;
}

std::int64_t number(SQLite::Database& database, const std::string& query) {
    return database.execAndGet(query).getInt64();
}

}  // namespace

TEST_CASE("killed: a hundred times in mid-write, and every run that was finished is there") {
    const ScratchFolder folder;
    const std::string file = folder.path("history.db");
    std::minstd_rand random(20261120);
    std::uint64_t next = 0;
    std::uint64_t unreported = 0;
    for (int kill_number = 0; kill_number < kills; ++kill_number) {
        Writer writer = start(file, next);
        // Once it has written its first run it is writing all the time.
        char first = 0;
        REQUIRE(read(writer.output, &first, 1) == 1);
        std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
        REQUIRE(kill(writer.process, SIGKILL) == 0);
        const std::string said = rest_of(writer, std::string(1, first));
        int status = 0;
        REQUIRE(waitpid(writer.process, &status, 0) == writer.process);
        REQUIRE(WIFSIGNALED(status));
        const std::size_t end = said.rfind('\n');
        REQUIRE(end != std::string::npos);
        const std::size_t line = end == 0 ? 0 : said.rfind('\n', end - 1);
        const std::uint64_t last = std::stoull(said.substr(line == std::string::npos ? 0 : line));
        REQUIRE(last >= next);

        SQLite::Database database(file, SQLite::OPEN_READWRITE);
        REQUIRE(database.execAndGet("PRAGMA integrity_check").getString() == "ok");
        // The numbers are the runs' ids, less one; a run may be in that was killed before it could say so.
        const auto written = static_cast<std::uint64_t>(number(database, "SELECT max(id) FROM runs"));
        REQUIRE((written == last + 1 || written == last + 2));
        unreported += written - last - 1;
        next = written;
    }
    // Had no kill ever hit a write, or none of the rest, nothing would have been tested.
    INFO(next << " runs, of which " << unreported << " were written and not reported");
    CHECK(next > static_cast<std::uint64_t>(kills));

    SQLite::Database database(file, SQLite::OPEN_READWRITE);
    const std::int64_t kept = number(database, "SELECT count(*) FROM runs");
    CHECK(number(database, "SELECT max(id) - min(id) + 1 FROM runs") == kept);
    CHECK(number(database, "SELECT count(*) FROM row_results") == kept * 20);
    CHECK(number(database, "SELECT count(*) FROM check_results") == kept * 40);
    CHECK(number(database, "SELECT count(*) FROM pragma_foreign_key_check") == 0);
    // Every run is in the summaries exactly once.
    const auto all = static_cast<std::int64_t>(next);
    for (const std::string unit : {"hourly", "daily"}) {
        CHECK(number(database, "SELECT total(runs) FROM runs_" + unit) == all);
        CHECK(number(database, "SELECT total(runs) FROM rows_" + unit) == all * 20);
    }
    // Hours of which all runs are still there say the same as these.
    CHECK(number(database, R"(
        SELECT count(*) FROM (
            SELECT ended / 3600000 AS hour, row, state, count(*) AS runs, total(flipped) AS flips
            FROM runs JOIN row_results ON run = runs.id GROUP BY 1, 2, 3) AS raw
        JOIN rows_hourly USING (hour, row, state)
        WHERE hour > (SELECT min(ended) / 3600000 FROM runs) AND (raw.runs, raw.flips) IS NOT
              (rows_hourly.runs, rows_hourly.flips))") == 0);
    CHECK(number(database, R"(
        SELECT count(*) FROM (
            SELECT ended / 3600000 AS hour, chk, count(*) AS runs, sum(took) AS sum
            FROM runs JOIN check_results ON run = runs.id JOIN codes ON codes.id = cause
            WHERE code = 'answered' GROUP BY 1, 2) AS raw
        JOIN checks_hourly USING (hour, chk)
        WHERE hour > (SELECT min(ended) / 3600000 FROM runs) AND (raw.runs, raw.sum) IS NOT
              (checks_hourly.runs, checks_hourly.sum))") == 0);
}

}  // namespace fdnprobe::history
