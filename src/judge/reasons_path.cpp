// Reasons on the way: a device at which much ends, UDP that is lost as a whole, large packets that vanish, a port that
// leads nowhere.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "judge/reason_kind.hpp"
#include "judge/surroundings.hpp"
#include "judge/words.hpp"

namespace fdnprobe::judge {
namespace {

/// A device by its address or, where it does not show one, by its distance.
struct Device {
    std::optional<Address> address;
    std::optional<int> hop;
    Family family = Family::ipv4;
    friend auto operator<=>(const Device&, const Device&) = default;
};

Family family_of(const Unexplained& open, std::size_t index) {
    const Attempt* const attempt = open.attempt(index);
    return attempt != nullptr && attempt->destination ? attempt->destination->address.family() : Family::ipv4;
}

bool is_destination(const Unexplained& open, std::size_t index, const Address& address) {
    const std::vector<Attempt>& attempts = open.at(index).attempts;
    return std::any_of(attempts.begin(), attempts.end(), [&](const Attempt& attempt) {
        return attempt.destination && attempt.destination->address == address;
    });
}

/// Where on the way the check ended; nothing where that is not known, or is the destination itself.
std::optional<Device> device_of(const Unexplained& open, std::size_t index) {
    const std::optional<Where>& where = open.at(index).conclusion.where;
    if (!where) return std::nullopt;
    if (where->address) {
        if (is_destination(open, index, *where->address)) return std::nullopt;
        return Device{where->address, std::nullopt, where->address->family()};
    }
    if (!where->hop || (where->destination_hop && *where->hop >= *where->destination_hop)) return std::nullopt;
    return Device{std::nullopt, where->hop, family_of(open, index)};
}

std::map<Device, Indices> by_device(const Unexplained& open, const Indices& indices) {
    std::map<Device, Indices> groups;
    for (const std::size_t index : indices)
        if (const auto device = device_of(open, index)) groups[*device].push_back(index);
    return groups;
}

bool ends_on_the_way(Cause cause) {
    switch (cause) {
        case Cause::timeout:
        case Cause::reset_on_path:
        case Cause::admin_prohibited:
        case Cause::host_unreachable:
        case Cause::net_unreachable:
        case Cause::port_unreachable_on_path:
        case Cause::lost_on_path:
        case Cause::routing_loop:
        case Cause::answered_on_path: return true;
        default: return false;
    }
}

enum class Deed : std::uint8_t { swallows, rejects, has_no_way, answers, several };

Deed deed_of(Cause cause) {
    switch (cause) {
        case Cause::timeout:
        case Cause::lost_on_path: return Deed::swallows;
        case Cause::reset_on_path:
        case Cause::admin_prohibited:
        case Cause::port_unreachable_on_path: return Deed::rejects;
        case Cause::answered_on_path: return Deed::answers;
        default: return Deed::has_no_way;
    }
}

Deed deed_of(const Unexplained& open, const Indices& checks) {
    const Deed first = deed_of(open.at(checks.front()).conclusion.cause);
    const bool same = std::all_of(checks.begin(), checks.end(),
                                  [&](std::size_t index) { return deed_of(open.at(index).conclusion.cause) == first; });
    return same ? first : Deed::several;
}

constexpr std::size_t most_observations = 4;  // the checks themselves have the rest

std::string spell_hosts(const std::vector<std::string>& hosts) {
    return hosts.size() <= 2 ? join(hosts) : fmt::format("{} hosts", hosts.size());
}

std::string summary_of(Deed deed, const std::string& device, const std::string& ports, const std::string& hosts) {
    switch (deed) {
        case Deed::swallows: return fmt::format("Packets for {} to {} end without a word at {}.", ports, hosts, device);
        case Deed::rejects: return fmt::format("{} rejects {} to {}.", device, ports, hosts);
        case Deed::has_no_way: return fmt::format("{} finds no way to {}.", device, hosts);
        case Deed::answers: return fmt::format("{} answers in place of {} on {}.", device, hosts, ports);
        case Deed::several: break;
    }
    return fmt::format("{} stands in the way of {} to {}.", device, ports, hosts);
}

std::string advice_of(Deed deed, const std::string& device, const std::string& ports, const std::string& hosts) {
    switch (deed) {
        case Deed::has_no_way:
            return fmt::format("Look at the routes of {} and at the links behind it: it finds no way to {}.", device,
                               hosts);
        case Deed::answers: return fmt::format("Have {} exempt {} from what it answers itself.", device, hosts);
        default: return fmt::format("Have {} let {} pass to {}.", device, ports, hosts);
    }
}

/// "3 checks: timeout.", for each cause.
std::vector<std::string> causes(const Unexplained& open, const Indices& checks) {
    std::map<Cause, std::size_t> counts;
    for (const std::size_t index : checks) ++counts[open.at(index).conclusion.cause];
    std::vector<std::string> sentences;
    for (const auto& [cause, times] : counts)
        sentences.push_back(fmt::format("{} ended there: {}.", count(times, "check"), to_string(cause)));
    return sentences;
}

/// Something was answered at one of these hosts.
std::size_t answered_at(const Unexplained& open, const std::vector<std::string>& hosts,
                        const std::vector<std::string>& but_ports) {
    return open.count_all([&](const CheckResult& result) {
        const auto among = [](const std::vector<std::string>& all, const std::string& one) {
            return std::find(all.begin(), all.end(), one) != all.end();
        };
        return result.conclusion.verdict == Verdict::reachable && among(hosts, host_of(result.check)) &&
               !among(but_ports, result.check.wanted().to_string());
    });
}

bool is_reachable(const CheckResult& result) { return result.conclusion.verdict == Verdict::reachable; }

void add_control(const Unexplained& open, Reason& reason) {
    const std::vector<std::string> hosts = open.hosts(reason.checks);
    const std::size_t same_hosts = answered_at(open, hosts, open.ports(reason.checks));
    const std::size_t all = open.count_all(is_reachable);
    if (same_hosts > 0)
        reason.rests_on.push_back(
            fmt::format("The same hosts answered {} on other ports.", count(same_hosts, "check")));
    else if (all > 0)
        reason.rests_on.push_back(fmt::format("{} got an answer elsewhere.", count(all, "check")));
}

/// Checks that stayed unanswered on a port that this device swallows and no other does, and whose way could not be
/// followed: routers answer too seldom for every one of many ways.
Indices unplaced_beside(const Unexplained& open, const std::map<Device, Indices>& groups, const Device& device) {
    const auto has_port = [&](const Indices& checks, const Port& port) {
        return std::any_of(checks.begin(), checks.end(), [&](std::size_t index) {
            return open.at(index).check.wanted() == port && deed_of(open.at(index).conclusion.cause) == Deed::swallows;
        });
    };
    Indices beside;
    for (const std::size_t index : open.pick([](const CheckResult& result) {
             const std::optional<Where>& where = result.conclusion.where;
             return result.conclusion.cause == Cause::timeout && (!where || (!where->hop && !where->address));
         })) {
        const Port port = open.at(index).check.wanted();
        const auto holders = std::count_if(groups.begin(), groups.end(),
                                           [&](const auto& group) { return has_port(group.second, port); });
        if (holders == 1 && has_port(groups.at(device), port)) beside.push_back(index);
    }
    return beside;
}

std::vector<Reason> find_one_device(const Unexplained& open) {
    const Indices ended = open.pick([](const CheckResult& result) { return ends_on_the_way(result.conclusion.cause); });
    std::vector<Reason> reasons;
    const std::map<Device, Indices> groups = by_device(open, ended);
    for (const auto& [device, placed] : groups) {
        // The same flow for two rows is one observation.
        if (open.flows(placed).size() < 2) continue;
        const Indices beside = unplaced_beside(open, groups, device);
        Indices checks = placed;
        checks.insert(checks.end(), beside.begin(), beside.end());
        std::sort(checks.begin(), checks.end());
        const Deed deed = deed_of(open, checks);
        const std::string name = spell(open.where(placed).value_or(Where{device.hop, device.address, {}}));
        const std::string ports = join(open.ports(checks));
        const std::string hosts = spell_hosts(open.hosts(checks));
        Reason reason = make_reason(open, checks, Owner::network, summary_of(deed, name, ports, hosts),
                                    advice_of(deed, name, ports, hosts));
        reason.where = open.where(placed);
        reason.rests_on = causes(open, placed);
        if (!beside.empty())
            reason.rests_on.push_back(
                fmt::format("{} on the same {} unanswered too; how far their packets get could not be followed.",
                            count(beside.size(), "check"), beside.size() == 1 ? "port stays" : "ports stay"));
        for (std::string& sentence : open.said(placed))
            if (reason.rests_on.size() < most_observations) reason.rests_on.push_back(std::move(sentence));
        add_control(open, reason);
        reasons.push_back(std::move(reason));
    }
    return reasons;
}

/// Anything came back over UDP from beyond this host's own links: an answer, or a refusal.
bool udp_was_answered(const Unexplained& open) {
    const Surroundings around(open.report());
    const auto far_and_answered = [&](const CheckResult& result) {
        if (result.check.transport() != Transport::udp) return false;
        if (result.conclusion.verdict != Verdict::reachable && result.conclusion.verdict != Verdict::closed)
            return false;
        return std::any_of(result.attempts.begin(), result.attempts.end(), [&](const Attempt& attempt) {
            return !attempt.destination || !around.is_local(attempt.destination->address);
        });
    };
    if (open.count_all(far_and_answered) > 0) return true;
    const std::vector<DnsQuestion>& asked = open.report().resolvers.questions;
    if (!asked.empty())
        return std::any_of(asked.begin(), asked.end(), [&](const DnsQuestion& question) {
            return question.transport == Transport::udp && !question.answers.empty() &&
                   !around.is_local(question.resolver.address);
        });
    // Where they were not asked apart, an answer may have come over either.
    for (const CheckResult& result : open.report().checks)
        for (const Attempt& attempt : result.attempts)
            for (const Event& event : attempt.evidence) {
                if (event.what != What::resolve_answer) continue;
                const auto resolver = SocketAddress::parse(event.text, 53);
                if (!resolver || !around.is_local(resolver->address)) return true;
            }
    return false;
}

std::vector<Reason> find_udp_lost(const Unexplained& open) {
    const Indices lost = open.pick([](const CheckResult& result) {
        return result.check.transport() == Transport::udp && result.conclusion.cause == Cause::lost_on_path;
    });
    const auto devices = by_device(open, lost);
    // Lost at two places is not one reason, and one port is not the whole of UDP.
    if (devices.size() != 1) return {};
    const Indices& checks = devices.begin()->second;
    if (open.ports(checks).size() < 2 || udp_was_answered(open)) return {};
    const std::size_t tcp = open.count_all(
        [](const CheckResult& result) { return result.check.transport() == Transport::tcp && is_reachable(result); });
    if (tcp == 0) return {};
    const std::string device =
        spell(open.where(checks).value_or(Where{devices.begin()->first.hop, devices.begin()->first.address, {}}));
    Reason reason =
        make_reason(open, checks, Owner::network, fmt::format("UDP is lost at {}, while TCP goes on.", device),
                    fmt::format("Have {} let {} pass.", device, join(open.ports(checks))));
    reason.rests_on.push_back(
        fmt::format("{} over UDP ended there, on {}.", count(checks.size(), "check"), join(open.ports(checks))));
    reason.rests_on.emplace_back("Nothing came back over UDP from beyond this host's own network.");
    reason.rests_on.push_back(fmt::format("{} over TCP got an answer.", count(tcp, "check")));
    return {std::move(reason)};
}

std::vector<Reason> find_mtu(const Unexplained& open) {
    const Indices checks = open.with_cause({Cause::mtu_blackhole});
    if (open.hosts(checks).size() < 2) return {};
    Reason reason = make_reason(
        open, checks, Owner::network,
        fmt::format("Large packets vanish on the way to {}; small ones pass.", spell_hosts(open.hosts(checks))),
        "Have the edge keep TCP's segments small, at 1452 bytes or less; and let ICMP \"fragmentation needed\" and "
        "\"packet too big\" pass.");
    reason.rests_on = open.said(checks);
    add_control(open, reason);
    return {std::move(reason)};
}

std::vector<Reason> find_port_blocked(const Unexplained& open) {
    std::map<std::pair<Port, Cause>, Indices> groups;
    for (const std::size_t index : open.with_cause({Cause::timeout, Cause::reset_on_path, Cause::lost_on_path}))
        groups[{open.check(index).wanted(), open.at(index).conclusion.cause}].push_back(index);
    std::vector<Reason> reasons;
    for (const auto& [key, checks] : groups) {
        const Port port = key.first;
        std::set<Address> places;
        for (const std::size_t index : checks)
            if (const Attempt* const attempt = open.attempt(index); attempt != nullptr && attempt->destination)
                places.insert(attempt->destination->address);
        // Two names of one address are one place.
        if (open.hosts(checks).size() < 2 || places.size() < 2) continue;
        const std::size_t tried = open.count_all([&](const CheckResult& result) {
            return result.check.wanted() == port && result.conclusion.verdict != Verdict::skipped &&
                   result.conclusion.cause != Cause::interrupted;
        });
        // To every host: one that is well, or that fails in another way, and it is not the port.
        if (tried != checks.size()) continue;
        const std::vector<std::string> hosts = open.hosts(checks);
        const std::size_t control = answered_at(open, hosts, {port.to_string()});
        if (control == 0) continue;
        Reason reason = make_reason(
            open, checks, Owner::network,
            fmt::format("{} leads nowhere, whatever the host: {} hosts were tried.", port.to_string(), hosts.size()),
            fmt::format("Open {} to {} on the firewalls between here and there.", port.to_string(),
                        spell_hosts(hosts)));
        reason.confidence = Confidence::likely;
        reason.rests_on = open.said(checks);
        reason.rests_on.push_back(fmt::format("The same hosts answered {} on other ports.", count(control, "check")));
        reasons.push_back(std::move(reason));
    }
    return reasons;
}

}  // namespace

const ReasonKind udp_lost_reason{
    "udp-lost",
    {"Two UDP ports or more end at one place on the way, nothing at all came back over UDP from beyond this host's own "
     "network, and TCP was answered.",
     "One device lets no UDP through, or forgets it at once. The services were not reached.",
     "Have that device let the UDP ports of the table pass, in both directions."},
    find_udp_lost};

const ReasonKind one_device_reason{
    "one-device",
    {"Two flows or more to different hosts or ports end at one device: it said so itself by ICMP, or it was the last "
     "to "
     "answer while packets with a small TTL were sent along the path.",
     "What they need is in one place. Where nothing but silence points to the device, the one behind it may be meant.",
     "Ask whoever runs that device; the checks under the reason say what it has to let through."},
    find_one_device};

const ReasonKind mtu_reason{
    "mtu",
    {"Towards two hosts or more large packets vanished and small ones passed.",
     "A link on the way takes smaller packets than this host's, and the ICMP errors that would say so are filtered.",
     "Keep TCP's segments small at the edge, and let \"fragmentation needed\" pass."},
    find_mtu};

const ReasonKind port_blocked_reason{
    "port-blocked",
    {"One port failed in the same way at every host that it was tried at, two or more, and the same hosts answered on "
     "other ports.",
     "A rule about the port is likelier than hosts that all lack the service. Which device has the rule does not "
     "follow.",
     "Open the port on the firewalls between here and there, beginning with the site's own."},
    find_port_blocked};

}  // namespace fdnprobe::judge
