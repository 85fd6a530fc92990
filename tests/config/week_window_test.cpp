#include "config/week_window.hpp"

#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace fdnprobe;
using config::parse_week_window;

namespace {

constexpr int day = 24 * 60;
constexpr int hour = 60;

std::vector<WeekSpan> spans(const std::string& text) {
    const auto window = parse_week_window(text);
    INFO(text);
    REQUIRE(window);
    CHECK(window->text == text);
    return window->spans;
}

using Spans = std::vector<WeekSpan>;

}  // namespace

TEST_CASE("a window from a day to another", "[config][schedule]") {
    CHECK(spans("Sat 22:00-Sun 06:00") == Spans{{5 * day + 22 * hour, 6 * day + 6 * hour}});
    CHECK(spans("Fri 18:00-Mon 06:30") == Spans{{4 * day + 18 * hour, 6 * hour + 30}});
    CHECK(spans("Sun 22:00-Mon 00:00") == Spans{{6 * day + 22 * hour, 7 * day}});
    CHECK(spans("Sun 22:00-Sun 24:00") == Spans{{6 * day + 22 * hour, 7 * day}});
    CHECK(spans("Mon 00:00-Sun 24:00") == Spans{{0, 7 * day}});
    CHECK(spans("Mon 08:00-Mon 08:01") == Spans{{8 * hour, 8 * hour + 1}});
    // A whole week that begins elsewhere.
    CHECK(spans("Tue 00:00-Mon 24:00") == Spans{{day, day}});
    CHECK(spans("Tue 08:00-Wed 08:00") == Spans{{day + 8 * hour, 2 * day + 8 * hour}});
}

TEST_CASE("the same hours on one day, on several, on each", "[config][schedule]") {
    CHECK(spans("Wed 02:00-02:30") == Spans{{2 * day + 120, 2 * day + 150}});
    CHECK(spans("Tue-Wed 08:00-24:00") == Spans{{day + 8 * hour, 2 * day}, {2 * day + 8 * hour, 3 * day}});
    CHECK(spans("Sun-Mon 00:00-01:00") == Spans{{6 * day, 6 * day + hour}, {0, hour}});
    CHECK(spans("Wed-Wed 00:00-01:00") == Spans{{2 * day, 2 * day + hour}});
    CHECK(spans("02:00-02:30").size() == 7);
    CHECK(spans("02:00-02:30")[6] == WeekSpan{6 * day + 120, 6 * day + 150});
    CHECK(spans("00:00-24:00")[6] == WeekSpan{6 * day, 7 * day});
    CHECK(spans("Mon-Sun 00:00-24:00") == spans("00:00-24:00"));
}

TEST_CASE("a night belongs to the day that it begins on", "[config][schedule]") {
    CHECK(spans("Sat 22:00-06:00") == spans("Sat 22:00-Sun 06:00"));
    CHECK(spans("Sun 22:00-06:00") == Spans{{6 * day + 22 * hour, 6 * hour}});
    CHECK(spans("Sun 22:00-00:00") == Spans{{6 * day + 22 * hour, 7 * day}});
    CHECK(spans("22:00-06:00")[6] == WeekSpan{6 * day + 22 * hour, 6 * hour});
}

TEST_CASE("days are whole or three letters, in any case", "[config][schedule]") {
    CHECK(spans("saturday 22:00 - SUN 06:00") == spans("Sat 22:00-Sun 06:00"));
    CHECK(spans(" Monday-fri  08:00-18:00 ") == spans("Mon-Fri 08:00-18:00"));
    CHECK(spans("Mon-Fri 08:00-18:00").size() == 5);
}

TEST_CASE("what is no window is refused with what was expected", "[config][schedule]") {
    const std::string form =
        R"(expected "DAY HH:MM-DAY HH:MM", "DAY HH:MM-HH:MM", "DAY-DAY HH:MM-HH:MM" or "HH:MM-HH:MM")";
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "`` is not a window; " + form},
        {"Sat", "`Sat` is not a window; " + form},
        {"22:00", "`22:00` is not a window; " + form},
        {"Sat 22:00", "`Sat 22:00` is not a window; " + form},
        {"Sat-Sun", "`Sat-Sun` is not a window; " + form},
        {"22:00-Sun 06:00", "`22:00-Sun 06:00` is not a window; " + form},
        {"Mon-Fri 08:00-Sat 18:00", "`Mon-Fri 08:00-Sat 18:00` is not a window; " + form},
        {"22:00-06:00-", "`22:00-06:00-` is not a window; " + form},
        {"Sat 22:00, Sun 06:00", "`, Sun 06:00` cannot be part of a window; " + form},
        {"Satt 22:00-06:00", "`Satt` is not a day of the week; expected one of Mon to Sun; did you mean `Sat`?"},
        {"Weddnesday 22:00-06:00",
         "`Weddnesday` is not a day of the week; expected one of Mon to Sun; did you mean `Wednesday`?"},
        {"Samstag 22:00-06:00", "`Samstag` is not a day of the week; expected one of Mon to Sun"},
        {"Sat 8:00-9:00", "`8:00` is not a time; expected HH:MM from 00:00 to 24:00"},
        {"Sat 08-09", "`08` is not a time; expected HH:MM from 00:00 to 24:00"},
        {"08:60-09:00", "`08:60` is not a time; expected HH:MM from 00:00 to 24:00"},
        {"08:00-24:01", "`24:01` is not a time; expected HH:MM from 00:00 to 24:00"},
        {"08:00-25:00", "`25:00` is not a time; expected HH:MM from 00:00 to 24:00"},
        {"08:00:00-09:00", "`08:00:00` is not a time; expected HH:MM from 00:00 to 24:00"},
        {"24:00-06:00", "a window cannot begin at 24:00; expected 00:00 of the next day"},
        {"08:00-08:00", "`08:00-08:00` ends where it begins; for whole days write \"00:00-24:00\""},
        {"Sat 08:00-08:00", "`Sat 08:00-08:00` ends where it begins; for whole days write \"00:00-24:00\""},
        {"Sat 08:00-Sat 08:00", "`Sat 08:00-Sat 08:00` ends where it begins; for whole days write \"00:00-24:00\""},
        {"Sat 22:00-Sat 06:00", "`Sat 22:00-Sat 06:00` ends before it begins"},
    };
    for (const auto& [text, expected] : cases) {
        const auto window = parse_week_window(text);
        INFO(text);
        REQUIRE_FALSE(window);
        CHECK(window.error() == expected);
    }
}
