#include "judge/blackhole.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "judge/resolved.hpp"
#include "judge/rewritten.hpp"

namespace fdnprobe::judge {
namespace {

const DnsQuestion* find_answered_blackhole(const ResolverFacts& facts) {
    const auto found = std::find_if(facts.blackhole.begin(), facts.blackhole.end(),
                                    [](const DnsQuestion& question) { return !question.answers.empty(); });
    return found == facts.blackhole.end() ? nullptr : &*found;
}

/// What is asked there leaves this host.
bool beyond_this_host(const Attempt& attempt) {
    if (!attempt.destination || attempt.destination->address.is_loopback()) return false;
    return !attempt.local || attempt.local->address != attempt.destination->address;
}

/// Its answers passed the network, as far as is known.
bool resolved_beyond_this_host(const Attempt& attempt) {
    return std::any_of(attempt.evidence.begin(), attempt.evidence.end(), [](const Event& event) {
        if (event.stage != Stage::resolve || !is_from_resolver(event.what)) return false;
        const auto resolver = resolver_of(event);
        return resolver && !resolver->address.is_loopback();
    });
}

}  // namespace

void relate_blackhole(Report& report) {
    const DnsQuestion* const answered = find_answered_blackhole(report.resolvers);
    if (answered == nullptr) return;
    const std::string nobody = answered->resolver.address.to_string();
    for (CheckResult& result : report.checks) {
        const Attempt* const attempt = telling_attempt(result);
        if (says_nothing(result) || attempt == nullptr || attempt->responder) continue;
        const bool is_dns_answer = result.check.probe == "dns" && result.check.transport() == Transport::udp &&
                                   result.conclusion.cause == Cause::answered;
        if (is_dns_answer && beyond_this_host(*attempt)) {
            // What redirects questions to the Internet may leave those to a neighbour alone.
            const Confidence confidence =
                attempt->destination->address.is_private() ? Confidence::possible : Confidence::likely;
            conclude_rewritten(result, Stage::exchange, confidence, Owner::network,
                               fmt::format("{} runs no resolver and answered a question all the same ({}), so this "
                                           "answer need not be the asked server's",
                                           nobody, spell_answer(answered->answers.front())));
            continue;
        }
        if (!rests_on_resolvers(result) || !resolved_beyond_this_host(*attempt) || verified(result)) continue;
        const std::string_view then =
            result.conclusion.verdict == Verdict::unresolved  ? "the answer that there is no address may be wrong"
            : result.conclusion.verdict == Verdict::reachable ? "what answered may not be the service"
                                                              : "the address that was tried may be wrong";
        warn_once(result,
                  fmt::format("Something answers DNS in the place of others ({} runs no resolver and answered), so "
                              "{}.",
                              nobody, then));
    }
}

}  // namespace fdnprobe::judge
