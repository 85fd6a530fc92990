#include "web/listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "base/text.hpp"
#include "fdnprobe/address.hpp"
#include "web/limits.hpp"

namespace fdnprobe::web {
namespace {

/// Connections that wait to be accepted; the kernel's own limit (net.core.somaxconn) may be lower.
constexpr int backlog = 128;

std::string why(int error, const SocketAddress& at) {
    const std::string where = "cannot listen at " + at.to_string() + ": ";
    switch (error) {
        case EADDRINUSE:
            return where + "the port is in use. `ss -ltnp 'sport = :" + std::to_string(at.port) +
                   "'` shows by whom; choose another port, or 0 for a free one.";
        case EADDRNOTAVAIL: return where + "this host has no such address. `ip address` shows those that it has.";
        case EACCES: return where + "no permission. Ports below 1024 need CAP_NET_BIND_SERVICE; choose a higher one.";
        case EAFNOSUPPORT:
            return where + "this host does not speak " + (at.address.family() == Family::ipv6 ? "IPv6" : "IPv4") + ".";
        default: return where + std::strerror(error) + ".";
    }
}

}  // namespace

Expected<Listener, std::string> listen_at(const std::string& address, std::uint16_t port) {
    const auto parsed = Address::parse(address);
    if (!parsed)
        return Unexpected<std::string>("cannot listen at \"" + printable(address, 80) + "\": it is not an IP address.");
    const SocketAddress at{*parsed, port};
    sockaddr_storage storage{};
    socklen_t length = 0;
    if (parsed->family() == Family::ipv4) {
        auto& native = reinterpret_cast<sockaddr_in&>(storage);
        native.sin_family = AF_INET;
        native.sin_port = htons(port);
        std::memcpy(&native.sin_addr, parsed->bytes().data(), sizeof native.sin_addr);
        length = sizeof native;
    } else {
        auto& native = reinterpret_cast<sockaddr_in6&>(storage);
        native.sin6_family = AF_INET6;
        native.sin6_port = htons(port);
        std::memcpy(&native.sin6_addr, parsed->bytes().data(), sizeof native.sin6_addr);
        length = sizeof native;
    }
    Listener listener;
    listener.socket = system::Descriptor(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!listener.socket.is_open()) return Unexpected<std::string>(why(errno, at));
    // Those that are accepted here inherit it.
    const int size = limits::socket_bytes;
    ::setsockopt(listener.socket.number(), SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    const int yes = 1;
    // Connections of the process before may still be in TIME_WAIT; a port that somebody listens at stays taken.
    ::setsockopt(listener.socket.number(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(listener.socket.number(), reinterpret_cast<const sockaddr*>(&storage), length) != 0 ||
        ::listen(listener.socket.number(), backlog) != 0 ||
        ::getsockname(listener.socket.number(), reinterpret_cast<sockaddr*>(&storage), &length) != 0)
        return Unexpected<std::string>(why(errno, at));
    listener.port = ntohs(storage.ss_family == AF_INET ? reinterpret_cast<const sockaddr_in&>(storage).sin_port
                                                       : reinterpret_cast<const sockaddr_in6&>(storage).sin6_port);
    return listener;
}

}  // namespace fdnprobe::web
