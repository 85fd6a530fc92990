// The gateway that the lab plays.
#include <string>
#include <string_view>

#include "catch.hpp"
#include "peers/emulation.hpp"
#include "wire/ike.hpp"
#include "wire/ike_names.hpp"
#include "wire/ike_offer.hpp"

using namespace fdnprobe;
namespace ike = fdnprobe::wire::ike;

namespace {

std::string answer_of(std::string_view probe, std::string_view datagram) {
    const peers::Emulation* const emulation = peers::find_emulation(probe);
    REQUIRE(emulation != nullptr);
    return emulation->answer({})(datagram);
}

std::string suite_of(const ike::Message& message, std::uint8_t type) {
    const ike::Payload* const sa = message.find(type);
    REQUIRE(sa != nullptr);
    const auto proposals = ike::decode_proposals(message.version, sa->body);
    REQUIRE(proposals);
    REQUIRE(proposals->size() == 1);
    return ike::suite_name(message.version, proposals->front());
}

}  // namespace

TEST_CASE("the lab's gateway agrees to the first offer of either version") {
    const auto offer = ike::decode(ike::offer_version_2(1));
    const auto answer = ike::decode(answer_of("ike", ike::encode(*offer)));
    REQUIRE(answer);
    CHECK(answer->initiator_spi == offer->initiator_spi);
    CHECK(answer->responder_spi != 0);
    CHECK(answer->flags == ike::flag_response);
    CHECK(suite_of(*answer, ike::payload_sa_2) == "AES-GCM-16-256, PRF-HMAC-SHA2-256, group 14 (MODP-2048)");
    CHECK(answer->find(ike::payload_key_exchange) != nullptr);
    CHECK(answer->find(ike::payload_nonce) != nullptr);

    const auto old = ike::decode(answer_of("ike", ike::offer_version_1(1)));
    REQUIRE(old);
    CHECK(old->is_version_1());
    CHECK(old->responder_spi != 0);
    CHECK(suite_of(*old, ike::payload_sa_1) == "AES-CBC-128, SHA2-256, a pre-shared key, group 14 (MODP-2048)");
}

TEST_CASE("on the other port it wants the marker, and sends it") {
    const std::string marked = std::string(ike::non_esp_marker) + ike::offer_version_2(1);
    const std::string answer = answer_of("ike-natt", marked);
    CHECK(answer.starts_with(ike::non_esp_marker));
    CHECK(answer.substr(4) == answer_of("ike", ike::offer_version_2(1)));
    CHECK(answer_of("ike-natt", ike::offer_version_2(1)).empty());
    CHECK(answer_of("ike", marked).empty());
}

TEST_CASE("it is silent to whatever is no offer, its own answers among it") {
    for (const std::string& offer : {ike::offer_version_1(1), ike::offer_version_2(1)}) {
        CHECK(answer_of("ike", answer_of("ike", offer)).empty());
        for (std::size_t size = 0; size < offer.size(); ++size) CHECK(answer_of("ike", offer.substr(0, size)).empty());
        auto other = ike::decode(offer);
        other->exchange = 35;
        CHECK(answer_of("ike", ike::encode(*other)).empty());
        other = ike::decode(offer);
        other->payloads.front().body.clear();
        CHECK(answer_of("ike", ike::encode(*other)).empty());
    }
}

TEST_CASE("the lab plays no ESP and no Ethernet") {
    CHECK(peers::find_emulation("esp") == nullptr);
    CHECK(peers::find_emulation("ha-heartbeat") == nullptr);
    REQUIRE(peers::find_emulation("ha-sync") != nullptr);
    CHECK(answer_of("ha-sync", "fdnprobe").empty());
    CHECK(answer_of("ha-unicast", "fdnprobe").empty());
}
