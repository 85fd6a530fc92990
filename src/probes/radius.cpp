#include "probes/radius.hpp"

#include <memory>
#include <string>

#include <fmt/format.h>

#include "probes/datagram.hpp"
#include "probes/finding.hpp"
#include "probes/radius_answer.hpp"
#include "wire/radius.hpp"

namespace fdnprobe::probes {
namespace {

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion& occasion) {
    const std::string authenticator = radius_chance(occasion.seed, "authenticator");
    const auto id = static_cast<std::uint8_t>(radius_chance(occasion.seed, "id").front());
    std::string request =
        wire::radius::encode_status_server(id, authenticator, secret_or_made_up(check, occasion.seed));
    return ask_by_datagram(request,
                           [check, request](std::string_view bytes) { return answers_radius(check, bytes, request); });
}

Finding judge_packet(const wire::radius::Packet& packet) {
    switch (packet.code) {
        // RFC 5997, 4.1 and 4.2, for the two kinds of port. What else an authentication server says to its own client
        // (RFC 2865, 4) shows as well that it is there and knows the secret.
        case wire::radius::code_access_accept:
        case wire::radius::code_accounting_response:
        case wire::radius::code_access_reject:
        case wire::radius::code_access_challenge:
            return reached(Cause::answered,
                           fmt::format("{}, verified with the secret", wire::radius::name_of_code(packet.code)));
        default: return wrong_packet(packet, "Status-Server");
    }
}

Finding judge(const Check& check, const Attempt& attempt) {
    if (auto finding = judge_radius_datagrams(check, attempt, judge_packet)) return *finding;
    Finding finding = no_reply();
    finding.detail = decides_silence(check, "a RADIUS server");
    return finding;
}

}  // namespace

constinit const Probe radius{
    {
        .name = "radius",
        .over_udp = true,
        .sends = "One Status-Server, sent up to three times and signed with the site's secret, or a made-up one; it "
                 "logs in nobody and writes no record.",
        .positive = "An answer whose authenticator fits the request and the secret.",
        .options = {},
        .secret = radius_secret,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
