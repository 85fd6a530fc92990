#include "net/socket_address.hpp"

#include <netinet/in.h>

#include <array>
#include <cstring>

namespace fdnprobe::net {

NativeAddress to_native(const SocketAddress& address) {
    NativeAddress native;
    const auto& bytes = address.address.bytes();
    if (address.address.family() == Family::ipv4) {
        sockaddr_in four{};
        four.sin_family = AF_INET;
        four.sin_port = htons(address.port);
        std::memcpy(&four.sin_addr, bytes.data(), 4);
        std::memcpy(&native.storage, &four, sizeof four);
        native.length = sizeof four;
    } else {
        sockaddr_in6 six{};
        six.sin6_family = AF_INET6;
        six.sin6_port = htons(address.port);
        std::memcpy(&six.sin6_addr, bytes.data(), 16);
        std::memcpy(&native.storage, &six, sizeof six);
        native.length = sizeof six;
    }
    return native;
}

std::optional<SocketAddress> from_native(const sockaddr_storage& storage) {
    if (storage.ss_family == AF_INET) {
        sockaddr_in four{};
        std::memcpy(&four, &storage, sizeof four);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &four.sin_addr, bytes.size());
        return SocketAddress{Address::from_ipv4(bytes), ntohs(four.sin_port)};
    }
    if (storage.ss_family == AF_INET6) {
        sockaddr_in6 six{};
        std::memcpy(&six, &storage, sizeof six);
        std::array<std::uint8_t, 16> bytes{};
        std::memcpy(bytes.data(), &six.sin6_addr, bytes.size());
        return SocketAddress{Address::from_ipv6(bytes), ntohs(six.sin6_port)};
    }
    return std::nullopt;
}

std::optional<SocketAddress> local_address(int descriptor) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return std::nullopt;
    return from_native(storage);
}

}  // namespace fdnprobe::net
