// Reasons at the first step beyond this host: a next hop that does not answer, an uplink that carries nothing.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "judge/reason_kind.hpp"
#include "judge/surroundings.hpp"
#include "judge/trace.hpp"
#include "judge/words.hpp"

namespace fdnprobe::judge {
namespace {

/// This host's own stack gave up on ARP or ND: no device said so.
bool gave_up_on_next_hop(const Unexplained& open, std::size_t index) {
    const Attempt* const attempt = open.attempt(index);
    return attempt != nullptr && attempt->finding.cause == Cause::host_unreachable &&
           attempt->finding.confidence == Confidence::likely &&
           !(attempt->finding.where && attempt->finding.where->address);
}

/// Distinct networks beyond this host's own links that the checks were about.
std::set<Address> far_networks(const Unexplained& open, const Surroundings& around, const Indices& indices) {
    std::set<Address> networks;
    for (const std::size_t index : indices) {
        const Attempt* const attempt = open.attempt(index);
        if (attempt == nullptr) continue;
        const std::optional<SocketAddress>& place = dialled(*attempt);
        if (place && !around.is_local(place->address)) networks.insert(network_of(place->address));
    }
    return networks;
}

/// The checks on this host's own network that were answered: what still works.
std::size_t answered_nearby(const Unexplained& open, const Surroundings& around) {
    return open.count_all([&](const CheckResult& result) {
        return result.conclusion.verdict == Verdict::reachable || result.conclusion.verdict == Verdict::closed
                   ? std::any_of(result.attempts.begin(), result.attempts.end(),
                                 [&](const Attempt& attempt) {
                                     return dialled(attempt) && around.is_local(dialled(attempt)->address) &&
                                            !dialled(attempt)->address.is_loopback();
                                 })
                   : false;
    });
}

std::vector<Reason> find_gateway_silent(const Unexplained& open) {
    const Surroundings around(open.report());
    Indices without_next_hop = open.pick([](const CheckResult&) { return true; });
    std::erase_if(without_next_hop, [&](std::size_t index) {
        if (!gave_up_on_next_hop(open, index)) return true;
        const Attempt* const attempt = open.attempt(index);
        return !dialled(*attempt) || around.is_local(dialled(*attempt)->address);
    });
    const std::set<Address> networks = far_networks(open, around, without_next_hop);
    // One network behind a next hop of its own may be a route to nowhere; two share the gateway.
    if (networks.size() < 2) return {};
    const Indices failed = open.with_cause({Cause::control_failed});
    // What was only silent lies behind the same next hop, where nothing at all came back.
    Indices checks = without_next_hop;
    checks.insert(checks.end(), failed.begin(), failed.end());
    std::sort(checks.begin(), checks.end());
    checks.erase(std::unique(checks.begin(), checks.end()), checks.end());
    Reason reason = make_reason(
        open, checks, Owner::network,
        "The gateway does not answer ARP or ND, so nothing leaves this host's own network.",
        "See whether the gateway is up and in this network: `ip neigh` shows what answers, `ip route` which address "
        "is asked for.");
    reason.where.reset();
    reason.confidence = Confidence::likely;
    reason.rests_on.push_back(fmt::format("This host's own system gave up on the next hop for {}, towards {} networks.",
                                          count(without_next_hop.size(), "check"), networks.size()));
    if (checks.size() > without_next_hop.size())
        reason.rests_on.push_back(
            fmt::format("{} besides heard nothing at all.", count(checks.size() - without_next_hop.size(), "check")));
    if (const std::size_t near = answered_nearby(open, around); near > 0)
        reason.rests_on.push_back(fmt::format("Hosts on this host's own network answered {}.", count(near, "check")));
    return {std::move(reason)};
}

std::string spell_resolvers(const Unexplained& open, const Surroundings& around) {
    const std::vector<DnsQuestion>& questions = open.report().resolvers.questions;
    std::vector<std::string> silent = distinct(questions, [&](const DnsQuestion& question) {
        return around.is_local(question.resolver.address) ? std::string() : question.resolver.address.to_string();
    });
    std::erase(silent, std::string());
    if (silent.empty()) return {};
    return fmt::format("No resolver beyond this network answered: {}.", join(silent));
}

std::vector<Reason> find_dead_uplink(const Unexplained& open) {
    const Indices checks = open.with_cause({Cause::control_failed});
    if (checks.size() < least_checks) return {};
    const Surroundings around(open.report());
    std::optional<Where> where = open.where(checks);
    if (!where)
        for (const Family family : {Family::ipv4, Family::ipv6})
            if (const auto hop = around.first_hop(family); hop && !where) where = Where{1, *hop, {}};
    Reason reason =
        make_reason(open, checks, Owner::network,
                    where ? fmt::format("Nothing at all gets past {}.", spell(*where))
                          : "Nothing at all comes back from beyond this host's own network.",
                    where ? fmt::format("Repair the uplink first: look at what is behind {}.", spell(*where))
                          : "Repair the uplink first: see whether the gateway is up and forwards.");
    reason.where = where;
    reason.confidence = Confidence::likely;
    const std::set<Address> networks = far_networks(open, around, checks);
    if (!networks.empty())
        reason.rests_on.push_back(
            fmt::format("{} kept silent: no answer, no reset, no ICMP error.",
                        networks.size() == 1 ? "1 network" : fmt::format("{} networks", networks.size())));
    if (std::string resolvers = spell_resolvers(open, around); !resolvers.empty())
        reason.rests_on.push_back(std::move(resolvers));
    if (where) reason.rests_on.push_back(fmt::format("{} itself answers, and nothing behind it does.", spell(*where)));
    if (const std::size_t near = answered_nearby(open, around); near > 0)
        reason.rests_on.push_back(fmt::format("Hosts on this host's own network answered {}.", count(near, "check")));
    return {std::move(reason)};
}

}  // namespace

const ReasonKind gateway_silent_reason{
    "gateway-silent",
    {"Towards two networks or more this host's own system gave up, because nobody answered its ARP (IPv4) or ND "
     "(IPv6) requests for the next hop.",
     "The gateway is down, has another address, or is not on this link. Nothing follows for what lies behind it.",
     "See whether the gateway is up and in this network: `ip neigh` and `ip route` show who was asked for."},
    find_gateway_silent};

const ReasonKind dead_uplink_reason{
    "dead-uplink",
    {"Three unrelated places or more kept silent, and nothing at all came back from beyond this host's own links; its "
     "checks are control-failed.",
     "Most likely the uplink is dead, or one device lets nothing through. Nothing follows for single services.",
     "Repair the uplink, beginning at the first hop, then run the checks again."},
    find_dead_uplink};

}  // namespace fdnprobe::judge
