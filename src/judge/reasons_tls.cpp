// Everything re-signed by one CA: an inspector on the way.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/reason_kind.hpp"
#include "judge/words.hpp"

namespace fdnprobe::judge {
namespace {

/// Who signed what the check was shown; nullptr: nobody is known to have.
const CertificateFacts* leaf_of(const Unexplained& open, std::size_t index) {
    const Attempt* const attempt = open.attempt(index);
    return attempt == nullptr || !attempt->tls || attempt->tls->chain.empty() ? nullptr : &attempt->tls->chain.front();
}

std::vector<Reason> find_one_inspector(const Unexplained& open) {
    std::map<std::string, Indices> by_issuer;  // the whole name: two CAs may share a CN
    for (const std::size_t index : open.with_cause({Cause::tls_intercepted}))
        if (const CertificateFacts* const leaf = leaf_of(open, index)) by_issuer[leaf->issuer].push_back(index);
    std::vector<Reason> reasons;
    for (const auto& [issuer, checks] : by_issuer) {
        const std::vector<std::string> hosts = open.hosts(checks);
        // One host may simply have a certificate of its own.
        if (hosts.size() < 2) continue;
        const std::string name = printable(leaf_of(open, checks.front())->issuer_name, 80);
        Reason reason = make_reason(
            open, checks, Owner::network, fmt::format("'{}' signs in place of {} servers.", name, hosts.size()),
            fmt::format("Exempt {} from TLS inspection: '{}' signs in place of the real servers.", join(hosts), name));
        reason.rests_on.push_back(fmt::format(
            "The same issuer stands on certificates of {}, none of which is known to use it.", join(hosts)));
        const std::size_t true_ones = open.count_all([&](const CheckResult& result) {
            return result.conclusion.verdict == Verdict::reachable && result.conclusion.attempt &&
                   *result.conclusion.attempt < result.attempts.size() &&
                   result.attempts[*result.conclusion.attempt].tls != nullptr;
        });
        reason.rests_on.push_back(
            true_ones == 0 ? std::string("No TLS check of this run found a certificate of the real service.")
                           : fmt::format("{} found the certificate of the real service.", count(true_ones, "check")));
        reasons.push_back(std::move(reason));
    }
    return reasons;
}

}  // namespace

const ReasonKind one_inspector_reason{
    "one-inspector",
    {"Certificates of two hosts or more carry the same issuer, one that none of them is known to have.",
     "A device on the way opens TLS and signs anew what it passes on. Fortinet's devices refuse that for FortiGuard.",
     "Exempt the hosts from TLS inspection; the issuer's name says whose device it is."},
    find_one_inspector};

}  // namespace fdnprobe::judge
