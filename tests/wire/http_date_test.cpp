#include "wire/http_date.hpp"

#include <chrono>
#include <string>

#include "catch.hpp"

using namespace std::chrono;
using fdnprobe::wire::http::parse_date;

namespace {

constexpr sys_seconds now{seconds(1'790'000'000)};  // 2026-09-21

sys_seconds at(int year, unsigned month, unsigned day, int hour, int minute, int second) {
    const year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
    return sys_seconds(sys_days(date)) + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace

TEST_CASE("the three forms of a time, as RFC 9110 has them") {
    const sys_seconds then = at(1994, 11, 6, 8, 49, 37);
    CHECK(parse_date("Sun, 06 Nov 1994 08:49:37 GMT", now) == then);
    CHECK(parse_date("Sunday, 06-Nov-94 08:49:37 GMT", now) == then);
    CHECK(parse_date("Sun Nov  6 08:49:37 1994", now) == then);
    CHECK(parse_date("Wed Nov 16 08:49:37 1994", now) == at(1994, 11, 16, 8, 49, 37));
}

TEST_CASE("two digits of a year are the past's when they would be more than fifty years ahead") {
    CHECK(parse_date("Friday, 20-Nov-26 10:00:00 GMT", now) == at(2026, 11, 20, 10, 0, 0));
    CHECK(parse_date("Sunday, 19-Nov-73 10:00:00 GMT", now) == at(2073, 11, 19, 10, 0, 0));
    CHECK(parse_date("Monday, 19-Nov-73 10:00:00 GMT", now) == std::nullopt);
    CHECK(parse_date("Saturday, 19-Nov-77 10:00:00 GMT", now) == at(1977, 11, 19, 10, 0, 0));
    // Seen from 1999, 02 is of the next century.
    CHECK(parse_date("Wednesday, 20-Nov-02 10:00:00 GMT", at(1999, 1, 1, 0, 0, 0)) == at(2002, 11, 20, 10, 0, 0));
}

TEST_CASE("the edges of a calendar") {
    CHECK(parse_date("Thu, 29 Feb 2024 23:59:60 GMT", now) == at(2024, 3, 1, 0, 0, 0));
    CHECK(parse_date("Thu, 01 Jan 1970 00:00:00 GMT", now) == sys_seconds());
    CHECK(parse_date("Wed, 29 Feb 2023 00:00:00 GMT", now) == std::nullopt);
    CHECK(parse_date("Sun, 00 Nov 1994 08:49:37 GMT", now) == std::nullopt);
    CHECK(parse_date("Thu, 31 Nov 1994 08:49:37 GMT", now) == std::nullopt);
    CHECK(parse_date("Sun, 06 Nov 1994 24:00:00 GMT", now) == std::nullopt);
    CHECK(parse_date("Sun, 06 Nov 1994 08:60:37 GMT", now) == std::nullopt);
    CHECK(parse_date("Sun, 06 Nov 1994 08:49:61 GMT", now) == std::nullopt);
    // It was a Sunday.
    CHECK(parse_date("Mon, 06 Nov 1994 08:49:37 GMT", now) == std::nullopt);
}

TEST_CASE("what is cut short, or longer, or nearly a time, is none") {
    for (const std::string whole :
         {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"}) {
        REQUIRE(parse_date(whole, now));
        for (std::size_t size = 0; size < whole.size(); ++size) {
            CAPTURE(whole.substr(0, size));
            CHECK_FALSE(parse_date(whole.substr(0, size), now));
        }
        CHECK_FALSE(parse_date(whole + " ", now));
        CHECK_FALSE(parse_date(" " + whole, now));
    }
    for (const char* text :
         {"sun, 06 nov 1994 08:49:37 gmt", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
          "Sun, 06 Nov -994 08:49:37 GMT", "Sun, +6 Nov 1994 08:49:37 GMT", "784111777",
          "Sun, 06 Nov 19994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49: 7 GMT", "\xff\xfe"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_date(text, now));
    }
    CHECK_FALSE(parse_date(std::string(70000, 'S'), now));
}
