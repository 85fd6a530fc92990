#include "wire/responder.hpp"

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/digest.hpp"

namespace fdnprobe::wire::responder {
namespace {

constexpr std::string_view magic = "fdnprobe";
constexpr std::uint8_t version = 1;
constexpr std::uint8_t reply_bit = 0x80;
constexpr std::size_t signed_size = 128;
constexpr std::size_t address_size = 16;
constexpr std::size_t hardware_size = 6;

constexpr std::uint8_t ttl_known = 1;
constexpr std::uint8_t source_ipv4 = 2;
constexpr std::uint8_t source_ipv6 = 4;
constexpr std::uint8_t source_ethernet = 8;
constexpr std::uint8_t listens_there = 16;

std::optional<Transport> transport_from(std::uint8_t number) {
    for (const Transport known : {Transport::tcp, Transport::udp, Transport::esp, Transport::ethernet})
        if (static_cast<std::uint8_t>(known) == number) return known;
    return std::nullopt;
}

std::optional<Kind> kind_from(std::uint8_t number) {
    if (number == static_cast<std::uint8_t>(Kind::reach)) return Kind::reach;
    if (number == static_cast<std::uint8_t>(Kind::arrivals)) return Kind::arrivals;
    return std::nullopt;
}

/// The fields that requests and replies share, in the order of the message.
struct Fields {
    std::uint8_t kind = 0;
    Port port;
    std::uint8_t flags = 0;
    std::uint8_t ttl = 0;
    std::uint64_t time = 0;
    std::string_view nonce;
    std::string_view attempt;
    std::array<std::uint8_t, address_size> source{};
    std::uint16_t source_port = 0;
    std::uint16_t arrivals = 0;
};

std::string seal(const Fields& fields, std::string_view key) {
    ByteWriter out;
    out.append(magic);
    out.u8(version);
    out.u8(fields.kind);
    out.u8(static_cast<std::uint8_t>(fields.port.transport));
    out.u8(fields.flags);
    out.u16(fields.port.number);
    out.u8(fields.ttl);
    out.u8(0);
    out.u64(fields.time);
    out.append(fields.nonce);
    out.append(fields.attempt);
    for (const std::uint8_t byte : fields.source) out.u8(byte);
    out.u16(fields.source_port);
    out.u16(fields.arrivals);
    out.zeros(signed_size - out.size());
    std::string message = out.take();
    message += hmac_sha256(key, message);
    return message;
}

std::optional<Fields> open(std::string_view bytes, std::string_view key) {
    if (bytes.size() < message_size || !bytes.starts_with(magic)) return std::nullopt;
    const std::string_view signed_part = bytes.substr(0, signed_size);
    if (!same_digest(hmac_sha256(key, signed_part), bytes.substr(signed_size, message_size - signed_size)))
        return std::nullopt;
    ByteReader in(signed_part);
    in.skip(magic.size());
    if (in.u8() != version) return std::nullopt;
    Fields fields;
    fields.kind = in.u8().value_or(0);
    const auto transport = transport_from(in.u8().value_or(0xFF));
    if (!transport) return std::nullopt;
    fields.flags = in.u8().value_or(0);
    fields.port = Port{*transport, in.u16().value_or(0)};
    fields.ttl = in.u8().value_or(0);
    in.skip(1);
    fields.time = in.u64().value_or(0);
    fields.nonce = in.take(nonce_size).value_or(std::string_view());
    fields.attempt = in.take(attempt_size).value_or(std::string_view());
    for (std::uint8_t& byte : fields.source) byte = in.u8().value_or(0);
    fields.source_port = in.u16().value_or(0);
    fields.arrivals = in.u16().value_or(0);
    return fields;
}

std::uint64_t milliseconds(std::chrono::sys_time<std::chrono::milliseconds> time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

/// A time beyond what the type holds is no time that anybody's clock shows.
std::chrono::sys_time<std::chrono::milliseconds> time_of(std::uint64_t count) {
    constexpr std::uint64_t largest = 1ULL << 50U;  // some 35,000 years
    return std::chrono::sys_time<std::chrono::milliseconds>(
        std::chrono::milliseconds(static_cast<std::int64_t>(std::min(count, largest))));
}

}  // namespace

std::string encode(const Request& request, std::string_view key) {
    Fields fields;
    fields.kind = static_cast<std::uint8_t>(request.kind);
    fields.port = request.asked;
    fields.time = milliseconds(request.time);
    fields.nonce = request.nonce;
    fields.attempt = request.attempt;
    return seal(fields, key);
}

std::string encode(const Reply& reply, std::string_view key) {
    Fields fields;
    fields.kind = static_cast<std::uint8_t>(reply_bit | static_cast<std::uint8_t>(reply.kind));
    fields.port = reply.arrived_at;
    fields.time = milliseconds(reply.time);
    fields.nonce = reply.nonce;
    fields.attempt = reply.attempt;
    if (reply.ttl) {
        fields.flags |= ttl_known;
        fields.ttl = *reply.ttl;
    }
    if (reply.source) {
        fields.flags |= reply.source->address.family() == Family::ipv4 ? source_ipv4 : source_ipv6;
        fields.source = reply.source->address.bytes();
        fields.source_port = reply.source->port;
    } else if (reply.hardware_source.size() == hardware_size) {
        fields.flags |= source_ethernet;
        std::copy(reply.hardware_source.begin(), reply.hardware_source.end(), fields.source.begin());
    }
    fields.arrivals = reply.arrivals;
    if (reply.listening) fields.flags |= listens_there;
    return seal(fields, key);
}

std::optional<Request> decode_request(std::string_view bytes, std::string_view key) {
    const auto fields = open(bytes, key);
    if (!fields) return std::nullopt;
    const auto kind = kind_from(fields->kind);
    if (!kind) return std::nullopt;
    Request request;
    request.kind = *kind;
    request.asked = fields->port;
    request.time = time_of(fields->time);
    request.nonce = fields->nonce;
    request.attempt = fields->attempt;
    return request;
}

std::optional<Reply> decode_reply(std::string_view bytes, std::string_view key) {
    const auto fields = open(bytes, key);
    if (!fields || (fields->kind & reply_bit) == 0) return std::nullopt;
    const auto kind = kind_from(static_cast<std::uint8_t>(fields->kind & ~reply_bit));
    if (!kind) return std::nullopt;
    Reply reply;
    reply.kind = *kind;
    reply.arrived_at = fields->port;
    reply.time = time_of(fields->time);
    reply.nonce = fields->nonce;
    reply.attempt = fields->attempt;
    if ((fields->flags & ttl_known) != 0) reply.ttl = fields->ttl;
    if ((fields->flags & source_ipv4) != 0) {
        const auto& source = fields->source;
        reply.source =
            SocketAddress{Address::from_ipv4({source[0], source[1], source[2], source[3]}), fields->source_port};
    } else if ((fields->flags & source_ipv6) != 0) {
        reply.source = SocketAddress{Address::from_ipv6(fields->source), fields->source_port};
    } else if ((fields->flags & source_ethernet) != 0) {
        reply.hardware_source.assign(fields->source.begin(), fields->source.begin() + hardware_size);
    }
    reply.arrivals = fields->arrivals;
    reply.listening = (fields->flags & listens_there) != 0;
    return reply;
}

bool may_become_message(std::string_view bytes) {
    const std::size_t compared = std::min(bytes.size(), magic.size());
    return bytes.substr(0, compared) == magic.substr(0, compared);
}

}  // namespace fdnprobe::wire::responder
