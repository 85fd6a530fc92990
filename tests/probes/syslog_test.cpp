#include "probes/syslog.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;
using namespace std::chrono_literals;

namespace {

Check syslog_check(Transport transport, bool permitted) {
    Check check = check_of("syslog", transport, 514, "10.0.0.9");
    check.permitted = permitted;
    return check;
}
Check udp_check(bool permitted = false) { return syslog_check(Transport::udp, permitted); }
Check tcp_check(bool permitted = false) { return syslog_check(Transport::tcp, permitted); }

const std::string message =
    "<15>1 2027-01-01T00:00:00.000Z - fdnprobe - - - fdnprobe reachability check, allowed by whoever ran it";

std::vector<std::string> sent_by(const Played& played) {
    std::vector<std::string> all;
    for (const Step& step : played.steps)
        if (step.kind == Step::Kind::send) all.push_back(step.bytes);
    return all;
}

}  // namespace

TEST_CASE("syslog: without leave nothing is sent that could be logged") {
    const Played datagrams = play(syslog, udp_check(), {.datagrams = true});
    CHECK(datagrams.finished);
    CHECK(sent_by(datagrams) == std::vector<std::string>{"", "", ""});
    REQUIRE(datagrams.steps.size() == 7);
    CHECK(datagrams.steps[1].wait == 500ms);
    CHECK(datagrams.steps[3].wait == 1000ms);
    CHECK(datagrams.steps[5].wait == 0ms);  // what is left

    const Played stream = play(syslog, tcp_check(), {});
    CHECK(stream.finished);
    REQUIRE(stream.steps.size() == 2);
    CHECK(stream.steps[0].kind == Step::Kind::hold);
    CHECK(stream.steps[0].wait == 2000ms);
}

TEST_CASE("syslog: with leave one message is sent, once") {
    const Played datagram = play(syslog, udp_check(true), {.datagrams = true});
    CHECK(datagram.finished);
    CHECK(sent_by(datagram) == std::vector<std::string>{message});
    CHECK_FALSE(datagram.steps[0].repeat);
    const Played stream = play(syslog, tcp_check(true), {});
    CHECK(stream.finished);
    CHECK(sent_by(stream) == std::vector<std::string>{std::to_string(message.size()) + " " + message});
    CHECK(stream.steps[1].wait == 2000ms);
}

TEST_CASE("syslog: a datagram stays unanswered, and that is said") {
    const Finding empty = judged(syslog, udp_check(), {.datagrams = true});
    CHECK(empty.cause == Cause::no_reply);
    CHECK(empty.detail ==
          "syslog is never answered, so only ICMP, the path, or a responder in the receiver's place can decide");
    const Finding told = judged(syslog, udp_check(true), {.datagrams = true});
    CHECK(told.cause == Cause::no_reply);
    CHECK(told.detail ==
          "syslog is never answered, so only the receiver's log, where a message of fdnprobe would stand, or a "
          "responder in its place can decide");
}

TEST_CASE("syslog: whoever answers is no syslog receiver") {
    for (const bool permitted : {false, true}) {
        const Finding datagram = judged(syslog, udp_check(permitted), {.pieces = {"no\x1B"}, .datagrams = true});
        CHECK(datagram.cause == Cause::wrong_protocol);
        CHECK(datagram.detail == "a syslog receiver says nothing, and it said 'no\\x1b'");
        const Finding stream = judged(syslog, tcp_check(permitted), {.pieces = {"220 relay\r\n"}, .closes = true});
        CHECK(stream.cause == Cause::wrong_protocol);
        CHECK(stream.detail == "a syslog receiver says nothing, and it said '220 relay'");
    }
    Attempt elsewhere = play(syslog, udp_check(), {.pieces = {""}, .datagrams = true}).attempt;
    CHECK(syslog.judge(udp_check(), elsewhere).detail ==
          "a syslog receiver says nothing, and an empty datagram came back");
    elsewhere.evidence.back().from = Address::parse("192.0.2.9");
    const Finding stray = syslog.judge(udp_check(), elsewhere);
    CHECK(stray.cause == Cause::no_reply);
    CHECK(stray.warnings.size() == 1);
}

TEST_CASE("syslog: a connection that stands is what there is to see") {
    const Finding held = judged(syslog, tcp_check(), {});
    CHECK(held.cause == Cause::connected);
    CHECK(held.confidence == Confidence::proven);
    CHECK(held.detail == "the connection stood for 2.0 s");
    const Finding told = judged(syslog, tcp_check(true), {});
    CHECK(told.cause == Cause::connected);
    CHECK(told.detail == "a message was sent and acknowledged");
}

TEST_CASE("syslog: a message that does not arrive is no pass") {
    CHECK(judged(syslog, tcp_check(true), {.closes = true}).cause == Cause::no_answer);
    Attempt attempt = play(syslog, tcp_check(true), {}).attempt;
    attempt.evidence.back().detail = 0;
    CHECK(syslog.judge(tcp_check(true), attempt).cause == Cause::no_answer);
    CHECK(syslog.judge(tcp_check(true), attempt).owner == Owner::network);
    attempt.evidence.back().detail = -1;
    CHECK(syslog.judge(tcp_check(true), attempt).detail == "a message was sent");
    for (std::size_t step = 0; step < 2; ++step) {
        const Played played = play(syslog, tcp_check(true), {.dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(verdict_of(syslog.judge(tcp_check(true), played.attempt).cause) != Verdict::reachable);
    }
}
