// Reasons within this host: its packet filter, its routes, its clock.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/reason_kind.hpp"
#include "judge/surroundings.hpp"
#include "judge/trace.hpp"
#include "judge/words.hpp"

namespace fdnprobe::judge {
namespace {

bool is_reachable(const CheckResult& result) { return result.conclusion.verdict == Verdict::reachable; }

std::vector<Reason> find_local_firewall(const Unexplained& open) {
    const Indices stopped = open.with_cause({Cause::local_firewall});
    if (stopped.size() < least_checks) return {};
    Reason reason = make_reason(open, stopped, Owner::this_host,
                                fmt::format("This host's own packet filter stops {}.", count(stopped.size(), "check")),
                                fmt::format("Look at this host's own packet filter (`nft list ruleset`): it stops {}.",
                                            join(open.flows(stopped))));
    reason.rests_on = open.said(stopped);
    if (const std::size_t passed = open.count_all(is_reachable); passed > 0)
        reason.rests_on.push_back(
            fmt::format("{} got through, so it does not stop everything.", count(passed, "check")));
    return {std::move(reason)};
}

/// Where the packet that found no route was to go: a resolver or the destination.
std::optional<Address> wanted_by(const CheckResult& result, const Attempt& attempt) {
    if (result.conclusion.stage != Stage::resolve) {
        const std::optional<SocketAddress>& place = dialled(attempt);
        return place ? std::optional(place->address) : std::nullopt;
    }
    const Event* const error = attempt.find_last(What::resolve_error);
    if (error == nullptr) return std::nullopt;
    const auto resolver = SocketAddress::parse(error->text, 53);
    return resolver ? std::optional(resolver->address) : std::nullopt;
}

std::string_view protocol_of(Family family) { return family == Family::ipv4 ? "IPv4" : "IPv6"; }

/// Whether anything left this host for a place beyond its own links in that family.
bool has_some_route(const Report& report, const Surroundings& around, Family family) {
    for (const CheckResult& result : report.checks)
        for (const Attempt& attempt : result.attempts) {
            const std::optional<SocketAddress>& place = dialled(attempt);
            if (!place || place->address.family() != family || around.is_local(place->address)) continue;
            if (attempt.finding.cause != Cause::no_route) return true;
        }
    return false;
}

std::vector<Reason> find_no_route(const Unexplained& open) {
    const Surroundings around(open.report());
    std::map<Family, Indices> by_family;
    std::map<Family, std::set<Address>> networks;
    for (const std::size_t index : open.with_cause({Cause::no_route})) {
        const Attempt* const attempt = open.attempt(index);
        const auto place = attempt == nullptr ? std::nullopt : wanted_by(open.at(index), *attempt);
        if (!place) continue;
        by_family[place->family()].push_back(index);
        networks[place->family()].insert(network_of(*place));
    }
    std::vector<Reason> reasons;
    for (const auto& [family, checks] : by_family) {
        if (checks.size() < least_checks) continue;
        // One network without a route is a hole in the table; several without any that has one are a missing default.
        const bool none_at_all = networks[family].size() >= 2 && !has_some_route(open.report(), around, family);
        Reason reason = make_reason(
            open, checks, Owner::this_host,
            none_at_all ? fmt::format("This host has no default route for {}.", protocol_of(family))
                        : fmt::format("This host has no route to {}.", join(open.hosts(checks))),
            none_at_all ? fmt::format("Give this host a default route for {}, or --source and --interface where it "
                                      "has one elsewhere.",
                                      protocol_of(family))
                        : fmt::format("Give this host a route to {}.", join(open.hosts(checks))));
        reason.where.reset();
        reason.rests_on = open.said(checks);
        reason.rests_on.push_back(
            none_at_all
                ? fmt::format("{} networks beyond its own were tried over {}, and no packet left for any of them.",
                              networks[family].size(), protocol_of(family))
                : fmt::format("Its routing table refused {}.", count(checks.size(), "check")));
        if (const std::size_t passed = open.count_all(is_reachable); passed > 0)
            reason.rests_on.push_back(fmt::format("{} got through elsewhere.", count(passed, "check")));
        reasons.push_back(std::move(reason));
    }
    return reasons;
}

std::vector<Reason> find_clock(const Unexplained& open) {
    const Indices misdated = open.pick([](const CheckResult& result) {
        const Conclusion& conclusion = result.conclusion;
        return conclusion.owner == Owner::this_host &&
               (conclusion.cause == Cause::certificate_not_yet_valid || conclusion.cause == Cause::certificate_expired);
    });
    // One certificate with a wrong date is a mistake of its issuer.
    if (open.hosts(misdated).size() < 2) return {};
    Reason reason = make_reason(
        open, misdated, Owner::this_host,
        fmt::format("By this host's clock the certificates of {} are out of date.", join(open.hosts(misdated))),
        "Set the clock of this host, and of the device; then run the checks again.");
    reason.rests_on = open.said(misdated);
    const std::size_t in_date = open.count_all([](const CheckResult& result) {
        return is_reachable(result) && std::any_of(result.attempts.begin(), result.attempts.end(),
                                                   [](const Attempt& attempt) { return attempt.tls != nullptr; });
    });
    if (in_date > 0)
        reason.rests_on.push_back(
            fmt::format("{} found a certificate that is in date by the same clock.", count(in_date, "check")));
    return {std::move(reason)};
}

}  // namespace

const ReasonKind local_firewall_reason{
    "local-firewall",
    {"Two checks or more were stopped by this host itself: sending failed with EPERM, or an ICMP error came from an "
     "address of its own.",
     "The packets never left, so nothing follows for the network or the services.",
     "Look at this host's packet filter: `nft list ruleset`, or what manages it."},
    find_local_firewall};

const ReasonKind no_route_reason{
    "no-route",
    {"This host's routing table refused two checks or more of one family at once. Where the destinations lie in "
     "several networks and nothing of that family left this host at all, its default route is missing.",
     "The packets never left, so nothing follows for the network or the services.",
     "Look at `ip route` and `ip -6 route`. Where another interface has the route, give --interface or --source."},
    find_no_route};

const ReasonKind clock_reason{
    "clock",
    {"The certificates of two hosts or more are out of date by this host's clock, and what else is known of the time "
     "speaks against that clock.",
     "The services may be well. A device with the same clock refuses them all the same.",
     "Set the clock of this host (`timedatectl`) and of the device."},
    find_clock};

}  // namespace fdnprobe::judge
