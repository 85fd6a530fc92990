#include "watch/week.hpp"

#include <algorithm>

namespace fdnprobe::watch {
namespace {

constexpr int week = 7 * 24 * 60;

bool holds(const WeekSpan& span, MinuteOfWeek minute) {
    if (span.from < span.until) return span.from <= minute && minute < span.until;
    return minute >= span.from || minute < span.until;
}

/// The longest that any of them goes on from here; 0: none holds.
int longest_stay(std::span<const WeekWindow> windows, MinuteOfWeek minute) {
    int longest = 0;
    for (const WeekWindow& window : windows)
        for (const WeekSpan& span : window.spans) {
            if (!holds(span, minute)) continue;
            const int stay = (span.until - minute + week) % week;
            longest = std::max(longest, stay == 0 ? week : stay);
        }
    return longest;
}

}  // namespace

bool within(std::span<const WeekWindow> windows, MinuteOfWeek minute) {
    return std::any_of(windows.begin(), windows.end(), [&](const WeekWindow& window) {
        return std::any_of(window.spans.begin(), window.spans.end(),
                           [&](const WeekSpan& span) { return holds(span, minute); });
    });
}

std::chrono::minutes until_outside(std::span<const WeekWindow> windows, MinuteOfWeek minute) {
    int passed = 0;
    while (passed < week) {
        const int stay = longest_stay(windows, (minute + passed) % week);
        if (stay == 0) break;
        passed += stay;
    }
    return std::chrono::minutes(std::min(passed, week));
}

}  // namespace fdnprobe::watch
