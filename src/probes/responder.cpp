#include "probes/responder.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/digest.hpp"
#include "base/text.hpp"
#include "probes/finding.hpp"

namespace fdnprobe::probes {
namespace {

namespace message = wire::responder;

/// How long each request is waited for before the next is sent; the last has what is left of the time.
constexpr std::array waits{std::chrono::milliseconds(500), std::chrono::milliseconds(1000),
                           std::chrono::milliseconds(0)};

/// Bytes that nobody without the key can foretell and no two occasions share.
std::string derived(const Check& check, const Occasion& occasion, std::string_view purpose, std::size_t index,
                    std::size_t size) {
    ByteWriter out;
    out.append(purpose);
    out.u64(occasion.seed);
    out.u8(static_cast<std::uint8_t>(index));
    return hmac_sha256(check.secret(responder_secret), out.take()).substr(0, size);
}

message::Request request_of(const Check& check, const Occasion& occasion, message::Kind kind, std::size_t index) {
    message::Request request;
    request.kind = kind;
    request.asked = Port{check.transport(), check.dial_port};
    request.time = std::chrono::floor<std::chrono::milliseconds>(occasion.now);
    request.nonce =
        derived(check, occasion, kind == message::Kind::reach ? "reach" : "arrivals", index, message::nonce_size);
    request.attempt = derived(check, occasion, "attempt", 0, message::attempt_size);
    return request;
}

std::string reach_request(const Check& check, const Occasion& occasion, std::size_t index) {
    return encode(request_of(check, occasion, message::Kind::reach, index), check.secret(responder_secret));
}

class OverStream final : public Dialogue {
  public:
    OverStream(const Check& check, const Occasion& occasion) : request_(reach_request(check, occasion, 0)) {}

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::ready: return Step::send(request_);
            case Input::Kind::done: return Step::receive(message::message_size);
            case Input::Kind::received:
                heard_ += input.bytes;
                if (heard_.size() < message::message_size && message::may_become_message(heard_))
                    return Step::receive(message::message_size - heard_.size());
                break;
            default: break;
        }
        return Step::finish();
    }

  private:
    std::string request_;
    std::string heard_;
};

class ByDatagrams final : public Dialogue {
  public:
    ByDatagrams(const Check& check, const Occasion& occasion)
        : key_(check.secret(responder_secret)),
          attempt_(derived(check, occasion, "attempt", 0, message::attempt_size)),
          shared_(check.transport() != Transport::udp) {
        for (std::size_t index = 0; index < waits.size(); ++index)
            requests_[index] = reach_request(check, occasion, index);
    }

    Step resume(const Input& input) override {
        switch (input.kind) {
            case Input::Kind::done: return Step::receive(4096, waits[sent_ - 1]);
            case Input::Kind::ready:
            case Input::Kind::silent:
                if (sent_ < requests_.size()) return Step::send_once(requests_[sent_++]);
                break;
            default: break;
        }
        return Step::finish();
    }

    /// Below UDP there are no ports: everybody's packets of the kind come in, replies to other attempts among them.
    [[nodiscard]] bool wants(std::string_view datagram) const override {
        if (!shared_) return true;
        const auto reply = message::decode_reply(datagram, key_);
        return reply && reply->attempt == attempt_;
    }

  private:
    std::string key_;
    std::string attempt_;
    bool shared_;
    std::array<std::string, waits.size()> requests_;
    std::size_t sent_ = 0;
};

std::unique_ptr<Dialogue> begin(const Check& check, const Occasion& occasion) {
    if (check.transport() == Transport::tcp) return std::make_unique<OverStream>(check, occasion);
    return std::make_unique<ByDatagrams>(check, occasion);
}

/// The requests of an attempt, as its evidence has them.
std::vector<message::Request> requests_in(const Check& check, const Attempt& attempt) {
    std::vector<message::Request> requests;
    for (const Event& event : attempt.evidence) {
        if (event.what != What::sent || event.stage == Stage::proxy) continue;
        if (auto request = message::decode_request(event.text, check.secret(responder_secret)))
            requests.push_back(std::move(*request));
    }
    return requests;
}

bool answers(const message::Reply& reply, const std::vector<message::Request>& requests) {
    return reply.kind == message::Kind::reach &&
           std::any_of(requests.begin(), requests.end(), [&](const message::Request& request) {
               return request.nonce == reply.nonce && request.attempt == reply.attempt;
           });
}

struct Confirmation {
    message::Reply reply;
    const Event* event = nullptr;  ///< that brought it, where a datagram did
};

std::optional<Confirmation> find_confirmation(const Check& check, const Attempt& attempt) {
    const std::vector<message::Request> requests = requests_in(check, attempt);
    const std::string_view key = check.secret(responder_secret);
    if (check.transport() == Transport::tcp) {
        auto reply = message::decode_reply(attempt.received_bytes(), key);
        if (reply && answers(*reply, requests)) return Confirmation{std::move(*reply), nullptr};
        return std::nullopt;
    }
    for (const Event& event : attempt.evidence) {
        if (event.what != What::received) continue;
        auto reply = message::decode_reply(event.text, key);
        if (reply && answers(*reply, requests)) return Confirmation{std::move(*reply), &event};
    }
    return std::nullopt;
}

/// A socket for both families writes IPv4 addresses as IPv6 ones (RFC 4291, 2.5.5.2).
Address plain(const Address& address) {
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    const auto& bytes = address.bytes();
    if (address.family() != Family::ipv6 || !std::equal(mapped.begin(), mapped.end(), bytes.begin())) return address;
    return Address::from_ipv4({bytes[12], bytes[13], bytes[14], bytes[15]});
}

/// "203.0.113.9:40123"; below UDP there are no ports.
std::string spell_end(const SocketAddress& end) { return end.port == 0 ? end.address.to_string() : end.to_string(); }

std::string spell_source(const message::Reply& reply) {
    if (reply.source) return spell_end({plain(reply.source->address), reply.source->port});
    HardwareAddress address;
    ByteReader hardware(reply.hardware_source);
    if (hardware.remaining() != address.bytes.size()) return {};
    for (std::uint8_t& byte : address.bytes) byte = hardware.u8().value_or(0);
    return address.to_string();
}

std::string what_it_saw(const message::Reply& reply) {
    std::string text = spell_source(reply);
    if (reply.ttl) text += fmt::format("{}TTL {}", text.empty() ? "" : ", ", *reply.ttl);
    return text.empty() ? text : "the far end saw " + text;
}

/// What is worth knowing of an arrival that was not as it was sent. Through a proxy it never is.
std::vector<std::string> translations(const Check& check, const Attempt& attempt, const message::Reply& reply) {
    std::vector<std::string> notes;
    if (attempt.proxy) return notes;
    if (reply.source && attempt.local) {
        const SocketAddress seen{plain(reply.source->address), reply.source->port};
        const SocketAddress own{plain(attempt.local->address), attempt.local->port};
        const bool both_have_ports = seen.port != 0 && own.port != 0;
        if (seen.address != own.address)
            notes.push_back(
                fmt::format("A NAT on the way rewrites the source: this host sent from {}, the far end saw "
                            "{}.",
                            spell_end(own), spell_end(seen)));
        else if (both_have_ports && seen.port != own.port)
            notes.push_back(
                fmt::format("Something on the way rewrites the source port: {} became {}.", own.port, seen.port));
    }
    if (const Port dialled{check.transport(), check.dial_port}; reply.arrived_at != dialled)
        notes.push_back(fmt::format("The port is translated on the way: what was sent to {} arrived at {}.",
                                    dialled.to_string(), reply.arrived_at.to_string()));
    return notes;
}

std::string what_came_instead(const Attempt& attempt) {
    if (const std::string heard = attempt.received_bytes(); !heard.empty())
        return "something else answered: " + quoted(heard);
    if (attempt.find(What::received) != nullptr) return "an empty datagram came back";
    if (attempt.find(What::reset) != nullptr || attempt.find(What::send_error) != nullptr)
        return "the connection was reset";
    if (attempt.find(What::closed) != nullptr) return "the connection was closed";
    return "nothing came";
}

Finding judge(const Check& check, const Attempt& attempt) {
    const auto confirmation = find_confirmation(check, attempt);
    if (!confirmation)
        return found(Cause::not_applicable, Owner::nobody, Confidence::proven,
                     "no responder answered, " + what_came_instead(attempt));
    Finding finding = reached(Cause::responder_confirmed, what_it_saw(confirmation->reply));
    finding.warnings = translations(check, attempt, confirmation->reply);
    if (confirmation->event != nullptr && confirmation->event->from)
        finding.warnings.push_back(came_from_elsewhere(*confirmation->event));
    return finding;
}

}  // namespace

std::string arrivals_request(const Check& check, const Occasion& occasion) {
    return encode(request_of(check, occasion, message::Kind::arrivals, 0), check.secret(responder_secret));
}

std::optional<message::Reply> arrivals_reply(const Check& check, const Occasion& occasion, std::string_view bytes) {
    auto reply = message::decode_reply(bytes, check.secret(responder_secret));
    const message::Request request = request_of(check, occasion, message::Kind::arrivals, 0);
    if (!reply || reply->kind != request.kind || reply->nonce != request.nonce || reply->attempt != request.attempt)
        return std::nullopt;
    return reply;
}

constinit const Probe responder{
    {
        .name = "responder",
        .over_tcp = true,
        .over_udp = true,
        .sends = "One request of 160 bytes to fdnprobe at the far end, up to three where datagrams carry it. A service "
                 "that stands there in its place sees bytes that it cannot read.",
        .positive = "A reply that only a holder of the key can make, with the source and the TTL that arrived.",
        .options = {},
        .over_esp = true,
        .over_ethernet = true,
        .secret = responder_secret,
    },
    begin,
    judge,
};

}  // namespace fdnprobe::probes
