#include "app/moment.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "base/duration.hpp"
#include "base/text.hpp"

namespace fdnprobe::app {
namespace {

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
    const std::vector<std::string> parts = split(text, '-');
    if (parts.size() != 3 || parts[0].size() != 4 || parts[1].size() != 2 || parts[2].size() != 2) return std::nullopt;
    const auto year = parse_number(parts[0], 1970, 2199);
    const auto month = parse_number(parts[1], 1, 12);
    const auto day = parse_number(parts[2], 1, 31);
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

std::optional<std::chrono::seconds> parse_time(std::string_view text) {
    const std::vector<std::string> parts = split(text, ':');
    if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
    long seconds = 0;
    for (std::size_t index = 0; index < parts.size(); ++index) {
        const auto number =
            parts[index].size() == 2 ? parse_number(parts[index], 0, index == 0 ? 23 : 59) : std::nullopt;
        if (!number) return std::nullopt;
        seconds = seconds * 60 + *number;
    }
    return std::chrono::seconds(parts.size() == 2 ? seconds * 60 : seconds);
}

}  // namespace

std::optional<WallTime> parse_moment(std::string_view text, WallTime now) {
    if (const auto span = parse_duration(text)) return now - *span;
    constexpr std::size_t date_length = 10;  // of 2026-11-20
    const auto date = parse_date(text.substr(0, date_length));
    if (!date) return std::nullopt;
    if (text.size() == date_length) return *date;
    if (text.size() == date_length + 1 || (text[date_length] != 'T' && text[date_length] != ' ')) return std::nullopt;
    std::string_view time = text.substr(date_length + 1);
    if (time.ends_with('Z')) time.remove_suffix(1);
    const auto span = parse_time(time);
    if (!span) return std::nullopt;
    return *date + *span;
}

}  // namespace fdnprobe::app
