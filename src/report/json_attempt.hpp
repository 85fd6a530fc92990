// One attempt in JSON: all its evidence, what was then looked at once more, and what it came to.
#pragma once

#include "fdnprobe/evidence.hpp"
#include "report/json_values.hpp"

namespace fdnprobe::report {

[[nodiscard]] Json json_attempt(const Attempt& attempt);

}  // namespace fdnprobe::report
