// The evidence of an attempt in a trace: every event with all that is kept of its bytes, what TLS showed, the way of
// its packets, and what was tried once more.
#pragma once

#include "fdnprobe/evidence.hpp"
#include "report/json_library.hpp"

namespace fdnprobe::report {

[[nodiscard]] nlohmann::json trace_attempt(const Attempt& attempt);

}  // namespace fdnprobe::report
