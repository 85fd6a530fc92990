// Reasons in the resolution of names: no resolver that answers, and resolvers that answer with something else.
#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/errno_text.hpp"
#include "judge/reason_kind.hpp"
#include "judge/sinkhole.hpp"
#include "judge/words.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::judge {
namespace {

bool needs_a_name(const Check& check) {
    return !check.host.empty() && check.pinned.empty() && !check.host_is_address && !Address::parse(check.host);
}

bool is_unresolved(const CheckResult& result) {
    return result.conclusion.verdict == Verdict::unresolved && result.conclusion.stage == Stage::resolve;
}

/// It was run, and a name stood between it and the network.
bool waited_for_a_name(const CheckResult& result) {
    return needs_a_name(result.check) && result.conclusion.verdict != Verdict::skipped &&
           result.conclusion.cause != Cause::interrupted;
}

/// "silent", "SERVFAIL", "connection refused (ECONNREFUSED)".
std::string outcome(const DnsQuestion& question) {
    if (!question.answers.empty()) return wire::dns::rcode_name(question.answers.front().rcode);
    if (!question.malformed.empty()) return "no DNS";
    if (question.error != 0) {
        std::string text = errno_text(question.error);
        if (question.error_from) text += ", said by " + question.error_from->to_string();
        return text;
    }
    return "silence";
}

/// "Resolver 10.0.0.53: silence to 4 questions over UDP, ECONNREFUSED to 4 over TCP."
std::vector<std::string> what_each_said(const ResolverFacts& facts) {
    constexpr std::size_t most_resolvers = 4;  // resolv.conf takes three
    std::vector<SocketAddress> order;
    std::map<SocketAddress, std::map<std::pair<std::string, Transport>, std::size_t>> said;
    for (const DnsQuestion& question : facts.questions) {
        if (!said.contains(question.resolver)) order.push_back(question.resolver);
        ++said[question.resolver][{outcome(question), question.transport}];
    }
    std::vector<std::string> sentences;
    for (const SocketAddress& resolver : order) {
        if (sentences.size() == most_resolvers) break;
        std::string text;
        for (const auto& [what, times] : said[resolver])
            text += fmt::format("{}{} to {} over {}", text.empty() ? "" : ", ", what.first, count(times, "question"),
                                what.second == Transport::tcp ? "TCP" : "UDP");
        const std::string name = resolver.port == 53 ? resolver.address.to_string() : resolver.to_string();
        sentences.push_back(fmt::format("Resolver {}: {}.", name, text));
    }
    return sentences;
}

std::string resolver_names(const Report& report) {
    return join(distinct(report.vantage.resolvers, [](const std::string& name) { return printable(name, 80); }));
}

std::vector<Reason> find_no_resolver(const Unexplained& open) {
    const Indices failed = open.pick(is_unresolved);
    if (failed.size() < least_checks) return {};
    const bool every_name = open.count_all([](const CheckResult& result) {
        return waited_for_a_name(result) && !is_unresolved(result);
    }) == 0;
    if (!every_name) return {};
    // That one name is missing or fails is that name's trouble; that its resolver says nothing is the resolver's.
    const Indices about_the_name = open.with_cause({Cause::nxdomain, Cause::no_address, Cause::servfail});
    if (open.hosts(failed).size() < 2 && !about_the_name.empty()) return {};
    const std::string names = resolver_names(open.report());
    const bool network = std::all_of(failed.begin(), failed.end(), [&](std::size_t index) {
        return open.at(index).conclusion.owner == Owner::network;
    });
    Reason reason = make_reason(
        open, failed, network ? Owner::network : Owner::resolver,
        fmt::format("No name resolves{}.", names.empty() ? std::string() : fmt::format(" (resolver {})", names)),
        network ? fmt::format("Open the way to the resolver{}, or give another with --resolver.",
                              names.empty() ? std::string() : " " + names)
                : fmt::format("Mend the resolver first{}, or give another with --resolver.",
                              names.empty() ? std::string() : fmt::format(" ({})", names)));
    reason.rests_on = what_each_said(open.report().resolvers);
    if (reason.rests_on.empty()) reason.rests_on = open.said(failed);
    const std::vector<std::string> hosts = open.hosts(failed);
    reason.rests_on.push_back(
        hosts.size() == 1 ? fmt::format("The only name that was asked for: {}.", hosts.front())
                          : fmt::format("{} different names were asked for, and none has an address.", hosts.size()));
    const std::size_t nameless = open.count_all([](const CheckResult& result) {
        return result.conclusion.verdict == Verdict::reachable && !needs_a_name(result.check);
    });
    if (nameless > 0)
        reason.rests_on.push_back(fmt::format(
            "{} that needed no name got an answer, so the network itself carries packets.", count(nameless, "check")));
    return {std::move(reason)};
}

/// Which resolver led the check's name into a filter, and where to.
const Event* sinkhole_answer(const Check& check, const Attempt& attempt) {
    for (const Event& event : attempt.evidence)
        if (event.what == What::resolve_answer && event.from && is_sinkhole(*event.from, check)) return &event;
    return nullptr;
}

std::vector<Reason> find_dns_filter(const Unexplained& open) {
    std::map<std::string, Indices> by_resolver;
    for (const std::size_t index : open.with_cause({Cause::dns_sinkhole})) {
        const Attempt* const attempt = open.attempt(index);
        const Event* const answer = attempt == nullptr ? nullptr : sinkhole_answer(open.check(index), *attempt);
        if (answer != nullptr) by_resolver[printable(answer->text, 120)].push_back(index);
    }
    std::vector<Reason> reasons;
    for (const auto& [resolver, checks] : by_resolver) {
        // The same name asked for twice is one answer.
        if (open.hosts(checks).size() < 2) continue;
        Reason reason = make_reason(open, checks, Owner::resolver,
                                    fmt::format("Resolver {} leads {} to a filter.",
                                                resolver.empty() ? "in use" : resolver, join(open.hosts(checks))),
                                    fmt::format("Have the DNS filter leave {} alone.", join(open.hosts(checks))));
        reason.rests_on = open.said(checks);
        const std::size_t resolved = open.count_all([](const CheckResult& result) {
            return result.conclusion.verdict == Verdict::reachable && needs_a_name(result.check);
        });
        if (resolved > 0)
            reason.rests_on.push_back(
                fmt::format("{} found the true address of other names.", count(resolved, "check")));
        reasons.push_back(std::move(reason));
    }
    const Indices rewritten = open.with_cause({Cause::dns_rewritten});
    if (rewritten.size() >= least_checks) {
        Reason reason = make_reason(open, rewritten, Owner::network,
                                    "Somebody on the way answers DNS questions in the place of the resolvers.",
                                    "Find the device that redirects port 53, and exempt this host and the device; or "
                                    "use DNS over TLS.");
        if (reason.where)
            reason.summary =
                fmt::format("{} answers DNS questions in the place of the resolvers.", spell(*reason.where));
        reason.rests_on = open.said(rewritten);
        const std::vector<DnsQuestion>& asked = open.report().resolvers.blackhole;
        const auto answered = std::count_if(asked.begin(), asked.end(),
                                            [](const DnsQuestion& question) { return !question.answers.empty(); });
        if (answered > 0)
            reason.rests_on.push_back(fmt::format("{} came from an address that runs no resolver.",
                                                  count(static_cast<std::size_t>(answered), "answer")));
        reasons.push_back(std::move(reason));
    }
    return reasons;
}

}  // namespace

const ReasonKind no_resolver_reason{
    "no-resolver",
    {"Every name that a check needed stayed without an address, whatever the name was. Each resolver was asked apart, "
     "over UDP and TCP, and the reason lists what each said.",
     "The fault lies with the resolvers or on the way to them. The services themselves were not tried, so nothing "
     "follows for them.",
     "Mend the resolver or the way to it, or give another with --resolver or in the site file; then run the checks "
     "again."},
    find_no_resolver};

const ReasonKind dns_filter_reason{
    "dns-filter",
    {"One resolver answered two public names or more with addresses that no public service has, or answers came that "
     "the resolvers asked did not give.",
     "A DNS filter, or a device that answers in the resolvers' place, leads the names astray. The services were not "
     "tried.",
     "Exempt the vendor's names from the DNS filter, and this host and the device from the redirection."},
    find_dns_filter};

}  // namespace fdnprobe::judge
