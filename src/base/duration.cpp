#include "base/duration.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe {
namespace {

struct Unit {
    char letter;
    long seconds;
};
constexpr std::array<Unit, 5> units{{{'w', 604800}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};
/// Beyond any schedule, and far below where nanoseconds overflow.
constexpr long longest = 100L * 366 * 86400;

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    if (const auto bare = parse_number(text, 0, longest)) return std::chrono::seconds(*bare);
    long total = 0;
    std::size_t next_unit = 0;
    while (!text.empty()) {
        const std::size_t digits = text.find_first_not_of("0123456789");
        if (digits == std::string_view::npos || digits == 0) return std::nullopt;
        const auto count = parse_number(text.substr(0, digits), 0, longest);
        while (next_unit < units.size() && units[next_unit].letter != text[digits]) ++next_unit;
        if (!count || next_unit == units.size() || *count > longest / units[next_unit].seconds) return std::nullopt;
        total += *count * units[next_unit].seconds;
        if (total > longest) return std::nullopt;
        ++next_unit;
        text.remove_prefix(digits + 1);
    }
    return std::chrono::seconds(total);
}

std::string duration_text(std::chrono::seconds span) {
    long left = span.count();
    std::string text;
    for (const Unit& unit : units) {
        if (left < unit.seconds) continue;
        text += fmt::format("{}{}", left / unit.seconds, unit.letter);
        left %= unit.seconds;
    }
    return text.empty() ? "0s" : text;
}

}  // namespace fdnprobe
