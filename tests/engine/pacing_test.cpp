#include "engine/pacing.hpp"

#include "catch.hpp"

using fdnprobe::engine::Pacing;
using namespace std::chrono_literals;

TEST_CASE("a burst may begin at once, and the rest follows at the rate") {
    Pacing pacing(10, 3);
    const Pacing::Clock::time_point now{1h};
    for (int count = 0; count < 3; ++count) CHECK(pacing.take(now) == 0s);
    CHECK(pacing.take(now) == 100ms);
    CHECK(pacing.take(now) == 200ms);
    CHECK(pacing.take(now + 200ms) == 100ms);
}

TEST_CASE("what is not used is saved up to the burst and no further") {
    Pacing pacing(10, 2);
    const Pacing::Clock::time_point now{1h};
    CHECK(pacing.take(now) == 0s);
    CHECK(pacing.take(now + 1h) == 0s);
    CHECK(pacing.take(now + 1h) == 0s);
    CHECK(pacing.take(now + 1h) == 100ms);
}

TEST_CASE("a rate of zero is no limit") {
    Pacing pacing(0, 1);
    for (int count = 0; count < 1000; ++count) CHECK(pacing.take(Pacing::Clock::time_point{1h}) == 0s);
}
