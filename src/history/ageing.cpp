#include "history/ageing.hpp"

#include <chrono>
#include <cstdint>
#include <string>

#include <SQLiteCpp/Column.h>
#include <fmt/format.h>

#include "history/words.hpp"

namespace fdnprobe::history {
namespace {

/// A run adds one run, and at most one hour and one day: with twice that and one more, what is too old goes faster
/// than anything comes, and a clock that is wrong for a moment does little harm.
constexpr int runs_at_once = 3;
constexpr int slots_at_once = 2;
/// Of changes, which are rare; a flapping check makes one with every run, of which the limit for each check remains.
constexpr int changes_at_once = 50;

/// Free pages are used again, so a file in its steady state has few. More than this, and more than a quarter of it, is
/// what a shorter retention has left behind.
constexpr std::int64_t free_pages_to_keep = 256;
constexpr int pages_at_once = 64;

/// The summaries of one unit of time, `hour` or `day`.
void forget_slots(Statements& statements, const std::string& unit, const std::string& tables, std::int64_t limit) {
    // The runs of a slot go last: the others are found by them.
    for (const char* kind : {"rows", "checks", "runs"})
        Prepared(statements, fmt::format("DELETE FROM {0}_{1} WHERE {2} IN (SELECT {2} FROM runs_{1} ORDER BY {2} "
                                         "LIMIT {3}) AND {2} < ?",
                                         kind, tables, unit, slots_at_once))
            .run(limit);
}

void forget_changes(Statements& statements, const std::string& table, std::int64_t limit) {
    Prepared(statements,
             fmt::format("DELETE FROM {0} WHERE id IN (SELECT id FROM {0} ORDER BY id LIMIT {1}) AND at < ?", table,
                         changes_at_once))
        .run(limit);
}

void forget_runs(Statements& statements, std::int64_t limit) {
    Prepared(statements, fmt::format("DELETE FROM runs WHERE id IN (SELECT id FROM runs ORDER BY id LIMIT {}) AND "
                                     "ended < ? AND id < (SELECT max(id) FROM runs)",
                                     runs_at_once))
        .run(limit);
}

void give_back_pages(SQLite::Database& database) {
    const std::int64_t unused = database.execAndGet("PRAGMA freelist_count").getInt64();
    const std::int64_t all = database.execAndGet("PRAGMA page_count").getInt64();
    if (unused <= free_pages_to_keep || unused * 4 <= all) return;
    database.exec(fmt::format("PRAGMA incremental_vacuum({})", pages_at_once));
}

}  // namespace

void grow_older(Statements& statements, const Retention& retention, WallTime now) {
    const auto before = [now](std::chrono::hours kept) { return now - kept; };
    if (retention.raw.count() > 0) forget_runs(statements, to_ms(before(retention.raw)));
    if (retention.hourly.count() > 0) {
        const WallTime limit = before(retention.hourly);
        forget_slots(statements, "hour", "hourly",
                     std::chrono::floor<std::chrono::hours>(limit.time_since_epoch()).count());
        forget_changes(statements, "verdict_changes", to_ms(limit));
    }
    if (retention.daily.count() > 0) {
        const WallTime limit = before(retention.daily);
        forget_slots(statements, "day", "daily",
                     std::chrono::floor<std::chrono::days>(limit.time_since_epoch()).count());
        forget_changes(statements, "row_changes", to_ms(limit));
    }
    give_back_pages(statements.database());
}

}  // namespace fdnprobe::history
