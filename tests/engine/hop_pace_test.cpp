#include "engine/hop_pace.hpp"

#include "catch.hpp"

using namespace fdnprobe;
using fdnprobe::engine::HopPace;
using namespace std::chrono_literals;

namespace {

const Address router = *Address::parse("10.0.0.1");
const Address other = *Address::parse("10.0.0.2");
const HopPace::Clock::time_point start{1h};

HopPace::Place hop(int number, std::optional<Address> device = std::nullopt) { return {Family::ipv4, number, device}; }

/// How many packets a place may be asked at once, if each is answered.
int burst(HopPace& pace, const HopPace::Place& place, HopPace::Clock::time_point now) {
    int count = 0;
    while (pace.take(place, 1, 0, now)) {
        pace.settle(place, 1, router, now);
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("a hop is asked no faster than Linux answers") {
    HopPace pace;
    CHECK(burst(pace, hop(1), start) == 5);
    CHECK_FALSE(pace.take(hop(1), 1, 0, start + 900ms));
    CHECK(pace.ready(hop(1), 1, 0, start + 900ms) > start + 1s);
    CHECK(pace.ready(hop(1), 1, 0, start + 900ms) < start + 1100ms);
    CHECK(pace.take(hop(1), 1, 0, start + 1100ms));
    // Another hop is another device.
    CHECK(pace.take(hop(2), 1, 0, start));
}

TEST_CASE("IPv6 has its own pace") {
    HopPace pace;
    const HopPace::Place place{Family::ipv6, 1, std::nullopt};
    CHECK(burst(pace, place, start) == 5);
    CHECK(pace.take(place, 1, 0, start + 250ms));
    CHECK(burst(pace, hop(1), start) == 5);
}

TEST_CASE("silence costs the device nothing") {
    HopPace pace;
    for (int count = 0; count < 100; ++count) {
        REQUIRE(pace.take(hop(1), 1, 0, start));
        pace.settle(hop(1), 1, std::nullopt, start);
    }
}

TEST_CASE("what is under way is set aside, and a reserve stays") {
    HopPace pace;
    for (int count = 0; count < 4; ++count) CHECK(pace.take(hop(1), 1, 1, start));
    CHECK_FALSE(pace.take(hop(1), 0.25, 1, start));
    CHECK(pace.take(hop(1), 1, 0, start));
    CHECK_FALSE(pace.take(hop(1), 1, 0, start));
    // The first of them is answered: the device is known now, and what the others may cost is not yet.
    pace.settle(hop(1), 1, router, start);
    CHECK(burst(pace, hop(1, router), start) == 4);
    CHECK_FALSE(pace.take(hop(1), 1, 0, start));
}

TEST_CASE("a device is one, at whatever hop it is met") {
    HopPace pace;
    CHECK(burst(pace, hop(1, router), start) == 5);
    CHECK_FALSE(pace.take(hop(2, router), 1, 0, start));
    CHECK(pace.take(hop(2, other), 1, 0, start));
}

TEST_CASE("what a device has said before its name was known is counted") {
    HopPace pace;
    CHECK(burst(pace, hop(1), start) == 5);
    CHECK_FALSE(pace.take(hop(1, router), 1, 0, start));
    // Somebody else at that hop may have been the one who answered.
    CHECK_FALSE(pace.take(hop(1, other), 1, 0, start));
}

TEST_CASE("messages that the checks have met are counted, and time heals them") {
    HopPace pace;
    for (int count = 0; count < 10; ++count) pace.spent(router, start);
    CHECK_FALSE(pace.take(hop(2, router), 1, 0, start + 4s));
    CHECK(pace.take(hop(2, router), 1, 0, start + 8s));
}
