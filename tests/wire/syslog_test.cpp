#include "wire/syslog.hpp"

#include <chrono>
#include <string>

#include "catch.hpp"

namespace syslog = fdnprobe::wire::syslog;

namespace {

const syslog::Message message{
    .severity = syslog::severity_debug,
    .time = std::chrono::sys_days{std::chrono::January / 1 / 2027} + std::chrono::milliseconds(3003),
    .program = "fdnprobe",
    .text = "fdnprobe reachability check",
};

}  // namespace

TEST_CASE("syslog: a message has every field of RFC 5424, 6") {
    // Facility 1 and severity 7 make 15 (6.2.1); what is not told is "-".
    CHECK(syslog::encode(message) == "<15>1 2027-01-01T00:00:03.003Z - fdnprobe - - - fdnprobe reachability check");
}

TEST_CASE("syslog: over a stream a message has its length in front") {
    // RFC 6587, 3.4.1.
    CHECK(syslog::frame("<15>1 - - fdnprobe - - - x") == "26 <15>1 - - fdnprobe - - - x");
}
