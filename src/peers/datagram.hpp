// One packet of a socket without connections (UDP, raw, Ethernet), with what is known of its way, and the way back.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/expected.hpp"

namespace fdnprobe::peers {

struct Datagram {
    std::string_view bytes;  ///< in the memory that it was received into
    sockaddr_storage sender{};
    socklen_t sender_size = 0;
    std::optional<std::uint8_t> ttl;
    /// The address of this host that it was sent to; nothing: a broadcast, or not told.
    std::optional<in_pktinfo> sent_to;
    std::optional<in6_pktinfo> sent_to6;
};

/// What is there, or errno: EAGAIN when there is nothing.
[[nodiscard]] Expected<Datagram, int> take_datagram(int descriptor, std::span<char> memory);

/// Sends to whoever sent it, from the address that it was sent to. A reply that cannot be sent is lost, as any may be.
void send_back(int descriptor, const Datagram& datagram, std::string_view reply);

}  // namespace fdnprobe::peers
