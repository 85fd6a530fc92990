// Text from elsewhere made safe to show, and the few ways in which names are compared.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fdnprobe {

/// Text that a terminal, a page or a log may show, whatever `raw` holds: control characters (C0, DEL, C1), bytes that
/// are not UTF-8, bidirectional controls, line and paragraph separators and invisible format characters become `\xNN`
/// or `\u{N}`. The result is never longer than `limit` bytes; a cut is marked with "...". Applying it twice changes
/// nothing.
[[nodiscard]] std::string printable(std::string_view raw, std::size_t limit = 512);

/// `*` any run, `?` any one character; ASCII case does not matter.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);

/// ASCII only: host names and keys.
[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

/// Lower-case words joined by '-': "AV/IPS Update" -> "av-ips-update".
[[nodiscard]] std::string slug(std::string_view text);

/// The candidate that `word` was most likely meant to be; nothing when none is near.
[[nodiscard]] std::optional<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// One word of a command line for a shell: in quotes where it needs them.
[[nodiscard]] std::string shell_word(std::string_view text);

/// Lower-case hexadecimal.
[[nodiscard]] std::string hex(std::string_view bytes);

/// The decimal number that `text` wholly is, within [low, high].
[[nodiscard]] std::optional<long> parse_number(std::string_view text, long low, long high);

}  // namespace fdnprobe
