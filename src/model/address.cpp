#include "fdnprobe/address.hpp"

#include <arpa/inet.h>

#include <algorithm>

#include <fmt/compile.h>

#include "base/text.hpp"

namespace fdnprobe {

Address Address::from_ipv4(const std::array<std::uint8_t, 4>& bytes) {
    Address address;
    std::copy(bytes.begin(), bytes.end(), address.bytes_.begin());
    return address;
}

Address Address::from_ipv6(const std::array<std::uint8_t, 16>& bytes) {
    Address address;
    address.family_ = Family::ipv6;
    address.bytes_ = bytes;
    return address;
}

std::optional<Address> Address::parse(std::string_view text) {
    // inet_pton stops at a NUL and would not see what follows it.
    if (text.size() >= INET6_ADDRSTRLEN || text.find('\0') != std::string_view::npos) return std::nullopt;
    const std::string terminated(text);
    std::array<std::uint8_t, 4> four{};
    if (inet_pton(AF_INET, terminated.c_str(), four.data()) == 1) return from_ipv4(four);
    std::array<std::uint8_t, 16> sixteen{};
    if (inet_pton(AF_INET6, terminated.c_str(), sixteen.data()) == 1) return from_ipv6(sixteen);
    return std::nullopt;
}

std::string Address::to_string() const {
    // inet_ntop goes through sprintf; reports spell thousands of these.
    if (family_ == Family::ipv4)
        return fmt::format(FMT_COMPILE("{}.{}.{}.{}"), bytes_[0], bytes_[1], bytes_[2], bytes_[3]);
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
    return text.data();
}

bool Address::is_loopback() const {
    if (family_ == Family::ipv4) return bytes_[0] == 127;
    return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto byte) { return byte == 0; }) && bytes_[15] == 1;
}

bool Address::is_unspecified() const {
    if (family_ == Family::ipv4) return bytes_[0] == 0;
    return std::all_of(bytes_.begin(), bytes_.end(), [](auto byte) { return byte == 0; });
}

bool Address::is_private() const {
    if (is_loopback() || is_unspecified()) return true;
    const auto& b = bytes_;
    if (family_ == Family::ipv4) {
        return b[0] == 10 || (b[0] == 172 && (b[1] & 0xF0U) == 16) || (b[0] == 192 && b[1] == 168)  // RFC 1918
               || (b[0] == 100 && (b[1] & 0xC0U) == 64)                                             // RFC 6598
               || (b[0] == 169 && b[1] == 254)                                                      // RFC 3927
               || (b[0] == 192 && b[1] == 0 && (b[2] == 0 || b[2] == 2))                            // RFC 6890, 5737
               || (b[0] == 198 && ((b[1] & 0xFEU) == 18 || (b[1] == 51 && b[2] == 100)))            // RFC 2544, 5737
               || (b[0] == 203 && b[1] == 0 && b[2] == 113)                                         // RFC 5737
               || b[0] >= 224;                                                                      // multicast and up
    }
    const bool mapped =
        std::all_of(b.begin(), b.begin() + 10, [](auto byte) { return byte == 0; }) && b[10] == 0xFF && b[11] == 0xFF;
    if (mapped) return from_ipv4({b[12], b[13], b[14], b[15]}).is_private();
    // RFC 6052: a DNS64 resolver puts the IPv4 address of a public name behind this prefix.
    constexpr std::array<std::uint8_t, 12> nat64{0x00, 0x64, 0xFF, 0x9B};
    if (std::equal(nat64.begin(), nat64.end(), b.begin())) return from_ipv4({b[12], b[13], b[14], b[15]}).is_private();
    // RFC 4291, 2.4: everything public so far is in 2000::/3. That leaves out unique local (RFC 4193), link-local,
    // multicast and all that is reserved.
    return (b[0] & 0xE0U) != 0x20                                                                 // not 2000::/3
           || (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0x0D && b[3] == 0xB8)                      // RFC 3849
           || (b[0] == 0x3F && b[1] == 0xFF && (b[2] & 0xF0U) == 0)                               // RFC 9637
           || (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && b[3] == 2 && b[4] == 0 && b[5] == 0)  // RFC 5180
           ||
           (b[0] == 0x20 && b[1] == 0x01 && b[2] == 0 && ((b[3] & 0xF0U) == 0x10 || (b[3] & 0xF0U) == 0x20));  // ORCHID
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view text, std::uint16_t default_port) {
    if (const auto address = Address::parse(text)) return SocketAddress{*address, default_port};
    std::string_view host;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const auto address = Address::parse(text.substr(1, end - 1));
        if (!address || address->family() != Family::ipv6) return std::nullopt;
        if (end + 1 == text.size()) return SocketAddress{*address, default_port};
        if (text[end + 1] != ':') return std::nullopt;
        host = text.substr(1, end - 1);
        port = text.substr(end + 2);
    } else {
        const std::size_t colon = text.rfind(':');
        if (colon == std::string_view::npos || text.find(':') != colon) return std::nullopt;
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    const auto address = Address::parse(host);
    const auto number = parse_number(port, 1, 65535);
    if (!address || !number) return std::nullopt;
    return SocketAddress{*address, static_cast<std::uint16_t>(*number)};
}

std::string SocketAddress::to_string() const {
    const std::string text = address.to_string();
    return (address.family() == Family::ipv6 ? "[" + text + "]" : text) + ":" + std::to_string(port);
}

std::string HardwareAddress::to_string() const {
    return fmt::format(FMT_COMPILE("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}"), bytes[0], bytes[1], bytes[2], bytes[3],
                       bytes[4], bytes[5]);
}

}  // namespace fdnprobe
