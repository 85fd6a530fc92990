#include "watch/timetable.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "runs.hpp"

using namespace fdnprobe;
using namespace std::chrono_literals;
using watch::Due;
using watch::Moment;
using watch::Timetable;

namespace {

using Rows = std::vector<std::size_t>;

std::vector<RowResult> rows(std::size_t count) {
    std::vector<RowResult> list(count);
    for (std::size_t index = 0; index < count; ++index) list[index].row = runs::row_named("r" + std::to_string(index));
    return list;
}

Schedule schedule(std::vector<RowInterval> intervals) {
    Schedule plan;
    plan.rows = std::move(intervals);
    return plan;
}

/// These numbers, again and again.
std::function<double()> chances(std::vector<double> numbers) {
    return [numbers = std::move(numbers), next = std::make_shared<std::size_t>(0)] {
        return numbers[(*next)++ % numbers.size()];
    };
}

const auto no_chance = [] { return 0.0; };
const Moment zero{1000s};

/// Each run is over at once; what is due when.
std::vector<std::pair<std::chrono::nanoseconds, Rows>> follow(Timetable& timetable, std::chrono::seconds until) {
    std::vector<std::pair<std::chrono::nanoseconds, Rows>> list;
    for (Due due = timetable.next(); due.at - zero < until; due = timetable.next()) {
        list.emplace_back(due.at - zero, due.rows);
        timetable.begun(due, due.at);
    }
    return list;
}

}  // namespace

TEST_CASE("everything is due at once, and again one interval later", "[watch][timetable]") {
    Timetable timetable(rows(3), {}, 5min, 0, no_chance);
    timetable.start(zero);
    const auto seen = follow(timetable, 11min);
    REQUIRE(seen.size() == 3);
    for (std::size_t number = 0; number < seen.size(); ++number) {
        CHECK(seen[number].first == number * 5min);
        CHECK(seen[number].second == Rows{0, 1, 2});
    }
    CHECK(timetable.missed() == 0);
}

TEST_CASE("asking for the next run changes nothing", "[watch][timetable]") {
    Timetable timetable(rows(1), {}, 5min, 0.5, chances({0.3, 0.6}));
    timetable.start(zero);
    timetable.begun(timetable.next(), zero);
    const Due due = timetable.next();
    CHECK(due.at == timetable.next().at);
    CHECK(due.rows == timetable.next().rows);
}

TEST_CASE("without rows there is no run", "[watch][timetable]") {
    Timetable timetable({}, {}, 5min, 0.1, no_chance);
    timetable.start(zero);
    CHECK(timetable.next().at == Moment::max());
    CHECK(timetable.next().rows.empty());
}

TEST_CASE("a row has the interval of the first pattern that fits it", "[watch][timetable]") {
    std::vector<RowResult> list = rows(5);
    list[2].row.peer = "FortiGuard";
    list[3].row.purpose = "Web Filter";
    Timetable timetable(list,
                        schedule({{"R0", 60s}, {"t/r1", 120s}, {"r1", 1s}, {"fortiguard", 180s}, {"*filter", 240s}}),
                        5min, 0, no_chance);
    timetable.start(zero);
    std::vector<std::vector<std::chrono::nanoseconds>> times(5);
    for (const auto& [at, due] : follow(timetable, 601s))
        for (const std::size_t row : due) times[row].push_back(at);
    const std::vector<std::chrono::seconds> expected{60s, 120s, 180s, 240s, 300s};
    for (std::size_t row = 0; row < 5; ++row) {
        REQUIRE(times[row].size() >= 3);
        CHECK(times[row][1] == expected[row]);
        CHECK(times[row][2] == 2 * expected[row]);
    }
}

TEST_CASE("rows of several intervals go together where their times meet", "[watch][timetable]") {
    Timetable timetable(rows(2), schedule({{"r1", 60s}}), 180s, 0, no_chance);
    timetable.start(zero);
    const auto seen = follow(timetable, 361s);
    const std::vector<std::pair<std::chrono::nanoseconds, Rows>> expected{
        {0s, {0, 1}}, {60s, {1}}, {120s, {1}}, {180s, {0, 1}}, {240s, {1}}, {300s, {1}}, {360s, {0, 1}}};
    CHECK(seen == expected);
}

TEST_CASE("jitter does not part the rows that are planned together", "[watch][timetable]") {
    Timetable timetable(rows(2), schedule({{"r1", 60s}}), 180s, 0.5, chances({0.9, 0.1, 0.7, 0.4, 0.99, 0.01}));
    timetable.start(zero);
    std::size_t together = 0;
    std::size_t of_the_slow = 0;
    for (const auto& [at, due] : follow(timetable, 1h)) {
        of_the_slow += due.front() == 0 ? 1U : 0U;
        together += due.size() == 2 ? 1U : 0U;
    }
    CHECK(of_the_slow == 20);
    CHECK(together == of_the_slow);
}

TEST_CASE("a row that comes within a tenth of the shortest interval is taken along", "[watch][timetable]") {
    const auto second = [](std::chrono::seconds interval) {
        Timetable timetable(rows(2), schedule({{"r1", interval}}), 100s, 0, no_chance);
        timetable.start(zero);
        timetable.begun(timetable.next(), zero);
        return timetable.next().rows;
    };
    CHECK(second(110s) == Rows{0, 1});
    CHECK(second(111s) == Rows{0});
}

TEST_CASE("jitter stays within its part of the interval and does not add up", "[watch][timetable]") {
    constexpr auto every = 300s;
    Timetable timetable(rows(1), {}, every, 0.1, chances({0.0, 0.999, 0.5, 0.25, 0.75, 0.125}));
    timetable.start(zero);
    std::chrono::nanoseconds least = every;
    std::chrono::nanoseconds most{};
    constexpr int runs = 10000;
    CHECK(timetable.next().at == zero);
    for (int run = 0; run < runs; ++run) {
        const Due due = timetable.next();
        const std::chrono::nanoseconds late = due.at - zero - run * every;
        least = std::min(least, late);
        most = std::max(most, late);
        timetable.begun(due, due.at + 3ms);
    }
    CHECK(least == 0ns);
    CHECK(most > 29s);
    CHECK(most < 30s);
    CHECK(timetable.missed() == 0);
}

TEST_CASE("jitter of half the interval passes over no run", "[watch][timetable]") {
    Timetable timetable(rows(1), {}, 10s, 0.5, chances({0.0, 1.0}));
    timetable.start(zero);
    for (int run = 0; run < 100; ++run) {
        const Due due = timetable.next();
        CHECK(due.at - zero == run * 10s + (run % 2 == 0 && run > 0 ? 5s : 0s));
        timetable.begun(due, due.at + 100ms);
    }
    CHECK(timetable.missed() == 0);
}

TEST_CASE("what a long run lets pass is counted and not made up for", "[watch][timetable]") {
    Timetable timetable(rows(2), {}, 60s, 0, no_chance);
    timetable.start(zero);
    timetable.begun(timetable.next(), zero);
    // The run took seven and a half minutes; the one of minute 1 is begun now, those of 2 to 7 are lost.
    const Due late = timetable.next();
    CHECK(late.at == zero + 60s);
    timetable.begun(late, zero + 450s);
    CHECK(timetable.missed() == 6);
    CHECK(timetable.next().at == zero + 480s);
    CHECK(timetable.next().rows == Rows{0, 1});
    timetable.begun(timetable.next(), zero + 480s);
    CHECK(timetable.next().at == zero + 540s);
    CHECK(timetable.missed() == 6);
}

TEST_CASE("a run that is late is not followed by another at once", "[watch][timetable]") {
    Timetable timetable(rows(1), {}, 60s, 0, no_chance);
    timetable.start(zero);
    timetable.begun(timetable.next(), zero);
    timetable.begun(timetable.next(), zero + 104s);
    CHECK(timetable.next().at == zero + 120s);
    CHECK(timetable.missed() == 0);
    timetable.begun(timetable.next(), zero + 166s);
    CHECK(timetable.next().at == zero + 240s);
    CHECK(timetable.missed() == 1);
}

TEST_CASE("a run that was missed for rows of several intervals counts once", "[watch][timetable]") {
    Timetable timetable(rows(3), schedule({{"r1", 120s}}), 60s, 0, no_chance);
    timetable.start(zero);
    timetable.begun(timetable.next(), zero);
    timetable.begun({zero + 60s, {0, 1, 2}}, zero + 240s);
    CHECK(timetable.missed() == 3);
}

TEST_CASE("a year of sleep is taken in at once", "[watch][timetable]") {
    Timetable timetable(rows(1), {}, 1s, 0, no_chance);
    timetable.start(zero);
    timetable.begun(timetable.next(), zero);
    timetable.begun(timetable.next(), zero + 365 * 24h);
    CHECK(timetable.missed() == 365U * 24 * 3600 - 1);
    CHECK(timetable.next().at > zero + 365 * 24h);
    CHECK(timetable.next().at <= zero + 365 * 24h + 2s);
}

TEST_CASE("after a pause what came due in it goes on, within its jitter, and nothing was missed",
          "[watch][timetable]") {
    Timetable timetable(rows(2), schedule({{"r1", 24h}}), 60s, 0.1, chances({0.5}));
    timetable.start(zero);
    timetable.begun(timetable.next(), zero);
    timetable.resume(zero + 1h);
    CHECK(timetable.next().at == zero + 1h + 3s);
    CHECK(timetable.next().rows == Rows{0});
    timetable.begun(timetable.next(), zero + 1h + 3s);
    CHECK(timetable.next().at == zero + 1h + 60s + 3s);
    CHECK(timetable.missed() == 0);
    // A row that came due in the pause does not wait for its next time, however long its interval is.
    timetable.resume(zero + 25h);
    CHECK(timetable.next().rows == Rows{0, 1});
    CHECK(timetable.next().at == zero + 25h + 3s);
}

TEST_CASE("an interval of nothing is taken for a second", "[watch][timetable]") {
    Timetable timetable(rows(1), {}, 0s, 0, no_chance);
    timetable.start(zero);
    timetable.begun(timetable.next(), zero);
    CHECK(timetable.next().at == zero + 1s);
}

TEST_CASE("ten thousand rows are no burden", "[watch][timetable]") {
    std::vector<RowInterval> intervals;
    for (int number = 0; number < 10; ++number)
        intervals.push_back({"r*" + std::to_string(number), std::chrono::seconds(60 + number)});
    Timetable timetable(rows(10000), schedule(intervals), 5min, 0.1, chances({0.1, 0.9, 0.4}));
    const auto began = std::chrono::steady_clock::now();
    timetable.start(zero);
    std::size_t checked = 0;
    for (int run = 0; run < 100; ++run) {
        const Due due = timetable.next();
        checked += due.rows.size();
        timetable.begun(due, due.at);
    }
    CHECK(checked >= 100000);
    // Two orders of magnitude above what it takes, so that only another complexity fails.
    CHECK(std::chrono::steady_clock::now() - began < 5s);
}
