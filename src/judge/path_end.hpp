// Where packets that stay unanswered were last seen, and whether something drops them there.
#pragma once

#include "fdnprobe/check.hpp"
#include "judge/hops.hpp"

namespace fdnprobe::judge {

/// The finding rests on silence; it may become `timeout`, `lost_on_path` or `path_open`, with a place and a confidence.
void judge_silent(const Check& check, Finding& finding, const Attempt& attempt, const Ways& ways);

}  // namespace fdnprobe::judge
