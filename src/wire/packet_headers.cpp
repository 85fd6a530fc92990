#include "wire/packet_headers.hpp"

#include "base/bytes.hpp"

namespace fdnprobe::wire {
namespace {

constexpr std::size_t shortest_ipv4_header = 20;  // RFC 791, 3.1
constexpr std::size_t ipv6_header = 40;           // RFC 8200, 3

unsigned version_of(std::string_view packet) {
    return packet.empty() ? 0U : static_cast<unsigned char>(packet.front()) >> 4U;
}

}  // namespace

std::optional<std::uint8_t> hops_left(std::string_view packet) {
    ByteReader in(packet);
    if (version_of(packet) == 4 && packet.size() >= shortest_ipv4_header) {
        in.skip(8);
        return in.u8();
    }
    if (version_of(packet) == 6 && packet.size() >= ipv6_header) {
        in.skip(7);
        return in.u8();
    }
    return std::nullopt;
}

std::optional<std::string_view> ipv4_payload(std::string_view packet) {
    if (version_of(packet) != 4 || packet.size() < shortest_ipv4_header) return std::nullopt;
    ByteReader in(packet);
    const std::size_t header = (in.u8().value_or(0) & 0x0FU) * std::size_t{4};
    in.skip(1);
    const std::size_t total = in.u16().value_or(0);
    if (header < shortest_ipv4_header || header > total || total > packet.size()) return std::nullopt;
    return packet.substr(header, total - header);
}

std::optional<EspPacket> decode_esp(std::string_view bytes) {
    ByteReader in(bytes);
    const auto spi = in.u32();
    const auto sequence = in.u32();
    if (!spi || !sequence) return std::nullopt;
    return EspPacket{*spi, *sequence, bytes.substr(in.position())};
}

std::string encode(const EspPacket& packet) {
    ByteWriter out;
    out.u32(packet.spi);
    out.u32(packet.sequence);
    out.append(packet.payload);
    return out.take();
}

}  // namespace fdnprobe::wire
