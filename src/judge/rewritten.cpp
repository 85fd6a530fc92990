#include "judge/rewritten.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "judge/finding.hpp"
#include "judge/resolved.hpp"
#include "judge/revise.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::judge {
namespace {

namespace dns = wire::dns;

/// What the check came to before, for people, beside what it comes to now.
std::string former(const CheckResult& result) {
    const Attempt* const attempt = telling_attempt(result);
    const std::string at =
        attempt != nullptr && attempt->destination ? "At " + attempt->destination->address.to_string() : "By itself";
    return fmt::format("{} the check was {} ({}).", at, to_string(result.conclusion.verdict),
                       to_string(result.conclusion.cause));
}

}  // namespace

bool verified(const Check& check, const Attempt& attempt) {
    if (attempt.abandoned || !attempt.tls || verdict_of(attempt.finding.cause) != Verdict::reachable) return false;
    const TlsFacts& facts = *attempt.tls;
    return (facts.public_chain && facts.name_matches) ||
           (check.trust.fortinet && facts.fortinet_chain == FortinetChain::proven);
}

bool verified(const CheckResult& result) {
    const Attempt* const attempt = telling_attempt(result);
    return attempt != nullptr && result.conclusion.verdict == Verdict::reachable && verified(result.check, *attempt);
}

void conclude_rewritten(CheckResult& result, Stage stage, Confidence confidence, Owner owner, std::string detail) {
    warn_once(result, former(result));
    revise(result, make_finding(Cause::dns_rewritten, stage, confidence, owner, std::move(detail)));
}

std::string spell_answer(const DnsAnswer& answer) {
    constexpr std::size_t shown = 3;
    if (answer.rcode != dns::rcode_noerror) return dns::rcode_name(answer.rcode);
    if (answer.addresses.empty()) return "no address";
    std::string text;
    for (std::size_t index = 0; index < std::min(shown, answer.addresses.size()); ++index)
        text += (index == 0 ? "" : ", ") + answer.addresses[index].to_string();
    if (answer.addresses.size() > shown) text += fmt::format(" and {} more", answer.addresses.size() - shown);
    return text;
}

}  // namespace fdnprobe::judge
