#include "judge/surroundings.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "judge/trace.hpp"

namespace fdnprobe::judge {
namespace {

bool is_link_local(const Address& address) {
    const auto& bytes = address.bytes();
    if (address.family() == Family::ipv4) return bytes[0] == 169 && bytes[1] == 254;  // RFC 3927
    return bytes[0] == 0xfe && (bytes[1] & 0xc0U) == 0x80;                            // RFC 4291, 2.5.6
}

/// Only a packet that came back makes these.
bool was_answered_with(std::int32_t number) {
    return number == ECONNREFUSED || number == ECONNRESET || number == EPIPE || number == ECONNABORTED ||
           number == ENOPROTOOPT;
}

}  // namespace

Address network_of(const Address& address) {
    const auto& bytes = address.bytes();
    if (address.family() == Family::ipv4) return Address::from_ipv4({bytes[0], bytes[1], bytes[2], 0});
    std::array<std::uint8_t, 16> network{};
    std::copy_n(bytes.begin(), 8, network.begin());
    return Address::from_ipv6(network);
}

Surroundings::Surroundings(const Report& report) {
    for (const CheckResult& result : report.checks)
        for (const Attempt& attempt : result.attempts) {
            learn(attempt);
            for (const Comparison& comparison : attempt.comparisons) learn(comparison.attempt);
        }
    for (const Address& address : own_) networks_.insert(network_of(address));
}

void Surroundings::learn(const Attempt& attempt) {
    if (attempt.local && !attempt.local->address.is_unspecified()) own_.insert(attempt.local->address);
    for (const Event& event : attempt.evidence)
        if (event.what == What::connect_start && event.from && !event.from->is_unspecified()) own_.insert(*event.from);
    if (!attempt.path) return;
    learn(attempt.path->tested);
    if (attempt.path->control) learn(*attempt.path->control);
}

void Surroundings::learn(const Flow& flow) {
    for (const HopProbe& probe : flow.probes) {
        if (probe.answer != HopAnswer::time_exceeded || !probe.from) continue;
        routed_.insert(flow.destination.address);
        if (probe.hop == 1) first_hops_.try_emplace(probe.from->family(), *probe.from);
    }
}

bool Surroundings::is_own(const Address& address) const { return own_.contains(address) || address.is_loopback(); }

bool Surroundings::is_local(const Address& address) const {
    if (is_own(address) || is_link_local(address)) return true;
    return networks_.contains(network_of(address)) && !routed_.contains(address);
}

std::optional<Address> Surroundings::first_hop(Family family) const {
    const auto found = first_hops_.find(family);
    if (found == first_hops_.end()) return std::nullopt;
    return found->second;
}

bool Surroundings::shows_life(const Report& report) const {
    const auto attempt_does = [&](const Check& check, const Attempt& attempt) {
        if (shows_life(check, attempt)) return true;
        return std::any_of(attempt.comparisons.begin(), attempt.comparisons.end(),
                           [&](const Comparison& comparison) { return shows_life(check, comparison.attempt); });
    };
    for (const CheckResult& result : report.checks)
        for (const Attempt& attempt : result.attempts)
            if (attempt_does(result.check, attempt)) return true;
    const ResolverFacts& facts = report.resolvers;
    // Who answers in the place of others stands where nobody knows.
    return std::any_of(facts.questions.begin(), facts.questions.end(),
                       [&](const DnsQuestion& question) { return shows_life(question); }) ||
           std::any_of(facts.blackhole.begin(), facts.blackhole.end(),
                       [](const DnsQuestion& question) { return !question.answers.empty(); });
}

bool Surroundings::shows_life(const Check& check, const Attempt& attempt) const {
    if (attempt.path) {
        if (shows_life(attempt.path->tested)) return true;
        if (attempt.path->control && shows_life(*attempt.path->control)) return true;
    }
    const std::optional<SocketAddress>& place = dialled(attempt);
    const bool far = place && !is_local(place->address);
    // An errno may be the echo of an ICMP error that this host sent to itself.
    const bool own_icmp = std::any_of(attempt.evidence.begin(), attempt.evidence.end(), [&](const Event& event) {
        return event.what == What::icmp_error && event.from && is_own(*event.from);
    });
    for (const Event& event : attempt.evidence) {
        if (event.stage == Stage::resolve) {
            if (resolver_shows_life(event)) return true;
            continue;
        }
        switch (event.what) {
            case What::icmp_error:
                if (far && !(event.from && is_own(*event.from))) return true;
                break;
            case What::connect_ok:
                // Of datagrams it only says that they can be sent.
                if (far && (over_tcp(check) || attempt.proxy)) return true;
                break;
            case What::connect_error:
            case What::send_error:
            case What::reset:
                if (far && !own_icmp && was_answered_with(event.code)) return true;
                break;
            case What::received:
                // A proxy on this network may speak for others.
                if (far || attempt.proxy) return true;
                break;
            case What::closed:
            case What::tls_plaintext:
            case What::tls_alert_received:
            case What::tls_certificate_requested:
            case What::tls_ok:
            case What::arrival:
                if (far) return true;
                break;
            default: break;
        }
    }
    return false;
}

bool Surroundings::resolver_shows_life(const Event& event) const {
    const auto resolver = SocketAddress::parse(event.text, 53);
    const bool local = resolver && is_local(resolver->address);
    switch (event.what) {
        case What::resolve_answer:
        case What::resolve_rcode:
        case What::resolve_no_data:
        case What::resolve_malformed: return !local;
        case What::icmp_error: return !(event.from && is_own(*event.from));
        case What::resolve_error:
            if (event.from) return !is_own(*event.from) && !(local && *event.from == resolver->address);
            return !local && was_answered_with(event.code);
        default: return false;
    }
}

bool Surroundings::shows_life(const Flow& flow) const {
    const bool far = !is_local(flow.destination.address);
    return std::any_of(flow.probes.begin(), flow.probes.end(), [&](const HopProbe& probe) {
        switch (probe.answer) {
            case HopAnswer::silence:
            case HopAnswer::not_sent: return false;
            // The first router is still on this host's own link.
            case HopAnswer::time_exceeded: return probe.hop > 1;
            case HopAnswer::unreachable: return far && !(probe.from && is_own(*probe.from));
            case HopAnswer::accepted:
            case HopAnswer::reset:
            case HopAnswer::replied: return far;
        }
        return true;
    });
}

bool Surroundings::shows_life(const DnsQuestion& question) const {
    const Address& resolver = question.resolver.address;
    if (question.error_from)
        return !is_own(*question.error_from) && !(is_local(resolver) && *question.error_from == resolver);
    if (is_local(resolver)) return false;
    return !question.answers.empty() || question.truncated || !question.malformed.empty() ||
           was_answered_with(question.error);
}

}  // namespace fdnprobe::judge
