#include "engine/control_flow.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <tuple>

#include <fmt/format.h>

#include "judge/trace.hpp"

namespace fdnprobe::engine {
namespace {

/// Where traceroute begins; nobody listens there.
constexpr std::uint16_t unused_port = 33434;

/// How well a flow got through; smaller is better.
enum class Standing : std::uint8_t {
    answered,  ///< the transport was up, or a datagram came back
    refused,   ///< the destination refused: that shows how far away it is
    nowhere,   ///< neither
};

/// Over TCP a connection, over UDP an answer: that a datagram could be sent says nothing.
Standing standing_of(const Attempt& attempt, Transport transport) {
    const SocketAddress& there = *judge::dialled(attempt);
    if (attempt.abandoned && attempt.find(What::connect_ok) == nullptr) return Standing::nowhere;
    if (transport == Transport::tcp) {
        // What was said to a proxy is passed over by `find`, and the connection to it is what counts here.
        for (const Event& event : attempt.evidence)
            if (event.what == What::connect_ok) return Standing::answered;
    } else if (attempt.find(What::received) != nullptr) {
        return Standing::answered;
    }
    const Event* const icmp = attempt.find(What::icmp_error);
    if (icmp != nullptr) return icmp->from == there.address ? Standing::refused : Standing::nowhere;
    const Event* const error = attempt.find(What::connect_error);
    return error != nullptr && error->code == ECONNREFUSED ? Standing::refused : Standing::nowhere;
}

/// From the first packet to the first answer, as far as the trace tells.
std::chrono::nanoseconds round_trip_of(const Attempt& attempt) {
    const Event* asked = nullptr;
    for (const Event& event : attempt.evidence) {
        if (asked == nullptr && (event.what == What::connect_start || event.what == What::sent)) asked = &event;
        const bool answer = event.what == What::received || event.what == What::icmp_error ||
                            event.what == What::connect_error ||
                            (event.what == What::connect_ok && asked != nullptr && asked->what == What::connect_start);
        if (asked != nullptr && answer) return event.at - asked->at;
    }
    return {};
}

struct Candidate {
    Standing standing = Standing::nowhere;
    bool other_host = false;
    bool other_row = false;
    Port port;
    const Attempt* attempt = nullptr;
};

/// The better ones first. A silent UDP service is best compared with another one over UDP; whether it answered or
/// refused matters less, as both show the distance. Among equals the order is that of the ports, so that checks agree
/// on one control.
auto rank(const Candidate& one, Transport tested) {
    const bool other_transport = one.port.transport != tested;
    const bool before = tested == Transport::udp && other_transport;
    return std::tuple(one.other_host, one.other_host && one.other_row, before, one.standing, other_transport, one.port,
                      *judge::dialled(*one.attempt));
}

}  // namespace

std::string_view explaining_payload() { return "fdnprobe: tracing the way of packets to this host, please ignore"; }

ControlFlow choose_control(const CheckResult& result, std::size_t attempt, std::span<const CheckResult> all) {
    const Transport tested = result.check.transport();
    const SocketAddress there = *judge::dialled(result.attempts[attempt]);
    std::optional<Candidate> best;
    for (const CheckResult& other : all) {
        const Transport transport = other.check.transport();
        if (transport != Transport::tcp && transport != Transport::udp) continue;
        for (const Attempt& one : other.attempts) {
            const auto& dialled = judge::dialled(one);
            if (!dialled || dialled->address.family() != there.address.family() || dialled->address.is_loopback())
                continue;
            if (transport == tested && *dialled == there) continue;
            Candidate candidate;
            candidate.standing = standing_of(one, transport);
            candidate.other_host = dialled->address != there.address;
            candidate.other_row = other.check.row != result.check.row;
            candidate.port = Port{transport, dialled->port};
            candidate.attempt = &one;
            if (candidate.standing == Standing::nowhere) continue;
            if (candidate.other_host && candidate.standing != Standing::answered) continue;
            if (!best || rank(candidate, tested) < rank(*best, tested)) best = candidate;
        }
    }
    ControlFlow flow;
    if (!best) {
        flow.destination = SocketAddress{there.address, unused_port};
        if (tested == Transport::udp && there == flow.destination) ++flow.destination.port;
        flow.payload = explaining_payload();
        flow.is = fmt::format("{} of the same host", Port{Transport::udp, flow.destination.port}.to_string());
        return flow;
    }
    flow.transport = best->port.transport;
    flow.destination = *judge::dialled(*best->attempt);
    flow.payload = best->attempt->sent_bytes();
    if (flow.payload.empty()) flow.payload = explaining_payload();
    flow.same_host = !best->other_host;
    flow.round_trip = round_trip_of(*best->attempt);
    flow.is = best->other_host ? fmt::format("{} ({})", flow.destination.address.to_string(), best->port.to_string())
                               : fmt::format("{} of the same host", best->port.to_string());
    return flow;
}

}  // namespace fdnprobe::engine
