#include "config/key_depth.hpp"

#include <algorithm>
#include <cstddef>

namespace fdnprobe::config {
namespace {

/// Just behind the string that begins at `at`; for one that never ends, behind all of `text`. A string in single quotes
/// has no escapes, and one in a single pair of quotes ends with its line, which is a mistake that the parser reports.
std::size_t behind_string(std::string_view text, std::size_t at) {
    const char quote = text[at];
    const bool many_lines = text.substr(at, 3) == (quote == '"' ? R"(""")" : "'''");
    const std::string_view end = text.substr(at, many_lines ? 3 : 1);
    for (at += end.size(); at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\')
            ++at;
        else if (!many_lines && text[at] == '\n')
            return at;
        else if (text.substr(at).starts_with(end))
            return at + end.size();
    }
    return text.size();
}

int characters(std::string_view text) {
    int count = 0;
    for (const char c : text)
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++count;
    return count;
}

}  // namespace

std::optional<KeyPlace> find_too_deep_key(std::string_view text) {
    int line = 1;
    std::size_t line_start = 0;
    int dots = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        std::size_t next = at + 1;
        if (c == '"' || c == '\'')
            next = behind_string(text, at);
        else if (c == '#')
            next = std::min(text.find('\n', at), text.size());
        else if (c == '.' && ++dots > most_dots)
            return KeyPlace{line, 1 + characters(text.substr(line_start, at - line_start))};
        else if (c == '\n')
            dots = 0;
        for (; at < next && at < text.size(); ++at) {
            if (text[at] != '\n') continue;
            ++line;
            line_start = at + 1;
        }
    }
    return std::nullopt;
}

}  // namespace fdnprobe::config
