#include "judge/local.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/errno_text.hpp"
#include "judge/finding.hpp"
#include "judge/icmp.hpp"
#include "judge/trace.hpp"

namespace fdnprobe::judge {
namespace {

bool out_of_resources(std::int32_t number) {
    return number == EMFILE || number == ENFILE || number == ENOBUFS || number == ENOMEM;
}

/// What evidence calls a socket that takes CAP_NET_RAW; the program's file follows.
constexpr std::string_view raw_socket = "raw socket";

/// The one command that lets this program open such sockets.
std::string grant_raw_sockets(std::string_view failed_at) {
    constexpr std::string_view of = " of ";
    const std::string_view rest = failed_at.substr(raw_socket.size());
    const std::string program =
        rest.starts_with(of) ? shell_word(printable(rest.substr(of.size()))) : "\"$(command -v fdnprobe)\"";
    return "sudo setcap cap_net_raw+ep " + program;
}

/// The last failure of a call on this host that nothing later made good; nullptr when there is none.
const Event* find_failed_call(const Attempt& attempt) {
    const Event* const up = connected(attempt) ? attempt.find_last(What::connect_ok) : nullptr;
    const Event* failed = nullptr;
    for (const What what : {What::connect_error, What::send_error})
        for (const Event* event = find_after(attempt, up, what); event != nullptr;
             event = find_after(attempt, event, what))
            failed = event;
    return failed;
}

/// An errno towards a resolver, when that is why there is no address: a resource that was missing, or nothing but
/// failures to send. Where one resolver of several said something, that is what counts.
const Event* find_failed_resolve(const Attempt& attempt) {
    if (attempt.destination || left_this_host(attempt)) return nullptr;
    const Event* failed = nullptr;
    bool only_errors = true;
    for (const Event& event : attempt.evidence) {
        if (event.what == What::resolve_error) {
            if (out_of_resources(event.code)) return &event;
            if (event.from) only_errors = false;  // ICMP: the network spoke
            failed = &event;
        } else if (event.stage == Stage::resolve && event.what != What::descriptor_wait) {
            only_errors = false;
        }
    }
    return only_errors ? failed : nullptr;
}

bool speaks_for_this_host(const Attempt& attempt, const Event& icmp) {
    if (!icmp.from) return false;
    const std::optional<SocketAddress>& place = dialled(attempt);
    if (place && *icmp.from == place->address) return false;
    const bool to_loopback = place && place->address.is_loopback();
    if (icmp.from->is_loopback()) return !to_loopback;
    if (attempt.local && *icmp.from == attempt.local->address) return true;
    const Event* const start = attempt.find_last(What::connect_start);
    return start != nullptr && start->from == icmp.from;
}

std::string next_hop_silent() { return "the next hop, or the host on this network, does not answer ARP or ND"; }

std::optional<Finding> judge_icmp(const Attempt& attempt, const Event& icmp) {
    if (!speaks_for_this_host(attempt, icmp)) return std::nullopt;
    const IcmpError error = read_icmp(icmp);
    // When nobody answers ARP or ND, Linux itself makes up "host unreachable", from its own address. A packet filter
    // of this host sends any of the other codes, and in practice never this one.
    if (error.meaning == IcmpMeaning::host)
        return make_finding(Cause::host_unreachable, icmp.stage, Confidence::likely, Owner::network, next_hop_silent());
    Finding finding = make_finding(Cause::local_firewall, icmp.stage, Confidence::proven, Owner::this_host,
                                   fmt::format("{} from this host's own address", error.text));
    finding.where = at_device(*icmp.from);
    return finding;
}

/// A host on this network is given up after three ARP requests, a second apart; what the routing table refuses, it
/// refuses at once, and a TCP connection that was refused so was never begun.
bool refused_at_once(const Attempt& attempt, const Event& failed) {
    const Event* const start = attempt.find_last(What::connect_start);
    return start == nullptr || failed.at - start->at < std::chrono::milliseconds(100);
}

bool lacks_ipv6_address(const Attempt& attempt) {
    const std::optional<SocketAddress>& place = dialled(attempt);
    if (!place || place->address.family() != Family::ipv6) return false;
    return !attempt.local || attempt.local->address.is_unspecified();
}

std::optional<Finding> judge_bind(const Event& failed) {
    const Cause cause =
        failed.code == EACCES || failed.code == EPERM ? Cause::permission_denied : Cause::source_unavailable;
    return make_finding(cause, failed.stage, Confidence::proven, Owner::this_host, errno_text(failed.code));
}

std::optional<Finding> judge_errno(const Attempt& attempt, const Event& failed) {
    const auto own = [&](Cause cause, Confidence confidence, std::string detail) {
        if (failed.what == What::resolve_error && !failed.text.empty())
            detail += ", towards resolver " + printable(failed.text, 120);
        return make_finding(cause, failed.stage, confidence, Owner::this_host, std::move(detail));
    };
    if (out_of_resources(failed.code))
        return own(Cause::out_of_descriptors, Confidence::proven, errno_text(failed.code));
    if (failed.what == What::connect_error && failed.text == "interface")
        return make_finding(Cause::not_configured, failed.stage, Confidence::proven, Owner::this_host,
                            "which interface to use cannot be told; --interface NAME says it");
    if (failed.text.starts_with(raw_socket) && (failed.code == EPERM || failed.code == EACCES))
        return make_finding(Cause::needs_privilege, failed.stage, Confidence::proven, Owner::this_host,
                            fmt::format("`{}` grants it", grant_raw_sockets(failed.text)));
    if (failed.what == What::connect_error && (failed.stage == Stage::plan || failed.text == "bind"))
        return judge_bind(failed);
    if (failed.text == "socket" && (failed.code == EPERM || failed.code == EACCES))
        return own(Cause::permission_denied, Confidence::proven, errno_text(failed.code));
    switch (failed.code) {
        case EADDRNOTAVAIL:
            // A route without an address to use as source: how a container without IPv6 looks from within.
            if (lacks_ipv6_address(attempt))
                return own(Cause::address_family_unavailable, Confidence::likely,
                           "this host has no IPv6 address to send from");
            return own(Cause::out_of_ports, Confidence::likely, errno_text(failed.code));
        case EADDRINUSE: return own(Cause::source_unavailable, Confidence::proven, errno_text(failed.code));
        case EAFNOSUPPORT: return own(Cause::address_family_unavailable, Confidence::proven, errno_text(failed.code));
        case ENETUNREACH: return own(Cause::no_route, Confidence::proven, errno_text(failed.code));
        case ENETDOWN: return own(Cause::no_route, Confidence::proven, "the interface is down (ENETDOWN)");
        case EINVAL:
            return own(Cause::no_route, Confidence::likely,
                       "a blackhole route, or an address that needs an interface (EINVAL)");
        case EHOSTUNREACH:
        case EHOSTDOWN:
            if (failed.what == What::resolve_error) return std::nullopt;
            if (refused_at_once(attempt, failed))
                return own(Cause::no_route, Confidence::likely, "the routing table calls it unreachable");
            return make_finding(Cause::host_unreachable, failed.stage, Confidence::likely, Owner::network,
                                next_hop_silent());
        case EPERM: return own(Cause::local_firewall, Confidence::likely, errno_text(failed.code));
        case EACCES: return own(Cause::permission_denied, Confidence::likely, errno_text(failed.code));
        default: return std::nullopt;
    }
}

}  // namespace

std::optional<Finding> judge_local(const Check& check, const Attempt& attempt) {
    if (const Event* const cancelled = attempt.find(What::cancelled))
        return make_finding(Cause::interrupted, cancelled->stage, Confidence::proven, Owner::nobody,
                            printable(cancelled->text, 120));
    if (answered(attempt)) return std::nullopt;
    if (const Event* const failed = find_failed_resolve(attempt)) return judge_errno(attempt, *failed);

    const Event* const failed = find_failed_call(attempt);
    // Once a TCP connection stands, the network can end it with any errno; only these two are certainly this host's.
    if (failed != nullptr && over_tcp(check) && connected(attempt) && failed->code != EPERM &&
        !out_of_resources(failed->code))
        return std::nullopt;
    if (failed != nullptr && out_of_resources(failed->code)) return judge_errno(attempt, *failed);
    // Where ICMP came, the errno is only its echo.
    if (const Event* const icmp = find_icmp(check, attempt)) return judge_icmp(attempt, *icmp);
    return failed == nullptr ? std::nullopt : judge_errno(attempt, *failed);
}

}  // namespace fdnprobe::judge
