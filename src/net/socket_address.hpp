// Between the model's addresses and the operating system's.
#pragma once

#include <sys/socket.h>

#include <optional>

#include "fdnprobe/address.hpp"

namespace fdnprobe::net {

struct NativeAddress {
    sockaddr_storage storage{};
    socklen_t length = 0;
    [[nodiscard]] const sockaddr* pointer() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

[[nodiscard]] NativeAddress to_native(const SocketAddress& address);
/// Nothing for a family other than IPv4 and IPv6.
[[nodiscard]] std::optional<SocketAddress> from_native(const sockaddr_storage& storage);
/// The socket's own end.
[[nodiscard]] std::optional<SocketAddress> local_address(int descriptor);
[[nodiscard]] constexpr int native_family(Family family) { return family == Family::ipv4 ? AF_INET : AF_INET6; }

}  // namespace fdnprobe::net
