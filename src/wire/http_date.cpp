#include "wire/http_date.hpp"

#include <array>
#include <cstddef>

#include "base/text.hpp"

namespace fdnprobe::wire::http {
namespace {

using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 7> days{"Sunday",   "Monday", "Tuesday", "Wednesday",
                                               "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
/// Of a day's name, where it is cut short.
constexpr std::size_t short_name = 3;

/// Takes the parts of a time off the front, one after the other. Whatever is not there makes the whole of it wrong.
class Parts {
  public:
    explicit Parts(std::string_view text) : rest_(text) {}

    void literal(std::string_view text) {
        if (!rest_.starts_with(text)) return fail();
        rest_.remove_prefix(text.size());
    }

    /// Exactly so many digits.
    int number(std::size_t digits, int high) {
        const std::string_view text = take(digits);
        const bool all_digits = text.find_first_not_of("0123456789") == std::string_view::npos;
        const auto value = all_digits ? parse_number(text, 0, high) : std::nullopt;
        if (!value) fail();
        return static_cast<int>(value.value_or(0));
    }

    /// A day of the month as asctime() has it: two places, the first of them perhaps blank.
    int padded_day() {
        if (!rest_.starts_with(' ')) return number(2, last_day);
        literal(" ");
        return number(1, last_day);
    }

    /// The index of the name that comes next, of which `length` letters stand there (0: all of them).
    template <std::size_t count>
    std::size_t name(const std::array<std::string_view, count>& names, std::size_t length) {
        for (std::size_t index = 0; index < count; ++index) {
            const std::string_view name = length == 0 ? names[index] : names[index].substr(0, length);
            if (!rest_.starts_with(name)) continue;
            rest_.remove_prefix(name.size());
            return index;
        }
        fail();
        return 0;
    }

    /// Nothing was wrong and nothing is left.
    [[nodiscard]] bool whole() const { return !failed_ && rest_.empty(); }

    static constexpr int last_day = 31;

  private:
    void fail() { failed_ = true; }

    std::string_view take(std::size_t size) {
        const std::string_view text = rest_.substr(0, size);
        if (text.size() < size) fail();
        rest_.remove_prefix(text.size());
        return text;
    }

    std::string_view rest_;
    bool failed_ = false;
};

struct Fields {
    std::size_t weekday = 0;
    int year = 0;
    std::size_t month = 0;  ///< 0 is January
    int day = 0;
    std::chrono::seconds clock{};
};

void take_clock(Parts& parts, Fields& fields) {
    constexpr int last_hour = 23;
    constexpr int last_minute = 59;
    constexpr int leap_second = 60;
    fields.clock = std::chrono::hours(parts.number(2, last_hour));
    parts.literal(":");
    fields.clock += std::chrono::minutes(parts.number(2, last_minute));
    parts.literal(":");
    fields.clock += std::chrono::seconds(parts.number(2, leap_second));
}

constexpr int last_year = 9999;

/// `Sun, 06 Nov 1994 08:49:37 GMT`
Fields take_preferred(Parts& parts) {
    Fields fields;
    fields.weekday = parts.name(days, short_name);
    parts.literal(", ");
    fields.day = parts.number(2, Parts::last_day);
    parts.literal(" ");
    fields.month = parts.name(months, 0);
    parts.literal(" ");
    fields.year = parts.number(4, last_year);
    parts.literal(" ");
    take_clock(parts, fields);
    parts.literal(" GMT");
    return fields;
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`; the century is still missing.
Fields take_rfc850(Parts& parts) {
    constexpr int last_of_century = 99;
    Fields fields;
    fields.weekday = parts.name(days, 0);
    parts.literal(", ");
    fields.day = parts.number(2, Parts::last_day);
    parts.literal("-");
    fields.month = parts.name(months, 0);
    parts.literal("-");
    fields.year = parts.number(2, last_of_century);
    parts.literal(" ");
    take_clock(parts, fields);
    parts.literal(" GMT");
    return fields;
}

/// `Sun Nov  6 08:49:37 1994`
Fields take_asctime(Parts& parts) {
    Fields fields;
    fields.weekday = parts.name(days, short_name);
    parts.literal(" ");
    fields.month = parts.name(months, 0);
    parts.literal(" ");
    fields.day = parts.padded_day();
    parts.literal(" ");
    take_clock(parts, fields);
    parts.literal(" ");
    fields.year = parts.number(4, last_year);
    return fields;
}

std::optional<sys_seconds> time_of(const Fields& fields) {
    const std::chrono::year_month_day date{std::chrono::year(fields.year),
                                           std::chrono::month(static_cast<unsigned>(fields.month + 1)),
                                           std::chrono::day(static_cast<unsigned>(fields.day))};
    if (!date.ok()) return std::nullopt;
    const std::chrono::sys_days day(date);
    if (std::chrono::weekday(day).c_encoding() != fields.weekday) return std::nullopt;
    return sys_seconds(day) + fields.clock;
}

/// The latest year with these two digits whose time is no more than fifty years ahead.
std::optional<sys_seconds> time_in_century(Fields fields, sys_seconds now) {
    constexpr int century = 100;
    const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
    const int latest = static_cast<int>(today.year()) + century / 2;
    fields.year += latest / century * century;
    if (fields.year > latest) fields.year -= century;
    return time_of(fields);
}

}  // namespace

std::optional<sys_seconds> parse_date(std::string_view text, sys_seconds now) {
    Parts preferred(text);
    if (const Fields fields = take_preferred(preferred); preferred.whole()) return time_of(fields);
    Parts rfc850(text);
    if (const Fields fields = take_rfc850(rfc850); rfc850.whole()) return time_in_century(fields, now);
    Parts asctime(text);
    if (const Fields fields = take_asctime(asctime); asctime.whole()) return time_of(fields);
    return std::nullopt;
}

}  // namespace fdnprobe::wire::http
