// Answers to packets that cannot have got as far as the destination: somebody nearer gave them in its name.
#pragma once

#include "fdnprobe/check.hpp"
#include "judge/hops.hpp"

namespace fdnprobe::judge {

/// The finding rests on a reset in place of a connection; it may become `reset_on_path`.
void judge_reset(Finding& finding, const PathFacts& facts, const Ways& ways);

/// Somebody took the packets; that may become `answered_on_path`.
void judge_answer(const Check& check, const Attempt& attempt, Finding& finding, const Ways& ways);

}  // namespace fdnprobe::judge
