// What the parameters of an address are held to: a wrong one is said, and never passed over.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.hpp"
#include "fdnprobe/history.hpp"
#include "web/target.hpp"

namespace fdnprobe::web {

[[nodiscard]] std::string parameter(const Parameters& parameters, std::string_view name, std::string_view otherwise);

/// The sentence about the first that is none of `known`.
[[nodiscard]] std::optional<std::string> unknown_parameter(const Parameters& parameters,
                                                           std::initializer_list<std::string_view> known);

/// "24h" (so long ago), "2026-11-20" or "2026-11-20T06:25:00Z"; nothing when it is none of them.
[[nodiscard]] std::optional<WallTime> parse_moment(std::string_view text, WallTime now);

}  // namespace fdnprobe::web
