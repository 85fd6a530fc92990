#include "judge/hops.hpp"

#include <algorithm>
#include <set>

namespace fdnprobe::judge {
namespace {

void note(Hop& hop, const HopProbe& probe, const Address& destination) {
    if (probe.answer != HopAnswer::silence && probe.answer != HopAnswer::not_sent) ++hop.spoken;
    switch (probe.answer) {
        case HopAnswer::silence: ++hop.silent; break;
        case HopAnswer::time_exceeded:
            if (probe.from && std::find(hop.devices.begin(), hop.devices.end(), *probe.from) == hop.devices.end())
                hop.devices.push_back(*probe.from);
            break;
        case HopAnswer::unreachable:
            if (probe.from == destination) hop.from_destination = true;
            break;
        case HopAnswer::accepted: hop.accepted = true; break;
        case HopAnswer::reset: hop.reset = true; break;
        case HopAnswer::replied:
            // From elsewhere it says nothing of the destination's distance.
            if (!probe.from || *probe.from == destination) hop.replied = true;
            break;
        case HopAnswer::not_sent: break;
    }
}

bool is_steady(const Way& way) {
    std::set<Address> seen;
    for (const auto& [number, hop] : way.hops) {
        if (hop.devices.size() > 1) return false;
        for (const Address& device : hop.devices)
            if (!seen.insert(device).second) return false;
    }
    return !way.translated && (!way.answered || way.reached < *way.answered);
}

bool same_devices(const Way& one, const Way& other) {
    return std::all_of(one.hops.begin(), one.hops.end(), [&](const auto& entry) {
        const Hop* const there = other.at(entry.first);
        if (there == nullptr || there->devices.empty() || entry.second.devices.empty()) return true;
        return std::is_permutation(entry.second.devices.begin(), entry.second.devices.end(), there->devices.begin(),
                                   there->devices.end());
    });
}

/// Whether a packet with one hop less was seen not to be answered by the destination.
enum class Before : std::uint8_t { unknown, silent, device };

Before before(const Way& way, int distance) {
    if (distance == 1) return Before::device;
    const Hop* const hop = way.at(distance - 1);
    if (hop == nullptr) return Before::unknown;
    if (!hop->devices.empty()) return Before::device;
    return hop->silent >= enough_tries ? Before::silent : Before::unknown;
}

/// The control flow tells how far the destination is, unless something answers it nearer: then packets of the tested
/// flow that were given as many hops as that are seen to be still on their way. Behind a NAT several hosts answer from
/// one address, and none of their distances is the address's.
void measure(Ways& ways, const Way& by) {
    if (!by.answered || by.translated || ways.tested.translated) return;
    const int distance = *by.answered;
    if (ways.tested.reached >= distance) return;
    if (ways.control && ways.same_destination && ways.control->reached >= distance) return;
    const std::optional<int> answered = ways.tested.answered;
    if (answered && *answered > distance && ways.tested.at(distance) != nullptr) return;
    const Before one_less = before(by, distance);
    if (one_less == Before::unknown) return;
    ways.distance = distance;
    ways.distance_is_exact = one_less == Before::device;
}

}  // namespace

const Hop* Way::at(int hop) const {
    const auto found = hops.find(hop);
    return found == hops.end() ? nullptr : &found->second;
}

std::optional<Address> Way::device(int hop) const {
    const Hop* const there = at(hop);
    if (there == nullptr || there->devices.size() != 1) return std::nullopt;
    return there->devices.front();
}

Way read_way(const Flow& flow) {
    const Address& destination = flow.destination.address;
    Way way;
    for (const HopProbe& probe : flow.probes)
        if (probe.hop > 0 && probe.answer != HopAnswer::not_sent) note(way.hops[probe.hop], probe, destination);
    for (const auto& [number, hop] : way.hops) {
        if (!hop.devices.empty()) way.reached = number;
        if (hop.answered() && !way.answered) way.answered = number;
        if (std::find(hop.devices.begin(), hop.devices.end(), destination) != hop.devices.end()) way.translated = true;
    }
    way.steady = is_steady(way);
    return way;
}

bool Ways::share(int hop) const {
    const std::optional<Address> device = tested.device(hop);
    return device && control && control->device(hop) == device;
}

Ways compare_ways(const PathFacts& facts) {
    Ways ways;
    ways.tested = read_way(facts.tested);
    ways.whole = facts.complete && facts.missing.empty();
    if (facts.control) {
        ways.control = read_way(*facts.control);
        ways.same_destination = facts.control->destination.address == facts.tested.destination.address;
        ways.agree = same_devices(ways.tested, *ways.control);
        if (ways.same_destination) measure(ways, *ways.control);
    }
    // An ICMP error of the destination's own says who sent it, so it needs nothing to be compared with.
    if (!ways.distance && ways.tested.answered && ways.tested.at(*ways.tested.answered)->from_destination)
        measure(ways, ways.tested);
    return ways;
}

}  // namespace fdnprobe::judge
