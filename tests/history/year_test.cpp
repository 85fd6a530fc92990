// A year in a file: how much is kept, how large it gets, and how much memory that takes.
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>

#include <SQLiteCpp/Database.h>

#include "catch.hpp"
#include "history/runs.hpp"
#include "scratch_folder.hpp"

#ifdef __SANITIZE_ADDRESS__
// GCC brings the function without its header (sanitizer/allocator_interface.h).
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

namespace fdnprobe::history {
namespace {

using namespace fixture;

constexpr std::size_t rows = 6;

/// Asked of whoever hands it out: what a process occupies also holds what a sanitizer keeps for itself.
std::size_t allocated_bytes() {
#ifdef __SANITIZE_ADDRESS__
    return __sanitizer_get_current_allocated_bytes();
#else
    return mallinfo2().uordblks;
#endif
}

/// The rows as a site has them: one works, one flaps, one fails now and then, the others are mostly well.
Report run_number(std::uint64_t number, WallTime at) {
    Report run = run_at(at);
    add_row(run, 0, Cause::answered, 2);
    add_row(run, 1, number % 2 == 0 ? Cause::answered : Cause::timeout);
    add_row(run, 2, number % 50 == 0 ? Cause::refused : Cause::answered);
    for (std::size_t row = 3; row < rows; ++row)
        add_row(run, row, number / 500 % 7 == row ? Cause::reset_on_path : Cause::answered, 1,
                std::chrono::microseconds(9'000 + number % 5'000));
    return run;
}

std::int64_t lines(SQLite::Database& database, const std::string& table) {
    return database.execAndGet("SELECT count(*) FROM " + table).getInt64();
}

}  // namespace

TEST_CASE("year: what is kept is bounded, and so are the file and the memory") {
    const ScratchFolder folder;
    const std::string file = folder.path("history.db");
    const Retention retention;  // a week, three months, for ever
    const auto history = open_with(file, retention, quick()).value();
    constexpr auto every = std::chrono::minutes(30);
    constexpr std::uint64_t runs = 365 * 48;
    std::size_t early = 0;
    std::uintmax_t after_120_days = 0;
    WallTime at = beginning;
    for (std::uint64_t number = 0; number < runs; ++number, at += every) {
        if (number == 60 * 48) early = allocated_bytes();
        if (number == 120 * 48) after_120_days = std::filesystem::file_size(file);
        if (const auto trouble = record(*history, run_number(number, at), at)) FAIL(trouble->what);
    }
    const std::size_t late = allocated_bytes();
    INFO("allocated: " << early << " bytes after two months, " << late << " after twelve");
    // SQLite's page cache may hold two thousand kilobytes.
    CHECK(late < early + 2'000'000);
    SQLite::Database database(file, SQLite::OPEN_READONLY);
    // A week of runs, and the one that ends it.
    CHECK(lines(database, "runs") == 7 * 48 + 1);
    CHECK(lines(database, "row_results") == (7 * 48 + 1) * 6);
    CHECK(lines(database, "check_results") == (7 * 48 + 1) * 7);
    CHECK(lines(database, "runs_hourly") <= 90 * 24 + 1);
    CHECK(lines(database, "rows_hourly") <= (90 * 24 + 1) * 6 * 2);
    CHECK(lines(database, "checks_hourly") <= (90 * 24 + 1) * 7);
    CHECK(lines(database, "runs_daily") == 365);
    CHECK(lines(database, "rows_daily") <= 365 * 6 * 2);
    CHECK(lines(database, "checks_daily") <= 365 * 7);
    CHECK(lines(database, "verdict_changes") <= 7 * 100);
    // From then on only days are added: of the eight months that follow, less than 20 bytes for each line of them.
    const std::uintmax_t end = std::filesystem::file_size(file);
    INFO("file: " << after_120_days << " bytes after 120 days, " << end << " after 365");
    CHECK(end < after_120_days + 245 * (1 + 2 * rows + 7) * 40);
    CHECK(history->ask(query(beginning, at, 24h)).value().runs == runs);
    CHECK(std::filesystem::file_size(file + "-wal") <= 4'194'304);
}

TEST_CASE("year: keeping less gives the space back") {
    const ScratchFolder folder;
    const std::string file = folder.path("history.db");
    const auto history = open_with(file, {}, quick()).value();
    WallTime at = beginning;
    const auto write = [&](int runs) {
        for (int index = 0; index < runs; ++index, at += 1min) {
            Report run = run_at(at);
            add_row(run, 0, Cause::answered, 100);
            REQUIRE(!record(*history, run, at));
        }
    };
    const auto pages = [&] {
        SQLite::Database database(file, SQLite::OPEN_READONLY);
        return database.execAndGet("PRAGMA page_count").getInt64();
    };
    write(1500);
    const auto before = pages();
    Retention short_one;
    short_one.raw = 1h;
    short_one.hourly = 2h;
    history->retain(short_one);
    write(900);
    CHECK(pages() < before * 2 / 3);
}

TEST_CASE("year: nothing is forgotten where all is kept for ever") {
    Retention for_ever;
    for_ever.raw = 0h;
    for_ever.hourly = 0h;
    const auto history = open_with("", for_ever, quick()).value();
    for (int day = 0; day < 400; ++day) REQUIRE(!record(*history, run_of(Cause::answered), beginning + day * 24h));
    CHECK(history->ask(query(beginning, beginning + 1h, 60s)).value().rows.at(0).timeline.size() == 60);
}

TEST_CASE("year: a clock that is wrong for a moment does little harm") {
    const auto history = open_with("", {}, quick()).value();
    WallTime at = beginning;
    for (int index = 0; index < 100; ++index, at += 30min) REQUIRE(!record(*history, run_of(Cause::answered), at));
    REQUIRE(!record(*history, run_of(Cause::answered), beginning + 24h * 365 * 50));
    REQUIRE(!record(*history, run_of(Cause::answered), at));
    Query question = query(beginning, at + 1s, 24h);
    CHECK(history->ask(question).value().runs == 101);
}

}  // namespace fdnprobe::history
