// What each resolver said when it was asked apart, in JSON.
#pragma once

#include "fdnprobe/resolvers.hpp"
#include "report/json_values.hpp"

namespace fdnprobe::report {

/// One object a question; an empty list where nobody was asked.
[[nodiscard]] Json json_resolvers(const ResolverFacts& facts);

}  // namespace fdnprobe::report
