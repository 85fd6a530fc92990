#include "probes/fds_push.hpp"

#include <string>

#include "catch.hpp"
#include "probes/far_end.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;

namespace {
Check push_check() { return check_of("fds-push", Transport::udp, 9443, "10.0.0.2"); }
}  // namespace

TEST_CASE("fds-push: one datagram that explains itself, and one wait") {
    const Played played = play(fds_push, push_check(), {.datagrams = true});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 3);
    CHECK(played.steps[0].bytes == "fdnprobe reachability check");
    CHECK(played.steps[1].kind == Step::Kind::receive);
}

TEST_CASE("fds-push: silence says who could decide") {
    const Finding finding = judged(fds_push, push_check(), {.datagrams = true});
    CHECK(finding.cause == Cause::no_reply);
    CHECK(finding.confidence == Confidence::possible);
    CHECK(finding.detail ==
          "push never answers a stranger, so only ICMP, the path, or a responder in the device's place can decide");
    for (std::size_t step = 0; step < 2; ++step) {
        const Played played = play(fds_push, push_check(), {.pieces = {"x"}, .datagrams = true, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(fds_push.judge(push_check(), played.attempt).cause == Cause::no_reply);
    }
}

TEST_CASE("fds-push: whoever answers is something else") {
    const Finding finding = judged(fds_push, push_check(), {.pieces = {"\x01hello"}, .datagrams = true});
    CHECK(finding.cause == Cause::wrong_protocol);
    CHECK(finding.confidence == Confidence::likely);
    CHECK(finding.detail == "a receiver of push notices says nothing, and it said '\\x01hello'");
    Attempt attempt = play(fds_push, push_check(), {.pieces = {"hello"}, .datagrams = true}).attempt;
    attempt.evidence.back().from = Address::parse("192.0.2.9");
    CHECK(fds_push.judge(push_check(), attempt).cause == Cause::no_reply);
}
