#include <chrono>

#include "catch.hpp"

#include "base/time.hpp"
#include "base/version.hpp"

using namespace fdnprobe;
using namespace std::chrono_literals;

namespace {
std::chrono::system_clock::time_point at(std::chrono::nanoseconds since_epoch) {
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(since_epoch));
}
}  // namespace

TEST_CASE("to_rfc3339 writes UTC with milliseconds, cut and not rounded") {
    CHECK(to_rfc3339(at(0s)) == "1970-01-01T00:00:00.000Z");
    CHECK(to_rfc3339(at(1795155900s + 123ms)) == "2026-11-20T06:25:00.123Z");
    CHECK(to_rfc3339(at(1795155900s + 999999us)) == "2026-11-20T06:25:00.999Z");
    CHECK(to_rfc3339(at(951782399s)) == "2000-02-28T23:59:59.000Z");
    CHECK(to_rfc3339(at(951782400s)) == "2000-02-29T00:00:00.000Z");
    CHECK(to_rfc3339(at(4107542400s)) == "2100-03-01T00:00:00.000Z");  // 2100 has no 29 February
    CHECK(to_rfc3339(at(-1ms)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("to_date") {
    CHECK(to_date(std::chrono::sys_seconds(0s)) == "1970-01-01");
    CHECK(to_date(std::chrono::sys_seconds(-1s)) == "1969-12-31");
    CHECK(to_date(std::chrono::sys_seconds(1795155900s)) == "2026-11-20");
    CHECK(to_date(std::chrono::sys_seconds(253402300799s)) == "9999-12-31");  // "no well-defined end", RFC 5280
}

TEST_CASE("to_milliseconds keeps fractions") {
    CHECK(to_milliseconds(1500us) == 1.5);
    CHECK(to_milliseconds(0ns) == 0.0);
    CHECK(to_milliseconds(-2ms) == -2.0);
}

TEST_CASE("the build has a version and a place for the tables") {
    CHECK(version().find('.') != std::string_view::npos);
    CHECK(install_data_directory().front() == '/');
}
