#include "judge/other_answers.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/resolved.hpp"
#include "judge/rewritten.hpp"
#include "judge/sinkhole.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::judge {
namespace {

namespace dns = wire::dns;

bool contains(const std::vector<Address>& addresses, const Address& address) {
    return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
}

bool same_answer(const DnsAnswer& one, const DnsAnswer& other) {
    return one.rcode == other.rcode && std::set<Address>(one.addresses.begin(), one.addresses.end()) ==
                                           std::set<Address>(other.addresses.begin(), other.addresses.end());
}

/// An address of that name answered as the service, at whichever check.
bool leads_to_service(const Report& report, std::string_view name, const Address& address) {
    for (const CheckResult& result : report.checks) {
        if (!dns::same_name(result.check.host, name) && !dns::same_name(result.check.server_name, name)) continue;
        for (const Attempt& attempt : result.attempts) {
            if (attempt.destination && attempt.destination->address == address && verified(result.check, attempt))
                return true;
            for (const Comparison& comparison : attempt.comparisons)
                if (comparison.change == Change::other_address && comparison.attempt.destination &&
                    comparison.attempt.destination->address == address && verified(result.check, comparison.attempt))
                    return true;
        }
    }
    return false;
}

/// The check ended because this resolver said that there is no address.
bool rests_on_denial(const CheckResult& result, const DnsQuestion& question) {
    if (result.conclusion.verdict != Verdict::unresolved || result.conclusion.stage != Stage::resolve) return false;
    const Attempt* const attempt = telling_attempt(result);
    return attempt != nullptr &&
           std::any_of(attempt->evidence.begin(), attempt->evidence.end(), [&](const Event& event) {
               return (event.what == What::resolve_rcode || event.what == What::resolve_no_data) &&
                      event.detail == question.type && resolver_of(event) == question.resolver;
           });
}

struct Split {
    const DnsAnswer* used = nullptr;
    const DnsAnswer* other = nullptr;
};

/// The answer that the check went by, and one to the same question that contradicts it.
std::optional<Split> contradiction(const CheckResult& result, const DnsQuestion& question) {
    const auto used = used_address(result);
    const bool denied = !used && rests_on_denial(result, question);
    if (!denied && (!used || used->resolver != question.resolver)) return std::nullopt;
    Split split;
    for (const DnsAnswer& answer : question.answers) {
        const bool fits = denied ? answer.addresses.empty() : contains(answer.addresses, used->address);
        const DnsAnswer*& place = fits ? split.used : split.other;
        if (place == nullptr) place = &answer;
    }
    if (split.used == nullptr || split.other == nullptr) return std::nullopt;
    return split;
}

/// What a wrong address brings about: another server, another protocol, or nobody.
bool may_be_wrong_address(Cause cause) {
    switch (cause) {
        case Cause::tls_intercepted:
        case Cause::untrusted_issuer:
        case Cause::name_mismatch:
        case Cause::wrong_protocol:
        case Cause::timeout: return true;
        default: return false;
    }
}

/// All addresses of one family that a resolver gave a name.
std::vector<Address> given_by(const ResolverFacts& facts, const SocketAddress& resolver, std::string_view name,
                              Family family) {
    std::vector<Address> all;
    for (const DnsQuestion& question : facts.questions) {
        if (question.resolver != resolver || !dns::same_name(question.name, name)) continue;
        for (const DnsAnswer& answer : question.answers)
            for (const Address& address : answer.addresses)
                if (address.family() == family) all.push_back(address);
    }
    return all;
}

}  // namespace

std::optional<Used> used_address(const CheckResult& result) {
    const Attempt* const attempt = telling_attempt(result);
    if (attempt == nullptr) return std::nullopt;
    for (const Event& event : attempt->evidence) {
        if (event.what != What::resolve_answer || !event.from) continue;
        const bool sinkhole = result.conclusion.cause == Cause::dns_sinkhole && is_sinkhole(*event.from, result.check);
        const bool dialled = attempt->destination && attempt->destination->address == *event.from;
        if (!(attempt->destination ? dialled : sinkhole)) continue;
        if (const auto resolver = resolver_of(event)) return Used{*event.from, *resolver};
    }
    return std::nullopt;
}

bool may_be_led_astray(const CheckResult& result) {
    return result.check.public_name && may_be_wrong_address(result.conclusion.cause) && rests_on_resolvers(result);
}

std::vector<Address> other_addresses(const CheckResult& result, const ResolverFacts& facts) {
    constexpr std::size_t most = 2;
    if (!may_be_led_astray(result)) return {};
    const auto used = used_address(result);
    if (!used) return {};
    std::vector<Address> others;
    for (const DnsQuestion& question : facts.questions) {
        if (!dns::same_name(question.name, result.check.host)) continue;
        for (const DnsAnswer& answer : question.answers) {
            if (contains(answer.addresses, used->address)) continue;
            const auto fits = [&](const Address& address) {
                const bool tried = std::any_of(result.attempts.begin(), result.attempts.end(), [&](const Attempt& one) {
                    return one.destination && one.destination->address == address;
                });
                return address.family() == used->address.family() && !is_sinkhole(address, result.check) && !tried &&
                       !contains(others, address);
            };
            const auto found = std::find_if(answer.addresses.begin(), answer.addresses.end(), fits);
            if (found != answer.addresses.end() && others.size() < most) others.push_back(*found);
        }
    }
    return others;
}

void relate_second_answers(Report& report) {
    for (const DnsQuestion& question : report.resolvers.questions) {
        if (question.transport != Transport::udp || question.answers.size() < 2) continue;
        const bool differ =
            std::any_of(question.answers.begin() + 1, question.answers.end(),
                        [&](const DnsAnswer& one) { return !same_answer(one, question.answers.front()); });
        if (!differ) continue;
        std::string twice = fmt::format("one question to resolver {} was answered more than once: first {}",
                                        spell_resolver(question.resolver), spell_answer(question.answers.front()));
        for (std::size_t index = 1; index < question.answers.size(); ++index)
            twice += ", then " + spell_answer(question.answers[index]);
        for (CheckResult& result : report.checks) {
            if (says_nothing(result) || !result.check.public_name || !rests_on_resolvers(result)) continue;
            if (result.conclusion.cause == Cause::dns_rewritten || !dns::same_name(result.check.host, question.name))
                continue;
            const auto split = contradiction(result, question);
            if (!split) continue;
            if (verified(result)) {
                warn_once(result, fmt::format("The name {} has been tampered with: {}; the address that was used is "
                                              "the service's.",
                                              printable(result.check.host, 255), twice));
                continue;
            }
            const bool failed =
                result.conclusion.verdict != Verdict::reachable && result.conclusion.verdict != Verdict::inconclusive;
            const bool other_is_true = std::any_of(split->other->addresses.begin(), split->other->addresses.end(),
                                                   [&](const Address& address) {
                                                       return !contains(split->used->addresses, address) &&
                                                              leads_to_service(report, result.check.host, address);
                                                   });
            conclude_rewritten(result, Stage::resolve,
                               failed && other_is_true ? Confidence::proven : Confidence::likely, Owner::network,
                               other_is_true ? twice + ", which leads to the service" : twice);
        }
    }
}

void relate_different_resolvers(Report& report) {
    std::set<SocketAddress> resolvers;
    for (const DnsQuestion& question : report.resolvers.questions) resolvers.insert(question.resolver);
    for (CheckResult& result : report.checks) {
        if (!may_be_led_astray(result)) continue;
        const auto used = used_address(result);
        if (!used) continue;
        const std::string& name = result.check.host;
        const auto its_own = given_by(report.resolvers, used->resolver, name, used->address.family());
        for (const SocketAddress& other : resolvers) {
            if (other == used->resolver) continue;
            const auto others = given_by(report.resolvers, other, name, used->address.family());
            if (contains(others, used->address)) continue;
            const auto found = std::find_if(others.begin(), others.end(), [&](const Address& address) {
                return !contains(its_own, address) && leads_to_service(report, name, address);
            });
            if (found == others.end()) continue;
            conclude_rewritten(
                result, Stage::resolve, Confidence::likely, Owner::resolver,
                fmt::format("resolver {} answered {}, which is not the service; resolver {} answered {}, "
                            "which is",
                            spell_resolver(used->resolver), used->address.to_string(), spell_resolver(other),
                            found->to_string()));
            break;
        }
    }
}

}  // namespace fdnprobe::judge
