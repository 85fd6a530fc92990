// The reasons that many checks share, in JSON.
#pragma once

#include "fdnprobe/report.hpp"
#include "report/json_values.hpp"

namespace fdnprobe::report {

/// An empty list where there are none.
[[nodiscard]] Json json_reasons(const Report& report);

}  // namespace fdnprobe::report
