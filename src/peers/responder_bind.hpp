// The sockets that a responder listens with, one for each port and address. Each tells how far a packet has come and
// which address it was sent to.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/expected.hpp"
#include "fdnprobe/address.hpp"
#include "net/socket.hpp"

namespace fdnprobe::peers {

/// The socket, or errno.
using BoundSocket = Expected<std::unique_ptr<net::Socket>, int>;

[[nodiscard]] BoundSocket bind_tcp(net::Context& context, const SocketAddress& address);
[[nodiscard]] BoundSocket bind_udp(net::Context& context, const SocketAddress& address);
/// A raw socket for IP protocol 50.
[[nodiscard]] BoundSocket bind_esp(net::Context& context, const Address& address);
/// A packet socket for one EtherType; `interface`: the index of one, or 0 for all.
[[nodiscard]] BoundSocket bind_ethernet(net::Context& context, std::uint16_t type, int interface);

/// Why this host cannot listen on that address, whatever the port: errno, or 0.
[[nodiscard]] int unusable(net::Context& context, const Address& address);

}  // namespace fdnprobe::peers
