// The evidence of an attempt in a trace: every event with all that is kept of its bytes, what TLS showed, the way of
// its packets, and what was tried once more.
#pragma once

#include <nlohmann/json.hpp>

#include "fdnprobe/evidence.hpp"

namespace fdnprobe::report {

[[nodiscard]] nlohmann::json trace_attempt(const Attempt& attempt);

}  // namespace fdnprobe::report
