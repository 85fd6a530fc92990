#include "judge/control.hpp"

#include <algorithm>
#include <cerrno>
#include <set>
#include <vector>

#include "base/text.hpp"
#include "judge/finding.hpp"
#include "judge/resolved.hpp"
#include "judge/revise.hpp"
#include "judge/surroundings.hpp"

namespace fdnprobe::judge {
namespace {

/// One host may be down, and two may belong together. Three unrelated networks are not all closed at once.
constexpr std::size_t least_places = 3;

/// What one check heard nothing from.
struct Silence {
    std::vector<Address> places;  ///< beyond this host's links; empty: it is no such silence
    bool telling = false;         ///< somebody there should have answered
};

/// Of datagrams, silence alone is nothing: many services never answer a stranger. That no router behind the first one
/// gives a sign either is something.
bool dies_behind_the_first_hop(const Attempt& attempt) {
    if (!attempt.path) return false;
    const std::vector<HopProbe>& probes = attempt.path->tested.probes;
    const bool first = std::any_of(probes.begin(), probes.end(), [](const HopProbe& probe) {
        return probe.hop == 1 && probe.answer == HopAnswer::time_exceeded;
    });
    std::set<std::int32_t> silent;
    for (const HopProbe& probe : probes)
        if (probe.hop > 1 && probe.answer == HopAnswer::silence) silent.insert(probe.hop);
    // One router that keeps quiet is common.
    return first && silent.size() >= 2;
}

Silence of_destination(const Attempt& attempt, const Surroundings& around, Cause cause) {
    const std::optional<SocketAddress>& place = attempt.proxy ? attempt.proxy : attempt.destination;
    if (!place || around.is_local(place->address)) return {};
    return {{place->address}, cause != Cause::no_reply || dies_behind_the_first_hop(attempt)};
}

/// Where all resolvers that were asked lie beyond this host's links, and none of them said anything.
Silence of_resolvers(const Attempt& attempt, const Surroundings& around) {
    Silence silence;
    silence.telling = true;
    for (const Event& event : attempt.evidence) {
        if (event.what == What::resolve_error) {
            // This host's own stack gave up on the next hop; everything else has a reason of its own.
            if (event.code != EHOSTUNREACH && event.code != EHOSTDOWN) return {};
        } else if (event.what != What::resolve_timeout) {
            continue;
        }
        for (const std::string& name : split(event.text, ',')) {
            const auto resolver = SocketAddress::parse(trim(name), 53);
            if (!resolver || around.is_local(resolver->address)) return {};
            silence.places.push_back(resolver->address);
        }
    }
    return silence;
}

Silence silence_of(const CheckResult& result, const Surroundings& around) {
    const Attempt* const attempt = telling_attempt(result);
    if (attempt == nullptr) return {};
    const Conclusion& conclusion = result.conclusion;
    switch (conclusion.cause) {
        case Cause::timeout:
        case Cause::no_reply:
        case Cause::lost_on_path: return of_destination(*attempt, around, conclusion.cause);
        case Cause::host_unreachable:
            // No device said so: nobody answers this host's ARP or ND.
            if (conclusion.where && conclusion.where->address) return {};
            return of_destination(*attempt, around, conclusion.cause);
        case Cause::dns_timeout:
        case Cause::resolver_unreachable:
            if (conclusion.stage != Stage::resolve) return of_destination(*attempt, around, conclusion.cause);
            return of_resolvers(*attempt, around);
        default: return {};
    }
}

void give_up_on(CheckResult& result, const Silence& silence, const Surroundings& around) {
    Finding finding =
        make_finding(Cause::control_failed, result.conclusion.stage, Confidence::likely, Owner::network, "");
    if (const auto hop = around.first_hop(silence.places.front().family())) {
        finding.where = at_device(*hop);
        finding.where->hop = 1;
    }
    revise(result, finding);
}

}  // namespace

void relate_controls(Report& report) {
    // What was cut off might have been answered.
    if (report.interrupted) return;
    const Surroundings around(report);
    std::vector<Silence> silences;
    std::set<Address> networks;
    for (const CheckResult& result : report.checks) {
        Silence silence = silence_of(result, around);
        if (silence.telling)
            for (const Address& place : silence.places) networks.insert(network_of(place));
        silences.push_back(std::move(silence));
    }
    for (const DnsQuestion& question : report.resolvers.questions)
        if (question.answers.empty() && question.error == 0 && question.malformed.empty() &&
            !around.is_local(question.resolver.address))
            networks.insert(network_of(question.resolver.address));
    if (networks.size() < least_places || around.shows_life(report)) return;
    for (std::size_t index = 0; index < silences.size(); ++index)
        if (!silences[index].places.empty()) give_up_on(report.checks[index], silences[index], around);
}

}  // namespace fdnprobe::judge
