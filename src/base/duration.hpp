// Spans of time as people write them in options and files: "90", "30s", "5m", "24h", "7d", "2w".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fdnprobe {

/// A whole number and a unit (s, m, h, d, w; none: seconds), or several, largest first: "1h30m". Nothing when it is
/// not one, or is longer than a hundred years.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

/// The shortest such text: "5m", "1h30m", "0s".
[[nodiscard]] std::string duration_text(std::chrono::seconds span);

}  // namespace fdnprobe
