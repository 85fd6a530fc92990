// What a receiver is to be told: an event made ready for every kind of receiver, and the form in which it waits in a
// file.
//
// The form is lines of KEY VALUE, an empty line, the body and a closing line, so that a file that was cut is not taken
// for a message.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "fdnprobe/watch_event.hpp"

namespace fdnprobe::notify {

/// Since the epoch, in whole milliseconds: a file gives back what was put into it.
using WallMoment = std::chrono::sys_time<std::chrono::milliseconds>;

/// RFC 5424, 6.2.1: severities.
enum class Severity : int { error = 3, warning = 4, notice = 5 };

struct Message {
    std::string id;    ///< the event's; visible ASCII
    std::string kind;  ///< "rows-changed"
    Severity severity = Severity::notice;
    WallMoment at{};       ///< of the event
    WallMoment queued{};   ///< when it was put into the queue
    std::string host;      ///< of the vantage, escaped; may be empty
    std::string sentence;  ///< the event in one, escaped
    std::string body;      ///< the event as JSON
    friend bool operator==(const Message&, const Message&) = default;
};

/// A body has less than two megabytes (report/json_event.cpp); a file that is larger than this is not ours.
inline constexpr std::size_t largest_message = std::size_t{4} * 1024 * 1024;

[[nodiscard]] Message make_message(const WatchEvent& event, WallMoment now);

[[nodiscard]] std::string encode_message(const Message& message);
/// Nothing when it is not wholly one.
[[nodiscard]] std::optional<Message> parse_message(std::string_view bytes);

}  // namespace fdnprobe::notify
