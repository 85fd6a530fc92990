// What the hop-by-hop evidence adds to a finding: where packets die, and who answered nearer than the destination.
// Pure: a function of an attempt's own evidence and of its PathFacts.
#pragma once

#include <optional>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

/// The finding in the light of `attempt.path`; as it was where there is none, or where it says nothing.
[[nodiscard]] Finding locate(const Check& check, const Attempt& attempt, Finding finding);

}  // namespace fdnprobe::judge
