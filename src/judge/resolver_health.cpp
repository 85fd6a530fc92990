#include "judge/resolver_health.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/errno_text.hpp"
#include "judge/resolved.hpp"
#include "wire/dns.hpp"

namespace fdnprobe::judge {
namespace {

namespace dns = wire::dns;

/// A resolver over one transport.
struct Way {
    bool answered = false;
    bool silent = false;           ///< it was asked, had its time, and did not answer
    bool helpful = false;          ///< some answer settled its question
    std::optional<int> unhelpful;  ///< an rcode that did not
    std::string why;               ///< of its silence: "Connection refused (ECONNREFUSED)"
};

struct Health {
    Way udp, tcp;
    std::set<std::string, std::less<>> truncated;  ///< names whose answers did not fit a datagram
};

std::string why_silent(const DnsQuestion& question) {
    if (question.error != 0) {
        std::string text = errno_text(question.error);
        if (question.error_from && *question.error_from != question.resolver.address)
            text += ", said by " + question.error_from->to_string();
        return text;
    }
    if (!question.malformed.empty()) return printable(question.malformed, 120);
    return "silence";
}

void add(Way& way, const DnsQuestion& question) {
    if (question.answers.empty()) {
        if (question.cut_short) return;
        if (way.why.empty()) way.why = why_silent(question);
        way.silent = !way.answered;
        return;
    }
    way.answered = true;
    way.silent = false;
    for (const DnsAnswer& answer : question.answers) {
        if (answer.rcode == dns::rcode_noerror || answer.rcode == dns::rcode_nxdomain)
            way.helpful = true;
        else
            way.unhelpful = answer.rcode;
    }
}

std::map<SocketAddress, Health> health_of(const ResolverFacts& facts) {
    std::map<SocketAddress, Health> all;
    for (const DnsQuestion& question : facts.questions) {
        Health& health = all[question.resolver];
        add(question.transport == Transport::tcp ? health.tcp : health.udp, question);
        if (question.truncated) health.truncated.insert(question.name);
    }
    return all;
}

bool helps(const Health& health) { return health.udp.helpful || health.tcp.helpful; }

/// One sentence about a resolver that does not do all that a resolver does; empty: it does. `others`: another one
/// helps out, without which the checks themselves say what is wrong.
std::string fault_of(const SocketAddress& resolver, const Health& health, bool others) {
    const std::string name = spell_resolver(resolver);
    const Way& udp = health.udp;
    const Way& tcp = health.tcp;
    if (!udp.answered && !tcp.answered) {
        if (!others || !udp.silent) return {};
        return fmt::format("Resolver {} does not answer ({}); another one does.", name, udp.why);
    }
    if (!helps(health) && others) {
        const int rcode = udp.unhelpful ? *udp.unhelpful : tcp.unhelpful.value_or(dns::rcode_servfail);
        return fmt::format("Resolver {} {} ({}); another one answers.", name,
                           rcode == dns::rcode_refused ? "refuses to answer" : "fails", dns::rcode_name(rcode));
    }
    if (udp.answered && tcp.silent)
        return fmt::format("Resolver {} answers over UDP and not over TCP ({}), which long answers need.", name,
                           tcp.why);
    if (tcp.answered && udp.silent)
        return fmt::format("Resolver {} answers over TCP and not over UDP ({}), by which devices ask first.", name,
                           udp.why);
    return {};
}

}  // namespace

void relate_resolver_health(Report& report) {
    const std::map<SocketAddress, Health> all = health_of(report.resolvers);
    for (const auto& one : all) {
        const SocketAddress& resolver = one.first;
        const Health& health = one.second;
        const bool others = std::any_of(
            all.begin(), all.end(), [&](const auto& other) { return other.first != resolver && helps(other.second); });
        const std::string fault = fault_of(resolver, health, others);
        for (CheckResult& result : report.checks) {
            if (says_nothing(result) || !rests_on_resolvers(result)) continue;
            if (health.tcp.silent && health.truncated.contains(result.check.host))
                warn_once(result,
                          fmt::format("The answer of resolver {} for {} does not fit a datagram, and over TCP it "
                                      "does not answer ({}): addresses may be missing.",
                                      spell_resolver(resolver), printable(result.check.host, 255), health.tcp.why));
            else if (!fault.empty())
                warn_once(result, fault);
        }
    }
}

}  // namespace fdnprobe::judge
