// A conclusion in the light of other checks.
#pragma once

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

/// The check comes to this instead; what is worth knowing of it, and the attempt that it rests on, stay.
void revise(CheckResult& result, const Finding& finding);

}  // namespace fdnprobe::judge
