#include "judge/attempt.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/finding.hpp"
#include "judge/handshake.hpp"
#include "judge/local.hpp"
#include "judge/path.hpp"
#include "judge/proxy.hpp"
#include "judge/resolution.hpp"
#include "judge/responder.hpp"
#include "judge/silence.hpp"
#include "judge/tls_identity.hpp"
#include "judge/trace.hpp"
#include "judge/transport.hpp"

namespace fdnprobe::judge {
namespace {

std::optional<Finding> judge_way_there(const Check& check, const Attempt& attempt) {
    if (auto finding = judge_proxy_name(check, attempt)) return finding;
    if (auto finding = judge_local(check, attempt)) {
        // What was found on the way to the proxy, and is not this host's own, says that the proxy is not reached.
        if (finding->stage == Stage::proxy && verdict_of(finding->cause) == Verdict::blocked)
            finding->cause = Cause::proxy_unreachable;
        return finding;
    }
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
                            "another attempt had answered first");
    if (attempt.responder)
        return locate(check, attempt, judge_responder(check, attempt, judge_way_there(check, attempt)));
    if (auto finding = judge_way_there(check, attempt)) {
        finding = judge_silence(probe_judge, check, attempt, *finding);
        append(finding->warnings, hosts_file_warnings(check, attempt));
        return locate(check, attempt, std::move(*finding));
    }

    std::optional<Identity> identity;
    if (attempt.tls && !attempt.tls->chain.empty()) {
        identity = judge_identity(check, *attempt.tls);
        if (identity->failure) {
            append(identity->failure->warnings, std::move(identity->warnings));
            return locate(check, attempt, std::move(*identity->failure));
        }
    }
    const Attempt behind = attempt.proxy ? behind_proxy(attempt) : Attempt();
    const Attempt& far_end = attempt.proxy ? behind : attempt;
    std::optional<Finding> finding = judge_handshake(check, far_end);
    if (!finding) finding = judge_connection(check, far_end);
    if (!finding) {
        finding = judge_silence_to_strangers(check, attempt, judge_service(probe_judge, check, far_end));
        if (attempt.proxy && finding->cause == Cause::connected) {
            // Some proxies agree before they have been there.
            finding->confidence = weaker(finding->confidence, Confidence::likely);
            finding->detail += (finding->detail.empty() ? "" : ", ") + std::string("as the proxy says");
        }
        // What was said before counts, and some services always hang up in this way. One that was greeted in TLS and
        // does not speak it has a reason to.
        if (is_reachable(*finding) && attempt.find(What::reset) != nullptr && !did_without_tls(attempt))
            finding->warnings.emplace_back("The connection ended with a reset.");
    }
    if (identity) add_identity(*finding, std::move(*identity));
    append(finding->warnings, path_warnings(attempt));
    append(finding->warnings, hosts_file_warnings(check, attempt));
    return locate(check, attempt, std::move(*finding));
}

}  // namespace fdnprobe::judge
