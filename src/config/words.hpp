// The turns of phrase that every message about a file uses.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fdnprobe::config {

/// What a file says, escaped, shortened and between backquotes. (`quoted` would be found in std, for a std::string.)
[[nodiscard]] std::string in_quotes(std::string_view value);

/// "a", "a or b", "a, b or c"; each as it is.
[[nodiscard]] std::string one_of(std::span<const std::string> names);

/// "; did you mean `NAME`?", or nothing when no candidate is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace fdnprobe::config
