// Did the name become an address, and one that its owner may have given?
#pragma once

#include <optional>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

[[nodiscard]] std::optional<Finding> judge_resolution(const Check& check, const Attempt& attempt);

}  // namespace fdnprobe::judge
