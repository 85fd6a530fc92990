// Whether bytes are text at all: said before a parser that expects text gets confused by them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fdnprobe::config {

struct NotText {
    int line = 0;
    int column = 0;  ///< in characters, from 1
    std::string what;
};

/// The first byte that no text file has: NUL, or one that is not UTF-8 (RFC 3629).
[[nodiscard]] std::optional<NotText> find_not_text(std::string_view bytes);

}  // namespace fdnprobe::config
