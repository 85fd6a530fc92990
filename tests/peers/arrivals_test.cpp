#include "peers/arrivals.hpp"

#include <string>

#include "catch.hpp"

using namespace fdnprobe;
using namespace fdnprobe::peers;
using namespace std::chrono_literals;

namespace {

const Arrivals::Clock::time_point start{1h};

Arrival arrival_from(const char* address, std::uint16_t port) {
    return Arrival{Port{Transport::udp, 500}, SocketAddress{*Address::parse(address), port}, {}, 60};
}

}  // namespace

TEST_CASE("arrivals are counted by attempt, and the last of them is told") {
    Arrivals arrivals;
    CHECK_FALSE(arrivals.of("attempt1", start));
    arrivals.note("attempt1", arrival_from("192.0.2.1", 1000), start);
    arrivals.note("attempt2", arrival_from("192.0.2.9", 9000), start);
    arrivals.note("attempt1", arrival_from("192.0.2.2", 2000), start + 1s);
    const auto found = arrivals.of("attempt1", start + 2s);
    REQUIRE(found);
    CHECK(found->count == 2);
    CHECK(found->last.source_text() == "192.0.2.2:2000");
    CHECK(found->last.port == Port{Transport::udp, 500});
    CHECK(arrivals.of("attempt2", start + 2s)->count == 1);
}

TEST_CASE("arrivals are forgotten after ten minutes") {
    Arrivals arrivals;
    arrivals.note("attempt1", arrival_from("192.0.2.1", 1), start);
    CHECK(arrivals.of("attempt1", start + 9min + 59s));
    CHECK_FALSE(arrivals.of("attempt1", start + 10min));
    CHECK(arrivals.size() == 0);
}

TEST_CASE("more attempts than can be remembered push the oldest out") {
    Arrivals arrivals(3);
    for (const char* attempt : {"a", "b", "c", "d"}) arrivals.note(attempt, arrival_from("192.0.2.1", 1), start);
    CHECK(arrivals.size() == 3);
    CHECK_FALSE(arrivals.of("a", start));
    CHECK(arrivals.of("d", start));
    for (int index = 0; index < 1000; ++index)
        arrivals.note(std::to_string(index), arrival_from("192.0.2.1", 1), start);
    CHECK(arrivals.size() == 3);
}

TEST_CASE("a count does not run over") {
    Arrivals arrivals;
    for (int index = 0; index < 65540; ++index) arrivals.note("a", arrival_from("192.0.2.1", 1), start);
    CHECK(arrivals.of("a", start)->count == 65535);
}

TEST_CASE("a sender is shown as what it is") {
    Arrival arrival = arrival_from("2001:db8::1", 5000);
    CHECK(arrival.sender() == "2001:db8::1");
    CHECK(arrival.source_text() == "[2001:db8::1]:5000");
    arrival.source->port = 0;
    CHECK(arrival.source_text() == "2001:db8::1");
    arrival.source.reset();
    arrival.hardware_source = std::string("\x02\x00\x5e\x00\x53\x01", 6);
    CHECK(arrival.sender() == "02:00:5e:00:53:01");
    CHECK(arrival.source_text() == "02:00:5e:00:53:01");
}
