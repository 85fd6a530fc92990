#include "judge/path.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/finding.hpp"
#include "judge/hops.hpp"
#include "judge/icmp.hpp"
#include "judge/local.hpp"
#include "judge/path_end.hpp"
#include "judge/path_nearer.hpp"
#include "judge/path_words.hpp"
#include "judge/responder.hpp"
#include "judge/trace.hpp"
#include "judge/transport.hpp"

namespace fdnprobe::judge {
namespace {

/// What a finding rests on, as far as the way of the packets has something to add.
enum class Basis : std::uint8_t {
    other,
    silence,  ///< nothing came back
    reset,    ///< a reset in place of a connection
    icmp,     ///< somebody said why
    answer,   ///< somebody took the packets, in the destination's name at least
};

/// How it ended at the proxy, where it came to no connection there.
Basis basis_at_proxy(const Attempt& attempt) {
    Basis basis = Basis::other;
    for (const Event& event : attempt.evidence) {
        if (event.stage != Stage::proxy) continue;
        if (event.what == What::connect_ok) return Basis::other;
        if (event.what == What::icmp_error && read_icmp(event).meaning != IcmpMeaning::note) return Basis::icmp;
        if (event.what == What::connect_timeout) basis = Basis::silence;
        if (event.what == What::connect_error) basis = event.code == ECONNREFUSED ? Basis::reset : Basis::other;
    }
    return basis;
}

Basis basis_of(const Check& check, const Attempt& attempt, const Finding& finding) {
    switch (finding.cause) {
        case Cause::timeout:
        case Cause::no_reply: return Basis::silence;
        case Cause::not_testable_from_here: {
            const bool stood = over_tcp(check) ? connected(attempt) : answered(attempt);
            return stood ? Basis::other : Basis::silence;
        }
        case Cause::refused: return Basis::reset;
        case Cause::proxy_unreachable: return basis_at_proxy(attempt);
        case Cause::port_unreachable:
        case Cause::admin_prohibited:
        case Cause::host_unreachable:
        case Cause::net_unreachable:
        case Cause::port_unreachable_on_path:
        case Cause::routing_loop: return finding.where ? Basis::icmp : Basis::other;
        case Cause::answered:
        case Cause::client_certificate_required:
        case Cause::connected:
        case Cause::tls_intercepted:
        case Cause::captive_portal:
        case Cause::wrong_protocol: return Basis::answer;
        default: break;
    }
    const Verdict verdict = verdict_of(finding.cause);
    return verdict == Verdict::broken || verdict == Verdict::untrusted ? Basis::answer : Basis::other;
}

/// Packets went to the proxy where there is one, so all that lies behind it is none of their way's business. And no
/// hop's word weighs against that of a responder that was reached.
bool is_about_the_way(const Attempt& attempt, const Finding& finding) {
    const std::optional<SocketAddress>& end = dialled(attempt);
    if (!end || end->address != attempt.path->tested.destination.address) return false;
    if (finding.stage == Stage::plan || finding.stage == Stage::resolve) return false;
    if (attempt.proxy.has_value() != (finding.cause == Cause::proxy_unreachable)) return false;
    return !attempt.responder || finding.cause == Cause::timeout || finding.cause == Cause::refused ||
           (finding.where && finding.where->address);
}

/// What was heard when the way was followed counts as if the attempt had heard it: it was said of the same packets. An
/// ICMP error that came then and not before is what a device's rate limit looks like.
std::optional<Finding> judge_heard(const Check& check, const Attempt& attempt, const Finding& finding) {
    const PathFacts& facts = *attempt.path;
    Attempt told = attempt;
    const auto tell = [&](What what, std::int32_t code, std::int32_t detail, const std::optional<Address>& from) {
        Event event;
        event.stage = finding.stage;
        event.what = what;
        event.code = code;
        event.detail = detail;
        event.from = from;
        if (from) event.text = from->family() == Family::ipv6 ? "icmpv6" : "icmp";
        told.evidence.push_back(std::move(event));
    };
    for (const HopProbe& probe : facts.tested.probes)
        if (probe.answer == HopAnswer::unreachable && probe.from)
            tell(What::icmp_error, probe.type, probe.code, probe.from);
    const auto not_sent = [](const HopProbe& probe) { return probe.answer == HopAnswer::not_sent; };
    const auto not_let_out = [&](const HopProbe& probe) { return not_sent(probe) && probe.code == EPERM; };
    const auto all = [](const Flow& flow, const auto& is) {
        return !flow.probes.empty() && std::all_of(flow.probes.begin(), flow.probes.end(), is);
    };
    // A filter that lets out no packet with a small TTL says nothing of this flow.
    if (all(facts.tested, not_let_out) && !(facts.control && all(*facts.control, not_sent)))
        tell(What::send_error, EPERM, 0, std::nullopt);
    if (told.evidence.size() == attempt.evidence.size()) return std::nullopt;
    std::optional<Finding> heard = judge_local(check, told);
    if (!heard) heard = judge_path(check, told);
    if (!heard || heard->cause == finding.cause || heard->cause == Cause::no_reply || heard->cause == Cause::timeout)
        return std::nullopt;
    heard->confidence = weaker(heard->confidence, Confidence::likely);
    heard->detail += ", when its way was followed";
    heard->warnings.insert(heard->warnings.begin(), finding.warnings.begin(), finding.warnings.end());
    return heard;
}

/// The hop of the device that spoke, where it has used up packets too.
void judge_icmp(Finding& finding, const PathFacts& facts, const Ways& ways) {
    if (!finding.where || !finding.where->address) return;
    const Address& sender = *finding.where->address;
    if (sender == facts.tested.destination.address) {
        if (ways.distance) finding.where->hop = ways.distance;
        return;
    }
    const auto find_in = [&](const Way& way) -> std::optional<int> {
        for (const auto& [number, hop] : way.hops)
            if (std::find(hop.devices.begin(), hop.devices.end(), sender) != hop.devices.end()) return number;
        return std::nullopt;
    };
    finding.where->hop = find_in(ways.tested);
    if (!finding.where->hop && ways.control && ways.agree) finding.where->hop = find_in(*ways.control);
}

/// `answered`: whoever answered did so wherever the way was followed to.
void add_doubts(Finding& finding, const PathFacts& facts, const Ways& ways, bool answered) {
    if (!facts.missing.empty()) finding.warnings.push_back(printable(facts.missing, 300));
    if (!facts.complete && !answered)
        finding.warnings.emplace_back("Its way was not followed to the end: time or packets ran out.");
    const bool steady = ways.tested.steady && (!ways.control || ways.control->steady);
    if (steady && (ways.agree || !ways.same_destination)) return;
    finding.warnings.emplace_back(
        "Its packets take more than one way, go round in a loop, or pass a NAT, so what their way shows is not "
        "certain.");
}

}  // namespace

Finding locate(const Check& check, const Attempt& attempt, Finding finding) {
    if (attempt.path == nullptr || !is_about_the_way(attempt, finding)) return finding;
    const PathFacts& facts = *attempt.path;
    Basis basis = basis_of(check, attempt, finding);
    if (basis == Basis::silence && finding.cause != Cause::proxy_unreachable)
        if (auto heard = judge_heard(check, attempt, finding)) {
            finding = std::move(*heard);
            basis = verdict_of(finding.cause) == Verdict::local ? Basis::other : Basis::icmp;
        }
    if (basis == Basis::other) return finding;
    const Ways ways = compare_ways(facts);
    switch (basis) {
        case Basis::silence: judge_silent(check, finding, attempt, ways); break;
        case Basis::reset: judge_reset(finding, facts, ways); break;
        case Basis::icmp: judge_icmp(finding, facts, ways); break;
        case Basis::answer: judge_answer(check, attempt, finding, ways); break;
        case Basis::other: break;
    }
    if (verdict_of(finding.cause) == Verdict::reachable) return finding;
    if (ways.distance && verdict_of(finding.cause) != Verdict::skipped)
        place_of(finding).destination_hop = ways.distance;
    // Whoever said it is known, wherever on the way that was.
    if (basis != Basis::icmp) add_doubts(finding, facts, ways, basis == Basis::answer);
    return finding;
}

bool wants_path(const CheckResult& result, Locate locate) {
    const Conclusion& conclusion = result.conclusion;
    if (locate == Locate::never || !conclusion.attempt) return false;
    const Attempt& attempt = result.attempts[*conclusion.attempt];
    const std::optional<SocketAddress>& end = dialled(attempt);
    if (!end || end->address.is_loopback() || attempt.abandoned) return false;
    // Routers neither count frames nor answer for ESP as they do for the others.
    const Transport transport = result.check.transport();
    if (transport != Transport::tcp && transport != Transport::udp) return false;
    if (locate == Locate::always) return true;
    // The way ends at the proxy.
    if (attempt.proxy) return conclusion.cause == Cause::proxy_unreachable;
    // That no responder is there is what silence towards one means, and the service has not been asked.
    if (found_no_responder(attempt) || conclusion.stage == Stage::resolve || conclusion.stage == Stage::proxy)
        return false;
    switch (conclusion.verdict) {
        case Verdict::blocked:
        case Verdict::closed:
        case Verdict::broken:
        case Verdict::intercepted: return true;
        case Verdict::inconclusive: return conclusion.cause == Cause::no_reply;
        // Nothing was said there, so somebody nearer may have accepted.
        case Verdict::reachable: return conclusion.cause == Cause::connected;
        case Verdict::untrusted:
        case Verdict::unresolved:
        case Verdict::skipped:
        case Verdict::local: return false;
    }
    return false;
}

}  // namespace fdnprobe::judge
