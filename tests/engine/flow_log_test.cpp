#include "engine/flow_log.hpp"

#include "catch.hpp"
#include "engine/scripted_flow.hpp"

using namespace fdnprobe;
using namespace fdnprobe::engine;

namespace {

HopProbe from(HopProbe probe, const Address& sender) {
    probe.from = sender;
    return probe;
}

}  // namespace

TEST_CASE("a log knows how far the flow got") {
    FlowLog log(Transport::tcp);
    CHECK(log.reached() == 0);
    CHECK(log.end() == 0);
    CHECK(log.farthest() == 0);
    log.hear(heard(1, HopAnswer::time_exceeded));
    log.hear(heard(2, HopAnswer::silence));
    log.hear(heard(3, HopAnswer::time_exceeded));
    log.hear(heard(2, HopAnswer::silence));
    log.hear(heard(5, HopAnswer::accepted));
    log.hear(heard(4, HopAnswer::reset));
    CHECK(log.reached() == 3);
    CHECK(log.end() == 4);
    CHECK(log.farthest() == 5);
    CHECK(log.tries(2) == 2);
    CHECK(log.answer(2) == nullptr);
    REQUIRE(log.answer(3) != nullptr);
    CHECK(log.packets() == 6);
    CHECK(log.probes().size() == 6);
    CHECK(log.slowest() == std::chrono::milliseconds(1));
}

TEST_CASE("a late answer to an earlier datagram is not believed") {
    FlowLog log(Transport::udp);
    log.hear(heard(1, HopAnswer::time_exceeded, 0));
    log.hear(heard(2, HopAnswer::silence, 10));
    // The router at hop 2 answers while hop 3 is being asked.
    log.hear(from(heard(3, HopAnswer::time_exceeded, 210), router_at(2)));
    CHECK(log.doubtful() == 3);
    CHECK(log.reached() == 1);
    // Asked again, somebody else does; and that is believed when it is seen again.
    log.hear(heard(3, HopAnswer::time_exceeded, 220));
    CHECK(log.doubtful() == 3);
    log.hear(heard(3, HopAnswer::time_exceeded, 230));
    CHECK(log.doubtful() == 0);
    CHECK(log.reached() == 3);
    CHECK(log.answer(3)->from == router_at(3));
    CHECK(log.probes().size() == 4);
    CHECK(log.packets() == 5);
}

TEST_CASE("a late answer to a datagram that went farther is not believed either") {
    FlowLog log(Transport::udp);
    log.hear(heard(2, HopAnswer::silence, 0));
    log.hear(heard(3, HopAnswer::silence, 200));
    log.hear(from(heard(2, HopAnswer::replied, 400), router_at(9)));
    CHECK(log.doubtful() == 2);
    log.hear(heard(2, HopAnswer::silence, 410));
    CHECK(log.doubtful() == 0);
    CHECK(log.answer(2) == nullptr);
    CHECK(log.tries(2) == 2);
    CHECK(log.end() == 0);
}

TEST_CASE("a sender who is known to be there is believed at once") {
    FlowLog log(Transport::udp);
    log.hear(heard(2, HopAnswer::silence, 0));
    log.hear(heard(3, HopAnswer::time_exceeded, 200), router_at(3));
    CHECK(log.doubtful() == 0);
    CHECK(log.reached() == 3);
    // One of another hop is not.
    log.hear(from(heard(4, HopAnswer::time_exceeded, 210), router_at(2)), router_at(4));
    CHECK(log.doubtful() == 4);
}

TEST_CASE("answers that never repeat themselves come to silence") {
    FlowLog log(Transport::udp);
    log.hear(heard(1, HopAnswer::silence, 0));
    for (int round = 0; round < 4; ++round)
        log.hear(from(heard(2, HopAnswer::time_exceeded, 200 + round), router_at(50 + round)));
    CHECK(log.doubtful() == 0);
    CHECK(log.answer(2) == nullptr);
    CHECK(log.tries(2) == 1);
    CHECK(log.packets() == 5);
}

TEST_CASE("long after the silence, and over TCP, an answer is an answer") {
    FlowLog later(Transport::udp);
    later.hear(heard(2, HopAnswer::silence, 0));
    later.hear(heard(3, HopAnswer::time_exceeded, 5000));
    CHECK(later.reached() == 3);
    FlowLog connections(Transport::tcp);
    connections.hear(heard(2, HopAnswer::silence, 0));
    connections.hear(heard(3, HopAnswer::time_exceeded, 200));
    CHECK(connections.reached() == 3);
}
