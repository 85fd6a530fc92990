// The headers around what a responder is sent: IP's, as raw sockets and a saved SYN show it, and ESP's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fdnprobe::wire {

/// What is left of the hops of an IP packet: TTL (RFC 791, 3.1) or hop limit (RFC 8200, 3).
[[nodiscard]] std::optional<std::uint8_t> hops_left(std::string_view packet);

/// What an IPv4 packet carries after its header and options; nothing when its lengths do not hold.
[[nodiscard]] std::optional<std::string_view> ipv4_payload(std::string_view packet);

/// RFC 4303, 2: what is in the clear of an ESP packet, and everything after it.
struct EspPacket {
    std::uint32_t spi = 0;
    std::uint32_t sequence = 0;
    std::string_view payload;  ///< of the bytes that were read
};

[[nodiscard]] std::optional<EspPacket> decode_esp(std::string_view bytes);
[[nodiscard]] std::string encode(const EspPacket& packet);

}  // namespace fdnprobe::wire
