// One attempt, judged. The order is the point: a fault of this host, of the resolver or of the path explains what comes
// after it, so the first judge that finds one has the word, and the probe's own judge only sees attempts that reached
// the service.
#pragma once

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

/// As in probes::Probe.
using ProbeJudge = Finding (*)(const Check& check, const Attempt& attempt);

/// With the probe's judge given; nullptr: there is no such probe, which is a fault of the program.
[[nodiscard]] Finding judge_attempt_with(ProbeJudge probe_judge, const Check& check, const Attempt& attempt);

}  // namespace fdnprobe::judge
