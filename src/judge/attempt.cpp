#include "judge/attempt.hpp"

#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/finding.hpp"
#include "judge/handshake.hpp"
#include "judge/local.hpp"
#include "judge/proxy.hpp"
#include "judge/resolution.hpp"
#include "judge/tls_identity.hpp"
#include "judge/trace.hpp"
#include "judge/transport.hpp"

namespace fdnprobe::judge {
namespace {

std::optional<Finding> judge_way_there(const Check& check, const Attempt& attempt) {
    if (auto finding = judge_local(check, attempt)) return finding;
    if (auto finding = judge_resolution(check, attempt)) return finding;
    if (auto finding = judge_proxy(attempt)) return finding;
    return judge_path(check, attempt);
}

void append(std::vector<std::string>& warnings, std::vector<std::string> more) {
    for (std::string& warning : more) warnings.push_back(std::move(warning));
}

bool is_reachable(const Finding& finding) { return verdict_of(finding.cause) == Verdict::reachable; }

/// What the certificate adds to a finding that is good news.
void add_identity(Finding& finding, Identity identity) {
    append(finding.warnings, std::move(identity.warnings));
    if (!is_reachable(finding)) return;
    finding.confidence = weaker(finding.confidence, identity.confidence);
    // The TLS probe names the signer itself; what remains to be said is who that is.
    if (finding.detail.ends_with(identity.signed_by))
        finding.detail += identity.signer_is;
    else
        finding.detail += (finding.detail.empty() ? "" : ", ") + identity.signed_by + identity.signer_is;
}

Finding judge_service(ProbeJudge probe_judge, const Check& check, const Attempt& attempt) {
    if (probe_judge == nullptr)
        return make_finding(Cause::internal, Stage::plan, Confidence::proven, Owner::this_host,
                            fmt::format("there is no probe '{}'", printable(check.probe, 60)));
    return probe_judge(check, attempt);
}

}  // namespace

Finding judge_attempt_with(ProbeJudge probe_judge, const Check& check, const Attempt& attempt) {
    if (attempt.abandoned)
        return make_finding(Cause::not_applicable, Stage::connect, Confidence::proven, Owner::nobody,
                            "another address had answered first");
    if (auto finding = judge_way_there(check, attempt)) return *finding;

    std::optional<Identity> identity;
    if (attempt.tls && !attempt.tls->chain.empty()) {
        identity = judge_identity(check, *attempt.tls);
        if (identity->failure) {
            append(identity->failure->warnings, std::move(identity->warnings));
            return *identity->failure;
        }
    }
    std::optional<Finding> finding = judge_handshake(check, attempt);
    if (!finding) finding = judge_connection(check, attempt);
    if (!finding) {
        finding = judge_service(probe_judge, check, attempt);
        // What was said before counts, and some services always hang up in this way.
        if (is_reachable(*finding) && attempt.find(What::reset) != nullptr)
            finding->warnings.emplace_back("The connection ended with a reset.");
    }
    if (identity) add_identity(*finding, std::move(*identity));
    append(finding->warnings, path_warnings(attempt));
    return *finding;
}

}  // namespace fdnprobe::judge
