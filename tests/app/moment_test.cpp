#include "app/moment.hpp"

#include <chrono>

#include "catch.hpp"

namespace fdnprobe::app {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_days day = std::chrono::year{2026} / 11 / 20;

}  // namespace

TEST_CASE("moment: how long ago, or when") {
    const WallTime now = day + 12h;
    CHECK(parse_moment("24h", now) == now - 24h);
    CHECK(parse_moment("1h30m", now) == now - 90min);
    CHECK(parse_moment("0s", now) == now);
    CHECK(parse_moment("2026-11-20", now) == day);
    CHECK(parse_moment("2026-11-20 06:25", now) == day + 6h + 25min);
    CHECK(parse_moment("2026-11-20T06:25:07", now) == day + 6h + 25min + 7s);
    CHECK(parse_moment("2026-11-20T06:25:07Z", now) == day + 6h + 25min + 7s);
    CHECK(parse_moment("2024-02-29", now) == std::chrono::sys_days(std::chrono::year{2024} / 2 / 29));
}

TEST_CASE("moment: what is neither") {
    for (const char* text : {"", "yesterday", "-1h", "2026-11", "2026-02-30", "2026-13-01", "26-11-20", "2026-11-20T",
                             "2026-11-20T6:25", "2026-11-20T24:00", "2026-11-20T06", "2026-11-20T06:25:60",
                             "2026-11-20x06:25", "2026-11-20T06:25:07+01:00", "9999-01-01", "2026-11-20T06:25:07ZZ"})
        CHECK(!parse_moment(text, day));
}

}  // namespace fdnprobe::app
