#include "judge/resolvers.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/blackhole.hpp"
#include "judge/finding.hpp"
#include "judge/other_answers.hpp"
#include "judge/resolved.hpp"
#include "judge/resolver_health.hpp"
#include "judge/revise.hpp"
#include "judge/rewritten.hpp"
#include "judge/sinkhole.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::judge {
namespace {

namespace dns = wire::dns;

/// One resolver filters and another does not: the check went by the other, and a device may not.
void relate_filtering_resolvers(Report& report) {
    for (CheckResult& result : report.checks) {
        if (says_nothing(result) || !result.check.public_name || !rests_on_resolvers(result)) continue;
        const auto used = used_address(result);
        if (!used || is_sinkhole(used->address, result.check)) continue;
        for (const Event& event : telling_attempt(result)->evidence) {
            if (event.what != What::resolve_answer || !event.from || !is_sinkhole(*event.from, result.check)) continue;
            const auto resolver = resolver_of(event);
            if (!resolver || *resolver == used->resolver) continue;
            warn_once(result,
                      fmt::format("Resolver {} answers {} with {}, {}; the answer of resolver {} was used. A device "
                                  "that asks the first does not get there.",
                                  spell_resolver(*resolver), printable(result.check.host, 255), event.from->to_string(),
                                  sinkhole_text(*event.from, result.check), spell_resolver(used->resolver)));
            break;
        }
    }
}

/// A name that one resolver denies and another knows is no matter of the name.
void relate_denials(Report& report) {
    for (CheckResult& result : report.checks) {
        const Conclusion& conclusion = result.conclusion;
        if (conclusion.verdict != Verdict::unresolved || conclusion.stage != Stage::resolve) continue;
        for (const DnsQuestion& question : report.resolvers.questions) {
            if (!dns::same_name(question.name, result.check.host) || question.answers.empty()) continue;
            const DnsAnswer& answer = question.answers.front();
            if (answer.addresses.empty() ||
                std::any_of(answer.addresses.begin(), answer.addresses.end(),
                            [&](const Address& address) { return is_sinkhole(address, result.check); }))
                continue;
            warn_once(result, fmt::format("Resolver {} has an address for it: {}.", spell_resolver(question.resolver),
                                          spell_answer(answer)));
            break;
        }
    }
}

/// What a resolver sends that is no DNS never reaches the check, which sees silence.
void relate_nonsense(Report& report) {
    for (CheckResult& result : report.checks) {
        if (result.conclusion.cause != Cause::dns_timeout || !rests_on_resolvers(result)) continue;
        const DnsQuestion* nonsense = nullptr;
        bool nothing_else = true;
        for (const DnsQuestion& question : report.resolvers.questions) {
            if (question.transport != Transport::udp || !dns::same_name(question.name, result.check.host)) continue;
            if (!question.malformed.empty() && question.answers.empty())
                nonsense = &question;
            else
                nothing_else = false;
        }
        if (nonsense == nullptr || !nothing_else) continue;
        const Finding finding =
            make_finding(Cause::dns_malformed, Stage::resolve, Confidence::proven, Owner::resolver,
                         fmt::format("resolver {} sends bytes that are not DNS: {}", spell_resolver(nonsense->resolver),
                                     printable(nonsense->malformed, 120)));
        revise(result, finding);
    }
}

}  // namespace

void relate_resolvers(Report& report) {
    relate_second_answers(report);
    relate_different_resolvers(report);
    relate_nonsense(report);
    relate_blackhole(report);
    relate_filtering_resolvers(report);
    relate_denials(report);
    relate_resolver_health(report);
}

}  // namespace fdnprobe::judge
