// RFC 5424: a message as syslog receivers read it.
//
// Structured data would take a private enterprise number, which nobody has given this program; the number of the RFC's
// examples is not for use (RFC 5612). There is therefore the registered element `origin` (RFC 5424, 7.2) and no other;
// the event's id stands at the end of the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "notify/message.hpp"

namespace fdnprobe::notify {

/// RFC 5426, 3.2 has receivers take 480 bytes and wishes for 2048; RFC 3164, which many still follow, allows 1024.
inline constexpr std::size_t largest_datagram = 1024;
/// RFC 5424, 6.1 leaves it to the receiver; rsyslog and syslog-ng take 8192 bytes unless they are told otherwise.
inline constexpr std::size_t largest_line = 8192;

/// `limit` is for the whole message, which is cut at a character; the id at its end stays.
[[nodiscard]] std::string syslog_text(const Message& message, long process, std::size_t limit);

/// RFC 6587, 3.4.1: the length in front, so that a line end within a message ends nothing.
[[nodiscard]] std::string syslog_frame(std::string_view text);

}  // namespace fdnprobe::notify
