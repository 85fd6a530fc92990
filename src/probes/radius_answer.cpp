#include "probes/radius_answer.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "probes/datagram.hpp"
#include "probes/finding.hpp"

namespace fdnprobe::probes {

namespace radius = wire::radius;

std::string radius_chance(std::uint64_t seed, std::string_view purpose) {
    ByteWriter bytes;
    bytes.u64(seed);
    bytes.append(purpose);
    return md5(bytes.take());
}

std::string secret_or_made_up(const Check& check, std::uint64_t seed) {
    const std::string_view secret = check.secret(radius_secret);
    return secret.empty() ? hex(radius_chance(seed, "secret")) : std::string(secret);
}

bool answers_radius(const Check& check, std::string_view bytes, std::string_view request) {
    const std::string_view secret = check.secret(radius_secret);
    return secret.empty() ? radius::read_response(bytes, request).has_value()
                          : radius::verify_response(bytes, request, secret).has_value();
}

Finding judge_radius_bytes(const Check& check, std::string_view bytes, std::string_view request,
                           const std::function<Finding(const radius::Packet&)>& judge_packet) {
    const std::string_view secret = check.secret(radius_secret);
    const auto packet =
        secret.empty() ? radius::read_response(bytes, request) : radius::verify_response(bytes, request, secret);
    if (packet && !secret.empty()) return judge_packet(*packet);
    const auto wrong = [&](std::string detail) {
        return found(Cause::bad_answer, Owner::service, Confidence::likely, std::move(detail));
    };
    // RFC 5997, 3, and RFC 5176, 3.3: a request whose signature does not hold is dropped in silence, and no signature
    // holds that was made with a secret out of the air.
    if (packet)
        return wrong(fmt::format("{} cannot be verified without the secret, and nobody may send it to a stranger",
                                 radius::name_of_code(packet->code)));
    switch (packet.error().fault) {
        case radius::Fault::foreign:
            return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely,
                         fmt::format("{}; {}", packet.error().what, what_came(bytes)));
        case radius::Fault::unproven: return wrong(packet.error().what + ", so its secret may be another one");
        case radius::Fault::malformed: break;
    }
    return wrong(packet.error().what);
}

std::optional<Finding> judge_radius_datagrams(const Check& check, const Attempt& attempt,
                                              const std::function<Finding(const radius::Packet&)>& judge_packet) {
    const std::string_view request = attempt.sent_bytes();
    const Event* best =
        find_datagram(attempt, [&](std::string_view bytes) { return answers_radius(check, bytes, request); });
    if (best == nullptr) best = find_datagram(attempt, anything_fits);
    if (best == nullptr) return std::nullopt;
    Finding finding = judge_radius_bytes(check, best->text, request, judge_packet);
    weigh_origin(finding, *best);
    return finding;
}

Finding wrong_packet(const radius::Packet& packet, std::string_view request_name) {
    return found(Cause::bad_answer, Owner::service, Confidence::proven,
                 fmt::format("{} is no answer to {}", radius::name_of_code(packet.code), request_name));
}

std::string decides_silence(const Check& check, std::string_view server) {
    if (check.secret(radius_secret).empty())
        return fmt::format(
            "{} answers only who shares a secret with it; a file with that secret, `{}` under [secrets] "
            "in the site file, would decide",
            server, radius_secret);
    return fmt::format(
        "{} is just as silent to a client that it does not know, or that has another secret; its log "
        "would decide",
        server);
}

}  // namespace fdnprobe::probes
