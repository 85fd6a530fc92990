// Addresses as plain values: no sockets, no resolver, so that judges and reports can hold them.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fdnprobe {

enum class Family : std::uint8_t {
    ipv4,  ///< RFC 791
    ipv6,  ///< RFC 8200
};

/// One IPv4 or IPv6 address. IPv4-mapped IPv6 addresses (RFC 4291, 2.5.5.2) are kept as they were written.
class Address {
  public:
    Address() = default;

    /// Reads dotted decimal or RFC 4291 text; no port, no brackets, no scope. Nothing when it is neither.
    static std::optional<Address> parse(std::string_view text);

    /// From network-order bytes: 4 of them make an IPv4 address.
    static Address from_ipv4(const std::array<std::uint8_t, 4>& bytes);
    static Address from_ipv6(const std::array<std::uint8_t, 16>& bytes);

    [[nodiscard]] Family family() const { return family_; }
    /// Network order; an IPv4 address fills the first four bytes.
    [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }

    /// Dotted decimal, or the short form of RFC 5952.
    [[nodiscard]] std::string to_string() const;

    [[nodiscard]] bool is_loopback() const;     ///< 127.0.0.0/8, ::1
    [[nodiscard]] bool is_unspecified() const;  ///< 0.0.0.0/8, ::
    /// Addresses that no public name may answer with: RFC 1918, RFC 6598, link-local, RFC 4193, multicast, reserved.
    [[nodiscard]] bool is_private() const;

    friend auto operator<=>(const Address&, const Address&) = default;

  private:
    Family family_ = Family::ipv4;
    std::array<std::uint8_t, 16> bytes_{};
};

/// An address and a port. Text: `192.0.2.1:443`, `[2001:db8::1]:443`.
struct SocketAddress {
    Address address;
    std::uint16_t port = 0;

    /// Reads ADDRESS or ADDRESS:PORT (IPv6 with a port needs brackets); `default_port` where none is written.
    static std::optional<SocketAddress> parse(std::string_view text, std::uint16_t default_port);
    [[nodiscard]] std::string to_string() const;

    friend auto operator<=>(const SocketAddress&, const SocketAddress&) = default;
};

/// The address of an Ethernet interface. Text: `02:00:5e:10:00:01`.
struct HardwareAddress {
    std::array<std::uint8_t, 6> bytes{};

    [[nodiscard]] std::string to_string() const;

    friend auto operator<=>(const HardwareAddress&, const HardwareAddress&) = default;
};

}  // namespace fdnprobe
