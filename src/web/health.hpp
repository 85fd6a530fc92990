// `/readyz`: whether what the page shows is to be relied on.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "fdnprobe/watch.hpp"

namespace fdnprobe::web {

/// Nothing: it is. Otherwise why not, in one sentence.
[[nodiscard]] std::optional<std::string> why_not_ready(const WatchFacts& facts,
                                                       std::chrono::system_clock::time_point now);

}  // namespace fdnprobe::web
