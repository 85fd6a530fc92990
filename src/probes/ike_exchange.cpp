#include "probes/ike_exchange.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "probes/datagram.hpp"
#include "probes/finding.hpp"
#include "wire/ike.hpp"
#include "wire/ike_names.hpp"
#include "wire/ike_offer.hpp"

namespace fdnprobe::probes {
namespace {

namespace ike = wire::ike;

/// An off-path guesser gets this many tries, and a noisy network does not hold up the run.
constexpr int most_datagrams = 16;

/// The message in a datagram; nothing where the marker is missing.
std::optional<std::string_view> without_marker(std::string_view datagram, std::string_view marker) {
    if (!datagram.starts_with(marker)) return std::nullopt;
    return datagram.substr(marker.size());
}

/// RFC 7296, 2.6: an answer repeats the SPI that the initiator chose.
bool has_spi_of(std::string_view datagram, std::string_view sent, std::string_view marker) {
    const auto answer = without_marker(datagram, marker);
    const auto offer = without_marker(sent, marker);
    if (!answer || !offer) return false;
    const auto spi = ike::initiator_spi(*answer);
    return spi && spi == ike::initiator_spi(*offer);
}

/// IKEv2 first, since whoever speaks both answers it; what was silent to it for half of the time may speak IKEv1.
class Offers final : public Dialogue {
  public:
    Offers(const Occasion& occasion, std::string_view marker)
        : marker_(marker),
          first_(std::string(marker) + ike::offer_version_2(occasion.seed)),
          second_(std::string(marker) + ike::offer_version_1(occasion.seed)),
          half_(occasion.budget / 2) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send(first_);
            case Input::Kind::done: return listen();
            case Input::Kind::received:
                if (++datagrams_ == most_datagrams || ours(input.bytes)) return Step::finish();
                return listen();
            case Input::Kind::silent:
                if (!in_version_2_) return Step::finish();
                in_version_2_ = false;
                return Step::send(second_);
            default: return Step::finish();
        }
    }

  private:
    [[nodiscard]] Step listen() const {
        return in_version_2_ ? Step::receive(largest_datagram, half_) : Step::receive(largest_datagram);
    }
    [[nodiscard]] bool ours(std::string_view datagram) const {
        return has_spi_of(datagram, first_, marker_) || has_spi_of(datagram, second_, marker_);
    }

    std::string_view marker_;
    std::string first_;
    std::string second_;
    std::chrono::milliseconds half_;
    bool in_version_2_ = true;
    int datagrams_ = 0;
};

Finding bad(std::string what) { return found(Cause::bad_answer, Owner::service, Confidence::likely, std::move(what)); }

std::string in_words(std::uint8_t version, const ike::Notification& notification) {
    std::string text = ike::notification_name(version, notification.type);
    switch (notification.type) {
        case ike::notify_no_proposal_chosen: return text + ": it takes nothing of what was offered";
        case ike::notify_invalid_major_version: return text + ": it does not speak this version";
        case ike::notify_cookie:
            return version == ike::version_2 ? text + ": it wants to see its cookie again before it does more" : text;
        case ike::notify_invalid_key_exchange:
            // RFC 7296, 1.3: the group that it would take.
            if (const auto group = ByteReader(notification.data).u16(); group && version == ike::version_2)
                return fmt::format("{}: it wants {}", text, ike::group_name(*group));
            return text;
        default: return text;
    }
}

/// What says most: an error, a cookie or a redirection; a status only where there is nothing else.
std::optional<ike::Notification> find_notification(const ike::Message& message) {
    const std::uint8_t type = message.is_version_1() ? ike::payload_notification_1 : ike::payload_notification_2;
    std::optional<ike::Notification> chosen;
    for (const ike::Payload& payload : message.payloads) {
        if (payload.type != type) continue;
        auto notification = ike::decode_notification(message.version, payload.body);
        if (!notification) continue;
        const bool is_answer =
            notification->type < ike::first_status_notification || notification->type == ike::notify_cookie;
        if (!chosen || is_answer) chosen = std::move(*notification);
        if (is_answer) break;
    }
    return chosen;
}

bool is_reply(const ike::Message& message) {
    if (message.is_version_1())
        return message.exchange == ike::exchange_main_mode || message.exchange == ike::exchange_informational_1;
    return (message.flags & ike::flag_response) != 0 &&
           (message.exchange == ike::exchange_sa_init || message.exchange == ike::exchange_informational_2);
}

Finding judge_message(const ike::Message& message) {
    const std::string version = message.is_version_1() ? "IKEv1" : "IKEv2";
    if (!is_reply(message))
        return bad(fmt::format("an {} message of exchange {} with the flags {:#04x} is no answer to the offer", version,
                               message.exchange, message.flags));
    if (const ike::Payload* const sa = message.find(message.is_version_1() ? ike::payload_sa_1 : ike::payload_sa_2)) {
        const auto proposals = ike::decode_proposals(message.version, sa->body);
        if (!proposals) return bad(fmt::format("an {} answer: {}", version, proposals.error()));
        if (message.responder_spi == 0) return bad(fmt::format("an {} answer without an SPI of its own", version));
        return reached(Cause::answered,
                       fmt::format("{}: {}", version, ike::suite_name(message.version, proposals->front())));
    }
    const auto notification = find_notification(message);
    if (!notification) return bad(fmt::format("an {} answer with neither an SA nor a notification", version));
    return reached(Cause::answered, fmt::format("{}: {}", version, in_words(message.version, *notification)));
}

using Sent = std::vector<const Event*>;

const Event* find_offer(const Sent& sent, std::string_view datagram, std::string_view marker) {
    for (const Event* const offer : sent)
        if (has_spi_of(datagram, offer->text, marker)) return offer;
    return nullptr;
}

/// What one datagram comes to; nothing where it does not belong to the exchange.
std::optional<Finding> judge_datagram(const Sent& sent, const Event& received, std::string_view marker) {
    const auto message = without_marker(received.text, marker);
    if (const Event* const offer = find_offer(sent, received.text, marker)) {
        // The trace keeps the beginning of what was sent.
        if (received.code == offer->code && received.text.starts_with(offer->text))
            return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely, "the offer itself came back");
        const auto decoded = ike::decode(*message);
        return decoded ? judge_message(*decoded) : bad("what came begins as an IKE answer, but " + decoded.error());
    }
    // Somebody else's exchange, or a late word of an earlier one.
    if (message && ike::decode(*message)) return std::nullopt;
    if (received.from) return std::nullopt;
    if (!marker.empty() && find_offer(sent, std::string(marker) + received.text, marker) != nullptr)
        return bad("an IKE answer without the zero bytes that mark IKE on this port (RFC 3948)");
    return found(Cause::wrong_protocol, Owner::unknown, Confidence::likely, what_came(received.text));
}

bool better(const Finding& one, const Finding& other) {
    const auto is_answer = [](const Finding& finding) { return finding.cause == Cause::answered; };
    if (is_answer(one) != is_answer(other)) return is_answer(one);
    return one.confidence < other.confidence;
}

}  // namespace

std::unique_ptr<Dialogue> offer_ike(const Occasion& occasion, std::string_view marker) {
    return std::make_unique<Offers>(occasion, marker);
}

Finding judge_ike(const Attempt& attempt, std::string_view marker) {
    Sent sent;
    std::optional<Finding> best;
    int strangers = 0;
    for (const Event& event : attempt.evidence) {
        if (event.what == What::sent) sent.push_back(&event);
        if (event.what != What::received) continue;
        auto finding = judge_datagram(sent, event, marker);
        if (!finding) {
            ++strangers;
            continue;
        }
        weigh_origin(*finding, event);
        if (!best || better(*finding, *best)) best = std::move(finding);
    }
    if (!best) {
        best = no_reply();
        best->detail =
            "a gateway that expects no such peer keeps silent, in IKEv2 and in IKEv1, and so does a filter: a "
            "responder at the far end would decide";
    }
    if (strangers > 0)
        best->warnings.push_back(
            fmt::format("Datagrams that do not belong to the exchange came and were ignored: {}.", strangers));
    return *best;
}

}  // namespace fdnprobe::probes
