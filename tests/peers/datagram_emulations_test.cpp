#include <string>

#include "catch.hpp"
#include "peers/emulation.hpp"
#include "wire/capwap.hpp"
#include "wire/radius.hpp"

using namespace fdnprobe;
using namespace fdnprobe::peers;

namespace {

const std::string secret = "xyzzy5461";

/// What the far end of that probe answers to one datagram.
std::string answer_of(std::string_view probe, const std::string& datagram) {
    const Emulation* const emulation = find_emulation(probe);
    REQUIRE(emulation != nullptr);
    CHECK_FALSE(emulation->tls(Port{Transport::udp, 1}));
    EmulationSettings settings;
    settings.radius_secret = secret;
    return emulation->answer(settings)(datagram);
}

}  // namespace

TEST_CASE("the emulated RADIUS server answers who shares its secret") {
    const std::string request = wire::radius::encode_status_server(7, std::string(16, 'a'), secret);
    const auto answer = wire::radius::verify_response(answer_of("radius", request), request, secret);
    REQUIRE(answer);
    CHECK(answer->code == wire::radius::code_access_accept);
    CHECK(answer_of("radius", wire::radius::encode_status_server(7, std::string(16, 'a'), "another")).empty());
    CHECK(answer_of("radius", wire::radius::encode_disconnect_request(7, {}, secret)).empty());
    CHECK(answer_of("radius", "").empty());
}

TEST_CASE("the emulated device finds no session to end") {
    const std::string request = wire::radius::encode_disconnect_request(7, {}, secret);
    const auto answer = wire::radius::verify_response(answer_of("radius-dynauth", request), request, secret);
    REQUIRE(answer);
    CHECK(answer->code == wire::radius::code_disconnect_nak);
    CHECK(answer->error_cause() == 503);
    CHECK(answer_of("radius-dynauth", wire::radius::encode_disconnect_request(7, {}, "another")).empty());
    CHECK(find_emulation("radius-dynauth")->serve != nullptr);
}

TEST_CASE("the emulated controller answers a discovery with its own number") {
    const std::string request = wire::capwap::encode(wire::capwap::discovery_request(200));
    const auto answer = wire::capwap::decode(answer_of("capwap", request));
    REQUIRE(answer);
    CHECK(answer->type == wire::capwap::type_discovery_response);
    CHECK(answer->sequence == 200);
    CHECK(answer_of("capwap", answer_of("capwap", request)).empty());
    CHECK(answer_of("capwap", "").empty());
}

TEST_CASE("what is mute in reality is mute in the lab") {
    for (const char* probe : {"syslog", "fds-push"}) {
        CHECK(answer_of(probe, "").empty());
        CHECK(answer_of(probe, "<15>1 - - fdnprobe - - - x").empty());
    }
    CHECK(find_emulation("syslog")->serve != nullptr);
}
