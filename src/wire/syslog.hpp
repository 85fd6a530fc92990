// One syslog message (RFC 5424), and how it goes over a stream (RFC 6587). There is nothing to read: receivers do not
// speak.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace fdnprobe::wire::syslog {

inline constexpr std::uint8_t severity_debug = 7;  // RFC 5424, 6.2.1

struct Message {
    std::uint8_t severity = severity_debug;
    std::chrono::system_clock::time_point time{};
    std::string_view program;  ///< APP-NAME: 1 to 48 printable letters
    std::string text;          ///< one line of ASCII
};

/// From a user's program, without the name of the host that it runs on.
[[nodiscard]] std::string encode(const Message& message);

/// Octet counting (RFC 6587, 3.4.1).
[[nodiscard]] std::string frame(std::string_view message);

}  // namespace fdnprobe::wire::syslog
