// What a responder's messages are read from: bytes as they come, and the same bytes signed, as a holder of the key
// might send them. Whatever is read can be written again and reads the same; and none of it answers a
// request that was sent here.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "../probes/far_end.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "probes/responder.hpp"
#include "wire/responder.hpp"

using namespace fdnprobe;
using namespace fdnprobe::wire::responder;

namespace {

constexpr std::string_view key = "a shared key of thirty-two bytes";
constexpr std::size_t signed_size = 128;

void require(bool holds) {
    if (!holds) std::abort();
}

void read(std::string_view bytes) {
    const auto request = decode_request(bytes, key);
    if (request) {
        require(request->nonce.size() == nonce_size && request->attempt.size() == attempt_size);
        const auto again = decode_request(encode(*request, key), key);
        require(again && again->asked == request->asked && again->time == request->time &&
                again->nonce == request->nonce && again->attempt == request->attempt && again->kind == request->kind);
    }
    const auto reply = decode_reply(bytes, key);
    if (reply) {
        require(!request);
        require(!reply->source || reply->hardware_source.empty());
        const auto again = decode_reply(encode(*reply, key), key);
        require(again && again->arrived_at == reply->arrived_at && again->source == reply->source &&
                again->hardware_source == reply->hardware_source && again->ttl == reply->ttl &&
                again->arrivals == reply->arrivals && again->listening == reply->listening);
    }
    if (request || reply) require(may_become_message(bytes));
}

/// Whoever does not know the key cannot make a check believe that he is a responder.
void answer_check(std::string_view bytes) {
    for (const Transport transport : {Transport::tcp, Transport::udp, Transport::ethernet}) {
        Check check = probes::testing::check_of("tls", transport, 443, "192.0.2.5");
        check.secrets = std::make_shared<const Secrets>(Secrets{{"responder", std::string(key)}});
        probes::testing::FarEnd far_end;
        far_end.datagrams = transport != Transport::tcp;
        far_end.pieces = {std::string(bytes), std::string(bytes.substr(bytes.size() / 2))};
        const probes::testing::Played played = probes::testing::play(probes::responder, check, far_end);
        require(played.finished);
        const Finding finding = probes::responder.judge(check, played.attempt);
        require(finding.cause == Cause::not_applicable);
        require(printable(finding.detail, 2048) == finding.detail);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    read(bytes);
    std::string signed_message(bytes);
    signed_message.resize(signed_size);
    signed_message += hmac_sha256(key, signed_message);
    read(signed_message);
    answer_check(bytes);
    answer_check(signed_message);
    return 0;
}
