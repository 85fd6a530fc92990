#include "judge/shared_issuer.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/advice.hpp"
#include "judge/issuer.hpp"
#include "judge/summary.hpp"

namespace fdnprobe::judge {
namespace {

/// What the conclusion rests on; nothing: it is not about an issuer.
const Attempt* attempt_with_stranger(const CheckResult& result) {
    const Conclusion& conclusion = result.conclusion;
    if (conclusion.cause != Cause::tls_intercepted && conclusion.cause != Cause::untrusted_issuer) return nullptr;
    if (!conclusion.attempt || *conclusion.attempt >= result.attempts.size()) return nullptr;
    const Attempt& attempt = result.attempts[*conclusion.attempt];
    if (attempt.tls == nullptr || attempt.tls->chain.empty()) return nullptr;
    // A public CA does sign for everybody: one that is not known here proves nothing by doing it often.
    if (conclusion.cause == Cause::untrusted_issuer && public_ca_by_name(attempt.tls->chain.back())) return nullptr;
    return &attempt;
}

/// What tells one issuer from another: its key, or its name where its key is not known.
std::string identity_of_issuer(const TlsFacts& facts) {
    if (!facts.issuer_key_sha256.empty()) return "key " + facts.issuer_key_sha256;
    return "name " + facts.chain.front().issuer;
}

/// The host as TLS knows it: some of a table's hosts are addresses, with a name to expect.
const std::string& name_of(const Check& check) { return check.server_name.empty() ? check.host : check.server_name; }

/// What a name shares with its owner's other names: its last two labels. Where names are registered below three, as
/// under co.uk, unrelated ones pass for related, and less follows.
std::string owner_of(const std::string& name) {
    const std::size_t last = name.rfind('.');
    const std::size_t before = last == std::string::npos || last == 0 ? std::string::npos : name.rfind('.', last - 1);
    return lower(before == std::string::npos ? name : name.substr(before + 1));
}

/// A name that no CA of a site has any business with. A site's own hosts may well have certificates of its own CA.
bool is_public(const Check& check) {
    return check.public_name || (check.host_is_address && Address::parse(name_of(check)) == std::nullopt);
}

struct Issuer {
    std::vector<CheckResult*> results;
    std::set<std::string> names;   ///< of hosts
    std::set<std::string> owners;  ///< of those that are public
};

void say(CheckResult& result, const Issuer& issuer) {
    const Attempt& attempt = result.attempts[*result.conclusion.attempt];
    const std::size_t others = issuer.names.size() - 1;
    const std::string text = fmt::format("; the same {} signs for {} other names",
                                         attempt.tls->chain.front().self_signed ? "key" : "CA", others);
    std::string& summary = result.conclusion.summary;
    summary.insert(summary.ends_with('.') ? summary.size() - 1 : summary.size(), text);
    result.attempts[*result.conclusion.attempt].finding.detail += text;
}

/// A stranger's certificate that stands for so many is an inspector's.
void raise(CheckResult& result) {
    Conclusion& conclusion = result.conclusion;
    Attempt& attempt = result.attempts[*conclusion.attempt];
    Finding& finding = attempt.finding;
    finding.confidence = std::min(finding.confidence, Confidence::likely);
    finding.owner = Owner::network;
    if (finding.cause == Cause::untrusted_issuer) {
        finding.cause = Cause::tls_intercepted;
        conclusion.cause = finding.cause;
        conclusion.verdict = verdict_of(finding.cause);
        conclusion.summary = summarise(result.check, finding, attempt.destination);
    }
    conclusion.confidence = finding.confidence;
    conclusion.owner = finding.owner;
    Circumstances circumstances;
    circumstances.tls = attempt.tls.get();
    circumstances.destination = attempt.destination;
    circumstances.through_proxy = attempt.proxy.has_value();
    take_advice(conclusion, advise(result.check, finding, circumstances));
}

}  // namespace

void relate_issuers(std::span<CheckResult> results) {
    std::map<std::string, Issuer> issuers;
    for (CheckResult& result : results) {
        const Attempt* const attempt = attempt_with_stranger(result);
        if (attempt == nullptr) continue;
        Issuer& issuer = issuers[identity_of_issuer(*attempt->tls)];
        issuer.results.push_back(&result);
        issuer.names.insert(lower(name_of(result.check)));
        if (is_public(result.check)) issuer.owners.insert(owner_of(name_of(result.check)));
    }
    for (auto& [identity, issuer] : issuers) {
        if (issuer.owners.size() < unrelated_names) continue;
        for (CheckResult* const result : issuer.results) {
            raise(*result);
            say(*result, issuer);
        }
    }
}

}  // namespace fdnprobe::judge
