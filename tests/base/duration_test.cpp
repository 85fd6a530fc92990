#include "base/duration.hpp"

#include "catch.hpp"

using namespace fdnprobe;
using namespace std::chrono_literals;

TEST_CASE("a span of time is a number with a unit, or several, largest first") {
    CHECK(parse_duration("90") == 90s);
    CHECK(parse_duration("30s") == 30s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("24h") == 24h);
    CHECK(parse_duration("7d") == 168h);
    CHECK(parse_duration("2w") == 336h);
    CHECK(parse_duration("1h30m") == 90min);
    CHECK(parse_duration("0") == 0s);
    for (const char* wrong : {"", "m", "5x", "5m5h", "5m5m", "-5m", "5 m", "1.5h", "5m3", "99999999999999999999s",
                              "9999999w", "4000000000"})
        CHECK_FALSE(parse_duration(wrong));
}

TEST_CASE("a span of time is written as short as it can be, and reads back") {
    CHECK(duration_text(0s) == "0s");
    CHECK(duration_text(300s) == "5m");
    CHECK(duration_text(90min) == "1h30m");
    CHECK(duration_text(8 * 24h) == "1w1d");
    for (const auto span : {1s, 59s, 61s, 86399s, 694861s}) CHECK(parse_duration(duration_text(span)) == span);
}
