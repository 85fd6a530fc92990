// Moments as people write them in options: how long ago, or when.
#pragma once

#include <optional>
#include <string_view>

#include "fdnprobe/history.hpp"

namespace fdnprobe::app {

/// "24h", "7d": that long before `now`. "2026-11-20", "2026-11-20 06:25", "2026-11-20T06:25:00Z": that moment, in UTC.
[[nodiscard]] std::optional<WallTime> parse_moment(std::string_view text, WallTime now);

}  // namespace fdnprobe::app
