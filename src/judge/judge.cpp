// The two entry points that look a probe up by name; the work is in attempt.cpp and conclude.cpp.
#include "judge/judge.hpp"

#include "judge/attempt.hpp"
#include "judge/conclude.hpp"
#include "probes/registry.hpp"

namespace fdnprobe::judge {
namespace {

ProbeJudge judge_of(const Check& check) {
    const probes::Probe* const probe = probes::find(check.probe);
    return probe == nullptr ? nullptr : probe->judge;
}

}  // namespace

Finding judge_attempt(const Check& check, const Attempt& attempt) {
    return judge_attempt_with(judge_of(check), check, attempt);
}

Conclusion conclude(const Check& check, std::span<Attempt> attempts) {
    return conclude_with(judge_of(check), check, attempts);
}

}  // namespace fdnprobe::judge
