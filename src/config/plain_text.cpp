#include "config/plain_text.hpp"

#include <cstddef>

#include <fmt/format.h>

namespace fdnprobe::config {
namespace {

/// The length of the UTF-8 sequence at `at`; 0 when there is none. Overlong forms, surrogates and what lies past
/// U+10FFFF show in the second byte (RFC 3629, 4).
std::size_t sequence_length(std::string_view bytes, std::size_t at) {
    const auto byte = [&](std::size_t index) -> unsigned {
        return at + index < bytes.size() ? static_cast<unsigned char>(bytes[at + index]) : 0U;
    };
    const auto within = [&](std::size_t index, unsigned low, unsigned high) {
        return byte(index) >= low && byte(index) <= high;
    };
    const unsigned first = byte(0);
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return within(1, 0x80, 0xBF) ? 2 : 0;
    if (first >= 0xE0 && first <= 0xEF) {
        const unsigned low = first == 0xE0 ? 0xA0 : 0x80;
        const unsigned high = first == 0xED ? 0x9F : 0xBF;
        return within(1, low, high) && within(2, 0x80, 0xBF) ? 3 : 0;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        const unsigned low = first == 0xF0 ? 0x90 : 0x80;
        const unsigned high = first == 0xF4 ? 0x8F : 0xBF;
        return within(1, low, high) && within(2, 0x80, 0xBF) && within(3, 0x80, 0xBF) ? 4 : 0;
    }
    return 0;
}

}  // namespace

std::optional<NotText> find_not_text(std::string_view bytes) {
    // Windows editors and shells write UTF-16 unasked; its byte order mark is not UTF-8 either.
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
        return NotText{1, 1, "this is UTF-16 text; expected UTF-8: save it in that encoding"};
    int line = 1;
    int column = 1;
    for (std::size_t at = 0; at < bytes.size();) {
        if (bytes[at] == '\0') return NotText{line, column, "this does not look like a text file: it has a NUL byte"};
        const std::size_t length = sequence_length(bytes, at);
        if (length == 0)
            return NotText{line, column,
                           fmt::format("this is not UTF-8 text: the byte 0x{:02x} cannot stand here",
                                       static_cast<unsigned char>(bytes[at]))};
        ++column;
        if (bytes[at] == '\n') {
            ++line;
            column = 1;
        }
        at += length;
    }
    return std::nullopt;
}

}  // namespace fdnprobe::config
