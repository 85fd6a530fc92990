// Under which names the server answers where it asks for no token.
//
// A web page from anywhere may let its own name point at this host (DNS rebinding) and then read what is served here,
// as far as the browser knows from its own server. The browser says which name it went to: that name has to be one that
// nobody else can point anywhere.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fdnprobe::web {

/// A Host header, read (RFC 9110, 7.2).
struct HostHeader {
    std::string name;      ///< lower case, without brackets and without a last dot
    bool address = false;  ///< `name` is an IP address
    std::optional<std::uint16_t> port;
};

[[nodiscard]] std::optional<HostHeader> parse_host(std::string_view text);

/// Whether it is an address, `localhost`, or one of `names`.
[[nodiscard]] bool is_own_name(const HostHeader& host, std::span<const std::string> names);

}  // namespace fdnprobe::web
