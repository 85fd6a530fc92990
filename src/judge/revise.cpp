#include "judge/revise.hpp"

#include <optional>

#include "judge/advice.hpp"
#include "judge/resolved.hpp"
#include "judge/summary.hpp"

namespace fdnprobe::judge {

void revise(CheckResult& result, const Finding& finding) {
    const Attempt* const attempt = telling_attempt(result);
    const std::optional<SocketAddress> destination = attempt == nullptr ? std::nullopt : attempt->destination;
    Conclusion& conclusion = result.conclusion;
    conclusion.verdict = verdict_of(finding.cause);
    conclusion.cause = finding.cause;
    conclusion.stage = finding.stage;
    conclusion.confidence = finding.confidence;
    conclusion.owner = finding.owner;
    conclusion.where = finding.where;
    conclusion.summary = summarise(result.check, finding, destination);
    take_advice(conclusion, advise(result.check, finding, {}));
}

}  // namespace fdnprobe::judge
