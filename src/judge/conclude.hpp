// From the attempts of a check to its one conclusion.
//
// Each address is evidence of its own, and the check takes the best of them: a service with one address that answers
// is reachable, with a warning for each that does not. Tries at the same address are one thing seen several times, so
// there a definite answer outweighs silence: ICMP errors are rated (Linux sends one a second to a host), and the try
// that was not told why must not hide the one that was.
#pragma once

#include <span>

#include "fdnprobe/check.hpp"
#include "judge/attempt.hpp"

namespace fdnprobe::judge {

/// `conclude`, with the probe's judge given.
[[nodiscard]] Conclusion conclude_with(ProbeJudge probe_judge, const Check& check, std::span<Attempt> attempts);

}  // namespace fdnprobe::judge
