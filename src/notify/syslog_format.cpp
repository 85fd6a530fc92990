#include "notify/syslog_format.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "base/version.hpp"

namespace fdnprobe::notify {
namespace {

/// RFC 5424, 6.2.1: system daemons.
constexpr int facility = 3;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t longest_host = 255;

/// RFC 5424, 6: PRINTUSASCII, or a dash where there is nothing.
std::string header_word(std::string_view text, std::size_t limit) {
    std::string word(text.substr(0, limit));
    std::replace_if(
        word.begin(), word.end(), [](char letter) { return letter < 0x21 || letter > 0x7E; }, '?');
    return word.empty() ? "-" : word;
}

/// RFC 5424, 6.3.3: what ends a value takes a backslash.
std::string parameter(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        if (letter == '"' || letter == '\\' || letter == ']') out += '\\';
        out += letter;
    }
    return out;
}

}  // namespace

std::string syslog_text(const Message& message, long process, std::size_t limit) {
    const std::string head =
        fmt::format("<{}>1 {} {} fdnprobe {} {} [origin software=\"fdnprobe\" swVersion=\"{}\"] {}",
                    facility * 8 + static_cast<int>(message.severity), to_rfc3339(message.at),
                    header_word(message.host, longest_host), process, header_word(message.kind, 32),
                    parameter(version()), byte_order_mark);
    const std::string tail = fmt::format(" (event {})", message.id);
    const std::size_t room = limit > head.size() + tail.size() ? limit - head.size() - tail.size() : 0;
    return head + printable(message.sentence, room) + tail;
}

std::string syslog_frame(std::string_view text) { return fmt::format("{} {}", text.size(), text); }

}  // namespace fdnprobe::notify
