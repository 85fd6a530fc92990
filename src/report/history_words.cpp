#include "report/history_words.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

#include <fmt/format.h>

#include "base/duration.hpp"
#include "base/time.hpp"
#include "report/palette.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// Slower by half and by more than the clock of a busy host errs.
constexpr double noticeable_ratio = 1.5;
constexpr double noticeable_ms = 5;

bool says_nothing(State state) { return state == State::inconclusive || state == State::unconfigured; }

std::string shown_ms(double ms) {
    return shown_span(std::chrono::nanoseconds(static_cast<std::int64_t>(std::llround(ms * 1e6))));
}

}  // namespace

std::string minute_text(WallTime time) {
    std::string text = to_rfc3339(time).substr(0, 16);
    text[10] = ' ';
    return text + " UTC";
}

std::optional<double> good_part(const RowHistory& row) {
    std::uint64_t told = 0;
    for (const StatePeriod& period : row.timeline)
        for (const auto& [state, runs] : period.runs)
            if (!says_nothing(state)) told += runs;
    if (told == 0) return std::nullopt;
    return std::min(1.0, static_cast<double>(row.good_runs) / static_cast<double>(told));
}

std::string percent_text(double part) {
    // Rounding must not hide the one run that failed, nor the one that did not.
    const double tenths = part >= 0.5 ? std::floor(part * 1000) : std::ceil(part * 1000);
    return fmt::format("{:.{}f} %", tenths / 10, part == 0 || part == 1 ? 0 : 1);
}

Sign sign_of(const StatePeriod& period) {
    if (period.runs.empty()) return {};
    const auto most = std::max_element(period.runs.begin(), period.runs.end(),
                                       [](const auto& left, const auto& right) { return left.second < right.second; });
    const bool failed = std::any_of(period.runs.begin(), period.runs.end(), [](const auto& one) {
        return one.second > 0 && !works(one.first) && !says_nothing(one.first);
    });
    if (failed && (works(most->first) || says_nothing(most->first))) return {':', Ink::warn};
    return {symbol_of(most->first), ink_of(most->first)};
}

std::string timeline_text(const RowHistory& row) {
    std::string signs;
    for (const StatePeriod& period : row.timeline) signs += sign_of(period).letter;
    return signs;
}

std::string_view sign_legend() {
    return "+ reachable, ~ degraded, ? inconclusive, ! broken, untrusted, intercepted or local, x blocked or "
           "unresolved, : some runs failed, . not checked";
}

std::string sign_length(const RowHistory& row) {
    if (row.timeline.empty()) return {};
    const auto length =
        std::chrono::duration_cast<std::chrono::seconds>(row.timeline.front().until - row.timeline.front().from);
    if (length == std::chrono::hours(1)) return "one sign an hour";
    if (length == std::chrono::hours(24)) return "one sign a day";
    return fmt::format("one sign for {}", duration_text(length));
}

std::string flapping_text(const RowHistory& row, const HistoryReport& history) {
    const WallTime begin = history.first_run ? std::max(history.from, *history.first_run) : history.from;
    const double days = std::chrono::duration<double, std::ratio<86400>>(history.until - begin).count();
    std::string text = row.changes.empty() ? "no confirmed change" : counted(row.changes.size(), "confirmed change");
    // Of less than a day a rate would only be a guess.
    if (!row.changes.empty() && days >= 1)
        text += fmt::format(" ({:.1f} a day)", static_cast<double>(row.changes.size()) / days);
    if (row.flips > row.changes.size())
        text += fmt::format("; {} with another result than the one before", counted(row.flips, "run"));
    return text;
}

bool has_slowed_down(const CheckHistory& check) {
    return check.usual_ms && check.recent_ms && *check.recent_ms >= *check.usual_ms * noticeable_ratio &&
           *check.recent_ms >= *check.usual_ms + noticeable_ms;
}

std::string latency_text(const CheckHistory& check) {
    if (!check.recent_ms) return {};
    if (!check.usual_ms) return fmt::format("lately {}", shown_ms(*check.recent_ms));
    return fmt::format("usually {}, lately {}", shown_ms(*check.usual_ms), shown_ms(*check.recent_ms));
}

}  // namespace fdnprobe::report
