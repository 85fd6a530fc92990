// Which of Fortinet's ports for web pages go without TLS: HTTP's own, the captive portal's and the override page's.
// Both sides have to know: who asks, and who plays the far end.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace fdnprobe::wire::http {

inline constexpr std::uint16_t http_port = 80;
inline constexpr std::uint16_t https_port = 443;

[[nodiscard]] constexpr bool is_plain_port(std::uint16_t port) {
    constexpr std::array<std::uint16_t, 3> plain{http_port, 1000, 8008};
    return std::find(plain.begin(), plain.end(), port) != plain.end();
}

}  // namespace fdnprobe::wire::http
