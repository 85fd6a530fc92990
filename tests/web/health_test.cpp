#include <chrono>

#include "catch.hpp"
#include "web/health.hpp"

namespace fdnprobe::web {
namespace {

using namespace std::chrono_literals;

const std::chrono::system_clock::time_point now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20);

WatchFacts facts(std::chrono::seconds age) {
    WatchFacts made;
    made.every = 300s;
    made.last_run = now - age;
    made.last_elapsed = 10s;
    made.next_run = now - age + 300s;
    return made;
}

TEST_CASE("a watch is ready once a run has ended") {
    CHECK(why_not_ready(WatchFacts{}, now) == "The first run has not ended yet.");
    CHECK_FALSE(why_not_ready(facts(0s), now).has_value());
}

TEST_CASE("a watch is not ready when its runs do not end any more") {
    CHECK_FALSE(why_not_ready(facts(910s), now).has_value());
    CHECK(why_not_ready(facts(911s), now) == "The last run ended 15m11s ago, and one is due every 5m.");
    WatchFacts unplanned = facts(911s);
    unplanned.next_run.reset();
    CHECK(why_not_ready(unplanned, now).has_value());
}

TEST_CASE("a pause is no reason, and neither is the run that comes after it") {
    WatchFacts paused = facts(24h);
    paused.paused = true;
    CHECK_FALSE(why_not_ready(paused, now).has_value());
    WatchFacts after = facts(24h);
    after.next_run = now - 10s;
    CHECK_FALSE(why_not_ready(after, now).has_value());
    after.next_run = now - 311s;
    CHECK(why_not_ready(after, now).has_value());
}

TEST_CASE("a watch that records nothing says why") {
    WatchFacts full = facts(0s);
    full.history_problem = "no space is left\x1b[2J";
    CHECK(why_not_ready(full, now) == "Runs are not being recorded: no space is left\\x1b[2J");
}

}  // namespace
}  // namespace fdnprobe::web
