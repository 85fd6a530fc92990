#include "app/baseline.hpp"

#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "config/load.hpp"
#include "probes/registry.hpp"

namespace fdnprobe::app {
namespace {

using Endpoint = std::pair<std::string, Port>;

std::string name_of(const Endpoint& endpoint) {
    return fmt::format("{} {}", printable(endpoint.first, 255), endpoint.second.to_string());
}

bool uses_tls(const Check& check) {
    const probes::Probe* probe = check.skip ? nullptr : probes::find(check.probe);
    return probe != nullptr && probe->description.uses_tls;
}

KnownIdentity identity_of(const TlsFacts& facts) {
    const CertificateFacts& leaf = facts.chain.front();
    KnownIdentity known;
    known.issuer = leaf.issuer;
    known.issuer_name = leaf.issuer_name;
    known.issuer_key_sha256 = facts.issuer_key_sha256;
    known.key_sha256 = leaf.key_sha256;
    return known;
}

/// The hosts of one name may have a key each, and one certificate may be renewed on one of them first.
bool same_owner(const KnownIdentity& one, const KnownIdentity& other) {
    if (one.key_sha256 == other.key_sha256) return true;
    return !one.issuer_key_sha256.empty() && one.issuer_key_sha256 == other.issuer_key_sha256;
}

const Attempt* telling(const CheckResult& result) {
    const auto index = result.conclusion.attempt;
    if (!index || *index >= result.attempts.size()) return nullptr;
    const Attempt& attempt = result.attempts[*index];
    return attempt.responder || attempt.tls == nullptr || attempt.tls->chain.empty() ? nullptr : &attempt;
}

std::string reason(const CheckResult& result, const Attempt& attempt) {
    std::string text(to_string(result.conclusion.cause));
    if (!attempt.finding.detail.empty()) text += ", " + attempt.finding.detail;
    return text;
}

}  // namespace

Learned learn(const Report& report) {
    Learned learned;
    learned.baseline.learned = to_rfc3339(report.started);
    learned.baseline.vantage = report.vantage.host;
    if (!report.vantage.site.empty()) learned.baseline.vantage += fmt::format(" ({})", report.vantage.site);
    auto& endpoints = learned.baseline.endpoints;
    std::map<Endpoint, std::string> distrusted;
    std::map<Endpoint, std::string> others;  // nothing speaks against them
    for (const CheckResult& result : report.checks) {
        if (!uses_tls(result.check)) continue;
        const Endpoint endpoint(result.check.host, result.check.port);
        const Attempt* const attempt = telling(result);
        if (attempt == nullptr) {
            others.emplace(endpoint, "no certificate was seen");
            continue;
        }
        const Verdict verdict = result.conclusion.verdict;
        if (verdict != Verdict::reachable) {
            const bool identity = verdict == Verdict::untrusted || verdict == Verdict::intercepted;
            (identity ? distrusted : others).insert_or_assign(endpoint, reason(result, *attempt));
            continue;
        }
        const KnownIdentity known = identity_of(*attempt->tls);
        const auto [place, fresh] = endpoints.emplace(endpoint, known);
        if (!fresh && !same_owner(place->second, known))
            distrusted.emplace(endpoint, "two checks saw certificates of different signers");
    }
    // Another check of the same endpoint may have come out well.
    for (const auto& [endpoint, why] : distrusted) endpoints.erase(endpoint);
    for (auto& [endpoint, why] : others)
        if (!endpoints.contains(endpoint)) distrusted.emplace(endpoint, std::move(why));
    for (const auto& [endpoint, why] : distrusted)
        learned.left_out.push_back(fmt::format("{} is left out: {}", name_of(endpoint), why));
    return learned;
}

config::Baseline load_baseline(const std::string& file, Problems& problems) {
    const auto text = config::read_text_file(file);
    if (!text) {
        problems.push_back(text.error());
        return {};
    }
    auto baseline = config::parse_baseline(*text, file);
    if (baseline) return std::move(*baseline);
    problems.insert(problems.end(), baseline.error().begin(), baseline.error().end());
    return {};
}

std::size_t apply_baseline(const config::Baseline& baseline, std::span<Check> checks) {
    std::size_t matched = 0;
    for (Check& check : checks) {
        if (!uses_tls(check)) continue;
        const auto found = baseline.endpoints.find(Endpoint(check.host, check.port));
        if (found == baseline.endpoints.end()) continue;
        check.known = std::make_shared<const KnownIdentity>(found->second);
        ++matched;
    }
    return matched;
}

}  // namespace fdnprobe::app
