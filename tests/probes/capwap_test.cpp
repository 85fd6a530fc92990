#include "probes/capwap.hpp"

#include <string>
#include <vector>

#include "catch.hpp"
#include "probes/far_end.hpp"
#include "wire/capwap.hpp"

using namespace fdnprobe;
using namespace fdnprobe::probes;
using namespace fdnprobe::probes::testing;

namespace {

Check capwap_check() { return check_of("capwap", Transport::udp, 5246, "10.0.0.8"); }

Finding answered_with(const std::vector<std::string>& datagrams) {
    return judged(capwap, capwap_check(), {.pieces = datagrams, .datagrams = true});
}

/// The seed of the tests ends in it.
constexpr std::uint8_t sequence = 0x34;
const std::string response = wire::capwap::encode(wire::capwap::discovery_response(sequence, "ac1"));

}  // namespace

TEST_CASE("capwap: one Discovery Request, and one wait") {
    const Played played = play(capwap, capwap_check(), {.datagrams = true});
    CHECK(played.finished);
    REQUIRE(played.steps.size() == 3);
    CHECK(wire::capwap::decode(played.steps[0].bytes) == wire::capwap::discovery_request(sequence));
    CHECK(played.steps[0].repeat);
    CHECK(played.steps[1].kind == Step::Kind::receive);
}

TEST_CASE("capwap: the response to our request is the answer, with the controller's name") {
    const Finding finding = answered_with({response});
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::proven);
    CHECK(finding.owner == Owner::nobody);
    CHECK(finding.detail == "the controller's name is 'ac1'");
    const auto named = [](const std::string& name) {
        return answered_with({wire::capwap::encode(wire::capwap::discovery_response(sequence, name))}).detail;
    };
    CHECK(named("a\x1B[31m\nb") == "the controller's name is 'a\\x1b[31m'");
    CHECK(named("") == "it gives no name");
    CHECK(answered_with({wire::capwap::encode({2, sequence, {}})}).detail == "it gives no name");
}

TEST_CASE("capwap: what does not fit is waited past") {
    const std::string other = wire::capwap::encode(wire::capwap::discovery_response(sequence + 1, "ac2"));
    const Played played = play(capwap, capwap_check(), {.pieces = {"noise", other, response}, .datagrams = true});
    CHECK(played.steps.size() == 1 + 3 + 1);
    CHECK(capwap.judge(capwap_check(), played.attempt).detail == "the controller's name is 'ac1'");
}

TEST_CASE("capwap: nonsense is no answer") {
    const std::string request = play(capwap, capwap_check(), {.datagrams = true}).steps[0].bytes;
    struct Nonsense {
        std::string bytes;
        Cause cause;
        std::string detail;
    };
    for (const auto& [bytes, cause, detail] : std::vector<Nonsense>{
             {request, Cause::wrong_protocol, "the request itself came back; it said "},
             {"", Cause::wrong_protocol, "it is empty; an empty datagram came back"},
             {"\x7Fno\x1B", Cause::wrong_protocol, "it does not begin as CAPWAP; it said '\\x7fno\\x1b'"},
             {std::string("\x01\0\0\0\x16\xFE\xFD", 7), Cause::bad_answer,
              "it is encrypted, and nothing had been agreed on"},
             {response.substr(0, 20), Cause::bad_answer, "the CAPWAP message is cut off"},
             {wire::capwap::encode({2, sequence + 1, {}}), Cause::bad_answer,
              "the Discovery Response answers another request"},
             {wire::capwap::encode({4, sequence, {}}), Cause::bad_answer,
              "a CAPWAP message of type 4 is no Discovery Response"},
         }) {
        const Finding finding = answered_with({bytes});
        CHECK(finding.cause == cause);
        CHECK(finding.stage == Stage::exchange);
        CHECK(finding.detail.starts_with(detail));
    }
    for (std::size_t size = 0; size < response.size(); ++size)
        CHECK(verdict_of(answered_with({response.substr(0, size)}).cause) != Verdict::reachable);
}

TEST_CASE("capwap: a response from elsewhere is only likely one") {
    Attempt attempt = play(capwap, capwap_check(), {.pieces = {response}, .datagrams = true}).attempt;
    attempt.evidence.back().from = Address::parse("192.0.2.9");
    const Finding finding = capwap.judge(capwap_check(), attempt);
    CHECK(finding.cause == Cause::answered);
    CHECK(finding.confidence == Confidence::likely);
    CHECK(finding.warnings.size() == 1);
}

TEST_CASE("capwap: silence says what would decide") {
    const Finding finding = answered_with({});
    CHECK(finding.cause == Cause::no_reply);
    CHECK(finding.detail ==
          "a controller may answer known access points only, so its log, a capture there or a responder in its place "
          "would decide");
    for (std::size_t step = 0; step < 2; ++step) {
        const Played played =
            play(capwap, capwap_check(), {.pieces = {response}, .datagrams = true, .dies_at_step = step});
        CHECK_FALSE(played.finished);
        CHECK(capwap.judge(capwap_check(), played.attempt).cause == Cause::no_reply);
    }
}
