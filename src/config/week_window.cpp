// Three shapes are left once the words are told apart: T-T, D T-T or D-D T-T, and D T-D T; D is a day, T a time.
#include "config/week_window.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/words.hpp"

namespace fdnprobe::config {
namespace {

constexpr int minutes_a_day = 24 * 60;
constexpr int minutes_a_week = 7 * minutes_a_day;
constexpr std::array<std::string_view, 7> days{"Monday", "Tuesday",  "Wednesday", "Thursday",
                                               "Friday", "Saturday", "Sunday"};
constexpr std::string_view form =
    "\"DAY HH:MM-DAY HH:MM\", \"DAY HH:MM-HH:MM\", \"DAY-DAY HH:MM-HH:MM\" or \"HH:MM-HH:MM\"";

struct Word {
    char kind = 0;  ///< 'D', 'T' or '-'
    int value = 0;  ///< days since Monday, or minutes since midnight
};

Unexpected<std::string> mistake(std::string what) { return Unexpected<std::string>(std::move(what)); }

std::optional<int> day_of(std::string_view name) {
    for (std::size_t day = 0; day < days.size(); ++day)
        if (lower(name) == lower(days[day]) || lower(name) == lower(days[day].substr(0, 3)))
            return static_cast<int>(day);
    return std::nullopt;
}

std::string did_you_mean_day(std::string_view name) {
    std::vector<std::string> names;
    for (const std::string_view day : days) {
        names.emplace_back(day);
        names.emplace_back(day.substr(0, 3));
    }
    return did_you_mean(name, names);
}

/// ISO 8601 has 24:00, the end of a day.
std::optional<int> time_of(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const auto hours = parse_number(text.substr(0, 2), 0, 24);
    const auto minutes = parse_number(text.substr(3), 0, 59);
    if (!hours || !minutes || (*hours == 24 && *minutes > 0)) return std::nullopt;
    return static_cast<int>(*hours * 60 + *minutes);
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_of_a_time(char c) { return (c >= '0' && c <= '9') || c == ':'; }

Expected<Word, std::string> read_day(std::string_view name) {
    const auto day = day_of(name);
    if (!day)
        return mistake(fmt::format("{} is not a day of the week; expected one of Mon to Sun{}", in_quotes(name),
                                   did_you_mean_day(name)));
    return Word{'D', *day};
}

Expected<Word, std::string> read_time(std::string_view name) {
    const auto time = time_of(name);
    if (!time) return mistake(fmt::format("{} is not a time; expected HH:MM from 00:00 to 24:00", in_quotes(name)));
    return Word{'T', *time};
}

Expected<std::vector<Word>, std::string> words_of(std::string_view text) {
    std::vector<Word> words;
    while (!(text = trim(text)).empty()) {
        if (text.front() == '-') {
            words.push_back({'-', 0});
            text.remove_prefix(1);
            continue;
        }
        const bool day = is_letter(text.front());
        if (!day && !is_of_a_time(text.front()))
            return mistake(fmt::format("{} cannot be part of a window; expected {}", in_quotes(text), form));
        const auto* const end = std::find_if_not(text.begin(), text.end(), day ? is_letter : is_of_a_time);
        const std::string_view name = text.substr(0, static_cast<std::size_t>(end - text.begin()));
        const auto word = day ? read_day(name) : read_time(name);
        if (!word) return mistake(word.error());
        words.push_back(*word);
        text.remove_prefix(name.size());
    }
    return words;
}

WeekSpan span(int from, int until) {
    const int end = until % minutes_a_week;
    return {from, end == 0 ? minutes_a_week : end};
}

/// The same hours on each of some days.
void add_days(WeekWindow& window, int first, int last, int from, int until) {
    const int count = (last - first + 7) % 7 + 1;
    for (int step = 0; step < count; ++step) {
        const int midnight = (first + step) % 7 * minutes_a_day;
        window.spans.push_back(span(midnight + from, midnight + until + (until > from ? 0 : minutes_a_day)));
    }
}

}  // namespace

Expected<WeekWindow, std::string> parse_week_window(std::string_view text) {
    const auto words = words_of(text);
    if (!words) return mistake(words.error());
    std::string shape;
    for (const Word& word : *words) shape += word.kind;
    WeekWindow window{std::string(text), {}};
    const auto at = [&](std::size_t index) { return (*words)[index].value; };
    const bool through_days = shape == "DT-DT";
    const std::size_t times = shape == "T-T" ? 0 : shape == "DT-T" || through_days ? 1 : 3;
    if (shape != "T-T" && shape != "DT-T" && shape != "D-DT-T" && !through_days)
        return mistake(fmt::format("{} is not a window; expected {}", in_quotes(text), form));
    const int from = at(times);
    const int until = at(shape.size() - 1);
    if (from == minutes_a_day) return mistake("a window cannot begin at 24:00; expected 00:00 of the next day");
    const bool same_day = through_days && at(0) == at(3);
    if (from == until && (!through_days || same_day))
        return mistake(fmt::format("{} ends where it begins; for whole days write \"00:00-24:00\"", in_quotes(text)));
    // It could be meant as a night or as nearly a week.
    if (same_day && until < from) return mistake(fmt::format("{} ends before it begins", in_quotes(text)));
    if (through_days)
        window.spans.push_back(span(at(0) * minutes_a_day + from, at(3) * minutes_a_day + until));
    else if (shape == "T-T")
        add_days(window, 0, 6, from, until);
    else
        add_days(window, at(0), at(times - 1), from, until);
    return window;
}

}  // namespace fdnprobe::config
