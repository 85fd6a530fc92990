#include "peers/responder_bind.hpp"

#include <linux/if_packet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "net/socket_address.hpp"

namespace fdnprobe::peers {
namespace {

/// A port is asked a few times in its life; what comes faster waits for its turn.
constexpr int backlog = 128;

BoundSocket open(net::Context& context, int family, int type, int protocol) {
    const int descriptor = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (descriptor < 0) return Unexpected<int>(errno);
    auto socket = std::make_unique<net::Socket>(context);
    socket->adopt(descriptor);
    return socket;
}

bool enable(const net::Socket& socket, int level, int option) {
    const int on = 1;
    return setsockopt(socket.descriptor(), level, option, &on, sizeof on) == 0;
}

/// An IPv6 socket leaves IPv4 to its own: each packet then shows its address as it was sent.
bool separate(const net::Socket& socket, Family family) {
    return family == Family::ipv4 || enable(socket, IPPROTO_IPV6, IPV6_V6ONLY);
}

/// What recvmsg is to tell of each packet.
bool tell_more(const net::Socket& socket, Family family) {
    if (family == Family::ipv4) return enable(socket, IPPROTO_IP, IP_PKTINFO) && enable(socket, IPPROTO_IP, IP_RECVTTL);
    return enable(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO) && enable(socket, IPPROTO_IPV6, IPV6_RECVHOPLIMIT);
}

bool bind_to(const net::Socket& socket, const SocketAddress& address) {
    const net::NativeAddress native = net::to_native(address);
    return ::bind(socket.descriptor(), native.pointer(), native.length) == 0;
}

}  // namespace

BoundSocket bind_tcp(net::Context& context, const SocketAddress& address) {
    const Family family = address.address.family();
    auto socket = open(context, net::native_family(family), SOCK_STREAM, 0);
    if (!socket) return socket;
    // Connections of a responder that has just ended do not keep the next one from its port.
    const bool bound = enable(**socket, SOL_SOCKET, SO_REUSEADDR) && separate(**socket, family) &&
                       bind_to(**socket, address) && ::listen((*socket)->descriptor(), backlog) == 0;
    if (!bound) return Unexpected<int>(errno);
    // Without it (Linux before 4.3) the TTL stays unknown.
    enable(**socket, IPPROTO_TCP, TCP_SAVE_SYN);
    return socket;
}

BoundSocket bind_udp(net::Context& context, const SocketAddress& address) {
    const Family family = address.address.family();
    auto socket = open(context, net::native_family(family), SOCK_DGRAM, 0);
    if (!socket) return socket;
    if (!separate(**socket, family) || !tell_more(**socket, family) || !bind_to(**socket, address))
        return Unexpected<int>(errno);
    return socket;
}

BoundSocket bind_esp(net::Context& context, const Address& address) {
    auto socket = open(context, net::native_family(address.family()), SOCK_RAW, IPPROTO_ESP);
    if (!socket) return socket;
    if (!tell_more(**socket, address.family()) || !bind_to(**socket, SocketAddress{address, 0}))
        return Unexpected<int>(errno);
    return socket;
}

BoundSocket bind_ethernet(net::Context& context, std::uint16_t type, int interface) {
    // Opened for no type at all: until it is bound, nothing comes from other interfaces.
    auto socket = open(context, AF_PACKET, SOCK_DGRAM, 0);
    if (!socket) return socket;
    sockaddr_ll place{};
    place.sll_family = AF_PACKET;
    place.sll_protocol = htons(type);
    place.sll_ifindex = interface;
    if (::bind((*socket)->descriptor(), reinterpret_cast<const sockaddr*>(&place), sizeof place) != 0)
        return Unexpected<int>(errno);
    return socket;
}

int unusable(net::Context& context, const Address& address) {
    const auto socket = bind_udp(context, SocketAddress{address, 0});
    return socket ? 0 : socket.error();
}

}  // namespace fdnprobe::peers
