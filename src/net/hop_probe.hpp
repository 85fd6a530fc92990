// One packet with a small TTL (IPv4) or hop limit (IPv6), and what came back for it: the device at which it ran out
// says so, and anything else was made no farther away. It takes no privilege: the packet is a TCP connection's first or
// a datagram, and the answer is on the socket's own error queue.
#pragma once

#include <string>

#include "base/expected.hpp"
#include "fdnprobe/path.hpp"
#include "net/origin.hpp"
#include "net/socket.hpp"

namespace fdnprobe::net {

/// What the packets of a flow have in common: load balancers then send all of them the same way.
struct HopFlow {
    Transport transport = Transport::tcp;  ///< or udp
    SocketAddress destination;
    SocketAddress source;   ///< port 0: the system chooses one for the first packet, and it is put here
    std::string interface;  ///< empty: the system chooses
    std::string payload;    ///< of each datagram
};

struct HopAsked {
    HopProbe probe;
    bool stopped = false;  ///< before anything came of it; the probe says nothing then
    std::string missing;   ///< what this host cannot do, as a sentence; empty: nothing was missed
};

/// A flow from here to there; errno where this host has no address to send from.
[[nodiscard]] Expected<HopFlow, int> hop_flow(Transport transport, const SocketAddress& destination,
                                              const DialOptions& options, std::string payload);

/// Sends one packet of `flow` that gets as far as `hop`, and waits for its answer until `limit`, which is to be less
/// than a second away: Linux then sends a SYN again. `socket` is opened for it and closed after it; stopping it ends
/// the wait. A connection that comes about is reset at once, since nobody wants it.
///
/// No answer is booked to the wrong packet over TCP, whose sequence numbers the kernel compares with what ICMP quotes.
/// Of datagrams only the ports are compared: a late answer to an earlier one looks like the answer to this one.
[[nodiscard]] Task<HopAsked> ask_hop(Context& context, Socket& socket, HopFlow& flow, int hop, Clock::time_point limit);

}  // namespace fdnprobe::net
