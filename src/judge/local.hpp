// This host's own trouble. Judged first, because none of it says anything about the network.
#pragma once

#include <optional>

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

[[nodiscard]] std::optional<Finding> judge_local(const Check& check, const Attempt& attempt);

}  // namespace fdnprobe::judge
