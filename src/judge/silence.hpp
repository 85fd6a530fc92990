// What silence means depends on who was asked. The path's judge sees only that nothing came back; a probe knows why its
// service may keep quiet and what would tell more, and where nobody but the members of a cluster is ever answered,
// silence is not even a sign.
//
// Where fdnprobe itself was asked at the far end, and where it is no finding of silence, a finding stays what it is.
#pragma once

#include "judge/attempt.hpp"

namespace fdnprobe::judge {

/// What the path's judge came to, in the light of the probe.
[[nodiscard]] Finding judge_silence(ProbeJudge probe_judge, const Check& check, const Attempt& attempt,
                                    Finding finding);

/// For a service that is open to members of a cluster alone: silence towards this host was to be expected.
[[nodiscard]] Finding judge_silence_to_strangers(const Check& check, const Attempt& attempt, Finding finding);

}  // namespace fdnprobe::judge
