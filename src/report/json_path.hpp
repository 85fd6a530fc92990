// The way of an attempt's packets, hop by hop, in JSON.
#pragma once

#include "fdnprobe/path.hpp"
#include "report/json_values.hpp"

namespace fdnprobe::report {

[[nodiscard]] Json json_path(const PathFacts& path);

}  // namespace fdnprobe::report
