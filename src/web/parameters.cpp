#include "web/parameters.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "base/duration.hpp"
#include "base/text.hpp"

namespace fdnprobe::web {
namespace {

/// The digits at [from, from + count).
std::optional<int> digits(std::string_view text, std::size_t from, std::size_t count, int low, int high) {
    const auto number = parse_number(text.substr(from, count), low, high);
    if (!number) return std::nullopt;
    return static_cast<int>(*number);
}

}  // namespace

std::string parameter(const Parameters& parameters, std::string_view name, std::string_view otherwise) {
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string(otherwise) : found->second;
}

std::optional<std::string> unknown_parameter(const Parameters& parameters,
                                             std::initializer_list<std::string_view> known) {
    for (const auto& [name, value] : parameters) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        const std::vector<std::string> candidates(known.begin(), known.end());
        const auto near = nearest(name, candidates);
        return "There is no parameter \"" + printable(name, 80) + "\" here" +
               (near ? "; did you mean " + *near + "?" : ".");
    }
    return std::nullopt;
}

std::optional<WallTime> parse_moment(std::string_view text, WallTime now) {
    if (const auto ago = parse_duration(text)) return now - *ago;
    // RFC 3339 in UTC, to the day or to the second.
    if (text.size() != 10 && text.size() != 20) return std::nullopt;
    constexpr std::string_view shape = "0000-00-00T00:00:00Z";
    for (std::size_t index = 0; index < text.size(); ++index) {
        const bool digit = text[index] >= '0' && text[index] <= '9';
        if (shape[index] == '0' ? !digit : text[index] != shape[index]) return std::nullopt;
    }
    const auto year = digits(text, 0, 4, 1970, 9999);
    const auto month = digits(text, 5, 2, 1, 12);
    const auto day = digits(text, 8, 2, 1, 31);
    if (!year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    // Later ones have no place in 64 bits of nanoseconds.
    if (!date.ok() || date.year() > std::chrono::year(2200)) return std::nullopt;
    WallTime moment = std::chrono::sys_days(date);
    if (text.size() == 10) return moment;
    const auto hours = digits(text, 11, 2, 0, 23);
    const auto minutes = digits(text, 14, 2, 0, 59);
    const auto seconds = digits(text, 17, 2, 0, 59);
    if (!hours || !minutes || !seconds) return std::nullopt;
    moment += std::chrono::hours(*hours) + std::chrono::minutes(*minutes) + std::chrono::seconds(*seconds);
    return moment;
}

}  // namespace fdnprobe::web
