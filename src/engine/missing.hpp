// What a site would have to give for more to be tested than a plan can test now. Pure, like the plan.
#pragma once

#include <vector>

#include "engine/plan.hpp"
#include "fdnprobe/report.hpp"

namespace fdnprobe::engine {

/// In the order in which it helps: addresses first, without which nothing else does.
[[nodiscard]] std::vector<Missing> find_missing(const Plan& plan, const PlanOptions& options);

}  // namespace fdnprobe::engine
