#include "watch/week.hpp"

#include <utility>
#include <vector>

#include "catch.hpp"

using namespace fdnprobe;
using std::chrono::minutes;
using watch::until_outside;
using watch::within;

namespace {

constexpr int hour = 60;
constexpr int day = 24 * hour;
constexpr int week = 7 * day;

std::vector<WeekWindow> windows(std::vector<WeekSpan> spans) { return {{"", std::move(spans)}}; }

}  // namespace

TEST_CASE("without a window nothing holds", "[watch][week]") {
    CHECK_FALSE(within({}, 0));
    CHECK(until_outside({}, 0) == minutes(0));
    CHECK_FALSE(within(windows({}), 100));
}

TEST_CASE("a window holds from its first minute to the one before its end", "[watch][week]") {
    const auto window = windows({{5 * day + 22 * hour, 6 * day + 6 * hour}});
    CHECK_FALSE(within(window, 5 * day + 22 * hour - 1));
    CHECK(within(window, 5 * day + 22 * hour));
    CHECK(within(window, 6 * day + 6 * hour - 1));
    CHECK_FALSE(within(window, 6 * day + 6 * hour));
    CHECK(until_outside(window, 5 * day + 22 * hour) == minutes(8 * hour));
    CHECK(until_outside(window, 6 * day + 6 * hour - 1) == minutes(1));
    CHECK(until_outside(window, 6 * day + 6 * hour) == minutes(0));
}

TEST_CASE("a window goes on through Sunday midnight", "[watch][week]") {
    const auto window = windows({{6 * day + 22 * hour, 6 * hour}});
    CHECK(within(window, week - 1));
    CHECK(within(window, 0));
    CHECK(within(window, 6 * hour - 1));
    CHECK_FALSE(within(window, 6 * hour));
    CHECK_FALSE(within(window, 6 * day + 22 * hour - 1));
    CHECK(until_outside(window, 6 * day + 22 * hour) == minutes(8 * hour));
    CHECK(until_outside(window, week - 1) == minutes(6 * hour + 1));
    CHECK(until_outside(window, 0) == minutes(6 * hour));
}

TEST_CASE("one that ends with the week ends there", "[watch][week]") {
    const auto window = windows({{6 * day, week}});
    CHECK(within(window, week - 1));
    CHECK_FALSE(within(window, 0));
    CHECK(until_outside(window, 6 * day) == minutes(day));
}

TEST_CASE("windows back to back are one", "[watch][week]") {
    std::vector<WeekWindow> both = windows({{6 * day, week}});
    both.push_back({"", {{0, 2 * hour}, {hour, 3 * hour}}});
    CHECK(until_outside(both, 6 * day) == minutes(day + 3 * hour));
    CHECK(until_outside(both, 2 * hour - 1) == minutes(hour + 1));
    CHECK(until_outside(both, 3 * hour) == minutes(0));
}

TEST_CASE("windows without a gap hold for a whole week", "[watch][week]") {
    CHECK(until_outside(windows({{0, week}}), 0) == minutes(week));
    CHECK(until_outside(windows({{0, week}}), 1234) == minutes(week));
    CHECK(until_outside(windows({{day, day}}), 5) == minutes(week));
    CHECK(within(windows({{day, day}}), 5));
    std::vector<WeekSpan> days;
    for (int number = 0; number < 7; ++number) days.push_back({number * day, (number + 1) * day});
    for (const int at : {0, 1, day - 1, day, week - 1}) CHECK(until_outside(windows(days), at) == minutes(week));
}

TEST_CASE("until_outside agrees with counting the minutes", "[watch][week]") {
    const auto several = windows({{100, 200}, {150, 300}, {300, 301}, {9000, 50}, {50, 60}});
    for (int at = 0; at < week; at += 7) {
        int counted = 0;
        while (within(several, (at + counted) % week)) ++counted;
        CHECK(until_outside(several, at) == minutes(counted));
    }
}
