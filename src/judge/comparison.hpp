// What the same attempt with one thing changed adds to a finding: whether it is the server's name that is filtered, or
// the size of the packets that the way does not carry, or neither.
#pragma once

#include <optional>
#include <string_view>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

/// In the detail of a finding that a filter goes by the server's name.
inline constexpr std::string_view name_is_filtered = "the name is what is filtered";

/// Of a TLS greeting that got no answer; `finding` as it was where nothing was compared.
[[nodiscard]] Finding compare_greetings(const Check& check, const Attempt& attempt, Finding finding);

/// Of a request in plain text that was never acknowledged: nothing, unless smaller packets got an answer.
[[nodiscard]] std::optional<Finding> compare_requests(const Attempt& attempt);

}  // namespace fdnprobe::judge
