#include "history/periods.hpp"

#include <algorithm>

#include <SQLiteCpp/Statement.h>

#include "history/words.hpp"

namespace fdnprobe::history {
namespace {

using std::chrono::seconds;

constexpr seconds hour = std::chrono::hours(1);
constexpr seconds day = std::chrono::hours(24);
/// Runs are hardly ever closer together.
constexpr seconds least_period{60};
/// More than fit on any page; a year by hours is 8760. With it, no question takes memory without bounds.
constexpr std::int64_t most_periods = 10'000;

/// What lies outside was asked for by mistake, and arithmetic with it would overflow.
constexpr WallTime earliest{};
constexpr WallTime latest = std::chrono::sys_days(std::chrono::year{2200} / 1 / 1);

seconds rounded_up(seconds period, seconds unit) { return (period + unit - seconds(1)) / unit * unit; }

seconds unit_of(Source source) {
    switch (source) {
        case Source::runs: return least_period;
        case Source::hours: return hour;
        case Source::days: return day;
    }
    return day;
}

}  // namespace

std::optional<WallTime> first_run_of(SQLite::Database& database) {
    SQLite::Statement statement(database, "SELECT first_run FROM beginning");
    if (!statement.executeStep()) return std::nullopt;
    return from_ms(statement.getColumn(0).getInt64());
}

Periods::Periods(SQLite::Database& database, const Query& query) {
    period_ = std::max(query.period, least_period);
    source_ = period_ % day == seconds(0) ? Source::days : period_ % hour == seconds(0) ? Source::hours : Source::runs;
    const std::optional<WallTime> first = first_run_of(database);
    WallTime from = std::clamp(query.from, earliest, latest);
    const WallTime until = std::clamp(query.until, from, latest);
    // Of the time before there was anything, no more is shown than a page takes.
    if ((until - from) / period_ > most_periods && first) from = std::clamp(*first, from, until);
    while (source_ != Source::days && first && !reaches_back(database, std::max(from, *first))) {
        source_ = source_ == Source::runs ? Source::hours : Source::days;
        period_ = rounded_up(period_, unit_of(source_));
    }
    cut(from, until);
}

std::int64_t Periods::value_of(WallTime time) const {
    switch (source_) {
        case Source::runs: return to_ms(time);
        case Source::hours: return std::chrono::floor<std::chrono::hours>(time.time_since_epoch()).count();
        case Source::days: return std::chrono::floor<std::chrono::days>(time.time_since_epoch()).count();
    }
    return 0;
}

bool Periods::reaches_back(SQLite::Database& database, WallTime needed) const {
    SQLite::Statement oldest(
        database, source_ == Source::runs ? "SELECT min(ended) FROM runs" : "SELECT min(hour) FROM runs_hourly");
    if (!oldest.executeStep() || oldest.getColumn(0).isNull()) return false;
    return oldest.getColumn(0).getInt64() <= value_of(needed);
}

void Periods::cut(WallTime from, WallTime until) {
    const auto whole = [](WallTime time) { return std::chrono::floor<seconds>(time.time_since_epoch()); };
    if (const auto periods = (whole(until) - whole(from)) / period_; periods > most_periods)
        period_ = rounded_up((whole(until) - whole(from)) / most_periods, unit_of(source_));
    const seconds begin = std::chrono::floor<seconds>(from.time_since_epoch());
    const seconds past = (begin % period_ + period_) % period_;
    begin_ = WallTime(begin - past);
    // A period that `until` is just the beginning of is not asked for.
    const auto span = until - begin_;
    count_ = static_cast<std::size_t>(span / period_ + (span % period_ > WallTime::duration(0) ? 1 : 0));
    count_ = std::max<std::size_t>(count_, 1);
}

}  // namespace fdnprobe::history
