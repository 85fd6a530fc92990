#include "probes/radius_dynauth.hpp"

#include <memory>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "probes/datagram.hpp"
#include "probes/finding.hpp"
#include "probes/hold.hpp"
#include "probes/mute.hpp"
#include "probes/radius_answer.hpp"
#include "wire/radius.hpp"

namespace fdnprobe::probes {
namespace {

constexpr std::string_view device = "a device that takes RADIUS disconnects";
/// A device that does not know this host as a client closes at once (RFC 6613, 2.6.3).
constexpr std::chrono::milliseconds wordless_hold{2000};

/// One packet there, one packet back: over a stream, its length tells where it ends.
class Exchange final : public Dialogue {
  public:
    explicit Exchange(std::string request) : request_(std::move(request)) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send(request_);
            case Input::Kind::done: return read();
            case Input::Kind::received: {
                answer_ += input.bytes;
                const auto size = wire::radius::packet_size(answer_);
                const bool more = !size || (*size <= wire::radius::largest_packet && answer_.size() < *size);
                return more ? read() : Step::finish();
            }
            default: return Step::finish();
        }
    }

  private:
    /// As long as a packet is not whole, there is room for one more byte of it.
    [[nodiscard]] Step read() const { return Step::receive(wire::radius::largest_packet - answer_.size()); }

    std::string request_;
    std::string answer_;
};

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion& occasion) {
    const bool stream = check.transport() == Transport::tcp;
    // A connection proves that somebody listens, and a request under a made-up secret would only end it.
    if (stream && check.secret(radius_secret).empty()) return hold_connection(wordless_hold);
    const auto id = static_cast<std::uint8_t>(radius_chance(occasion.seed, "id").front());
    std::string request = wire::radius::encode_disconnect_request(
        id, std::chrono::floor<std::chrono::seconds>(occasion.now), secret_or_made_up(check, occasion.seed));
    if (stream) return std::make_unique<Exchange>(std::move(request));
    return ask_by_datagram(request,
                           [check, request](std::string_view bytes) { return answers_radius(check, bytes, request); });
}

Finding judge_packet(const wire::radius::Packet& packet) {
    const auto cause = packet.error_cause();
    const std::string said = fmt::format("{}{}, verified with the secret", wire::radius::name_of_code(packet.code),
                                         cause ? ": " + wire::radius::name_of_error_cause(*cause) : "");
    switch (packet.code) {
        case wire::radius::code_disconnect_nak:
        case wire::radius::code_coa_nak: return reached(Cause::answered, said);
        case wire::radius::code_disconnect_ack:
        case wire::radius::code_coa_ack: {
            Finding finding = reached(Cause::answered, said);
            finding.warnings.emplace_back(
                "It says that it has ended a session, though the request named none: it may not look at what it is "
                "asked.");
            return finding;
        }
        default: return wrong_packet(packet, "Disconnect-Request");
    }
}

Finding judge_stream(const Check& check, const Attempt& attempt) {
    if (check.secret(radius_secret).empty())
        return judge_mute_connection(
            attempt, device,
            "what it is was not asked: that takes the secret, in a file that is `radius` under "
            "[secrets] in the site file");
    const std::string bytes = attempt.received_bytes();
    if (!bytes.empty()) return judge_radius_bytes(check, bytes, attempt.sent_bytes(), judge_packet);
    Finding finding = unanswered(attempt);
    finding.detail += "; " + decides_silence(check, device);
    return finding;
}

Finding judge(const Check& check, const Attempt& attempt) {
    if (check.transport() == Transport::tcp) return judge_stream(check, attempt);
    if (auto finding = judge_radius_datagrams(check, attempt, judge_packet)) return *finding;
    Finding finding = no_reply();
    finding.detail = decides_silence(check, device);
    return finding;
}

}  // namespace

constinit const Probe radius_dynauth{
    {
        .name = "radius-dynauth",
        .over_tcp = true,
        .over_udp = true,
        .sends = "One Disconnect-Request that names no session, no user and no device, so that there is nothing to "
                 "end, signed with the site's secret; without a secret, over TCP, nothing.",
        .positive = "A NAK whose authenticator fits the request and the secret; over TCP, without a secret, that the "
                    "connection is accepted and not dropped.",
        .options = {},
        .secret = radius_secret,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
