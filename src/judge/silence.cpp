#include "judge/silence.hpp"

#include <utility>

#include "judge/trace.hpp"
#include "probes/registry.hpp"

namespace fdnprobe::judge {
namespace {

bool is_silence(const Attempt& attempt, const Finding& finding) {
    return !attempt.responder && (finding.cause == Cause::no_reply || finding.cause == Cause::timeout);
}

bool is_for_members_only(const Check& check) {
    const probes::Probe* const probe = probes::find(check.probe);
    return probe != nullptr && probe->description.members_only;
}

}  // namespace

Finding judge_silence_to_strangers(const Check& check, const Attempt& attempt, Finding finding) {
    if (!is_silence(attempt, finding) || !is_for_members_only(check)) return finding;
    finding.cause = Cause::not_testable_from_here;
    finding.confidence = Confidence::proven;
    finding.owner = Owner::nobody;
    finding.detail =
        "nothing came back, and it is open to the members of its cluster alone, over an interface of theirs; a "
        "responder there would decide";
    return finding;
}

Finding judge_silence(ProbeJudge probe_judge, const Check& check, const Attempt& attempt, Finding finding) {
    finding = judge_silence_to_strangers(check, attempt, std::move(finding));
    // TCP's silence came before there was anything to ask.
    if (!is_silence(attempt, finding) || over_tcp(check) || !connected(attempt) || probe_judge == nullptr)
        return finding;
    const Finding own = probe_judge(check, attempt);
    const Verdict verdict = verdict_of(own.cause);
    if (verdict != Verdict::inconclusive && verdict != Verdict::skipped) return finding;
    finding.cause = own.cause;
    finding.owner = own.owner;
    finding.confidence = own.confidence;
    if (verdict == Verdict::skipped)
        finding.detail = own.detail;  // it does not rest on the silence
    else if (!own.detail.empty())
        finding.detail += (finding.detail.empty() ? "" : "; ") + own.detail;
    finding.warnings.insert(finding.warnings.end(), own.warnings.begin(), own.warnings.end());
    return finding;
}

}  // namespace fdnprobe::judge
