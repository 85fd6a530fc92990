// The way to a destination, hop by hop, as packets with a small TTL (IPv4) or hop limit (IPv6) show it. A router that
// takes the last one off a packet says so (RFC 792 and RFC 4443: time exceeded), and whatever else comes back for such
// a packet was made no farther away. These are observations; what follows from them is for judge/path.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/row.hpp"

namespace fdnprobe {

/// What came back for one packet.
enum class HopAnswer : std::uint8_t {
    silence,        ///< nothing in time
    time_exceeded,  ///< the device at that hop; from
    unreachable,    ///< another ICMP error; from, type, code
    accepted,       ///< the connection came about
    reset,          ///< a reset, which does not name its sender
    replied,        ///< a datagram came back; from
    not_sent,       ///< this host could not send it; code: errno
};
[[nodiscard]] std::string_view to_string(HopAnswer);
[[nodiscard]] std::optional<HopAnswer> hop_answer_from(std::string_view code);

/// One packet and what came of it.
struct HopProbe {
    std::int32_t hop = 0;  ///< its TTL: 1 is the first router
    HopAnswer answer = HopAnswer::silence;
    std::optional<Address> from;
    std::int32_t type = 0;            ///< of the ICMP message
    std::int32_t code = 0;            ///< of the ICMP message, or errno
    std::chrono::nanoseconds at{};    ///< since the run began
    std::chrono::nanoseconds took{};  ///< until the answer, or until it was given up
};

/// Packets between the same addresses and ports, so that load balancers send all of them the same way.
struct Flow {
    Transport transport = Transport::tcp;
    SocketAddress destination;
    std::uint16_t source_port = 0;
    std::vector<HopProbe> probes;  ///< in the order in which they were sent; a hop that kept silent was asked again
};

/// What was learnt of the way of one attempt.
struct PathFacts {
    Flow tested;                  ///< as the attempt's own packets
    std::optional<Flow> control;  ///< other packets, of a kind that gets through; nothing: none was found
    std::string control_is;       ///< "TCP/443 of the same host"; empty: there is none
    bool complete = true;         ///< false: time or packets ran out before every hop had its turn
    std::string missing;          ///< what this host cannot do, as a sentence; empty: nothing
};

}  // namespace fdnprobe
