// A gateway that agrees to the first thing it is offered, and goes no further: it computes no key, so that nobody can
// log in.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "peers/emulation.hpp"
#include "wire/ike.hpp"

namespace fdnprobe::peers {
namespace {

namespace ike = wire::ike;

/// One transform of each kind, as an answer has it (RFC 7296, 2.7); version 1 takes a whole one.
ike::Proposal first_choice(const ike::Message& offer, ike::Proposal proposal) {
    std::vector<ike::Transform> chosen;
    for (ike::Transform& transform : proposal.transforms) {
        const bool has_kind = std::any_of(chosen.begin(), chosen.end(),
                                          [&](const ike::Transform& one) { return one.kind == transform.kind; });
        if (offer.is_version_1() ? chosen.empty() : !has_kind) chosen.push_back(std::move(transform));
    }
    proposal.transforms = std::move(chosen);
    return proposal;
}

std::string agree(std::string_view bytes) {
    const auto offer = ike::decode(bytes);
    if (!offer || offer->responder_spi != 0) return {};
    const bool is_1 = offer->is_version_1();
    const std::uint8_t sa_type = is_1 ? ike::payload_sa_1 : ike::payload_sa_2;
    const ike::Payload* const sa = offer->find(sa_type);
    const ike::Payload* const key = offer->find(ike::payload_key_exchange);
    const bool is_offer = is_1 ? offer->exchange == ike::exchange_main_mode
                               : offer->exchange == ike::exchange_sa_init && offer->flags == ike::flag_initiator;
    if (!is_offer || sa == nullptr || (!is_1 && key == nullptr)) return {};
    const auto proposals = ike::decode_proposals(offer->version, sa->body);
    if (!proposals) return {};

    // As good as chance to whoever it is told to.
    const std::string unique = hmac_sha256("fdnprobe lab", bytes);
    ike::Message answer = *offer;
    answer.responder_spi = ByteReader(unique).u64().value_or(0) | 1U;
    answer.flags = is_1 ? std::uint8_t{0} : ike::flag_response;
    answer.payloads = {
        {sa_type, false, ike::encode_proposals(offer->version, {first_choice(*offer, proposals->front())})}};
    if (!is_1) {
        answer.payloads.push_back(*key);
        answer.payloads.push_back({ike::payload_nonce, false, unique});
    }
    return ike::encode(answer);
}

std::string agree_behind_marker(std::string_view bytes) {
    if (!bytes.starts_with(ike::non_esp_marker)) return {};
    const std::string answer = agree(bytes.substr(ike::non_esp_marker.size()));
    return answer.empty() ? answer : std::string(ike::non_esp_marker) + answer;
}

AnswerDatagram gateway(const EmulationSettings&) { return agree; }
AnswerDatagram gateway_behind_marker(const EmulationSettings&) { return agree_behind_marker; }

}  // namespace

extern const Emulation play_ike{"ike", without_tls, nullptr, gateway};
extern const Emulation play_ike_natt{"ike-natt", without_tls, nullptr, gateway_behind_marker};

}  // namespace fdnprobe::peers
