#include "judge/path_nearer.hpp"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "judge/finding.hpp"
#include "judge/path_words.hpp"
#include "probes/radius_answer.hpp"

namespace fdnprobe::judge {
namespace {

/// Somebody answered in the destination's name.
struct Nearer {
    int hop = 0;  ///< packets that were given so many hops were answered
    /// Those that were given one less were used up by a device, or by nobody who says so; nothing: they were not sent.
    std::optional<bool> device_before;
    bool proven = false;
};

/// That nobody else can have answered is known from the control flow: its packets, given as many hops, are still on
/// their way. On two ways of different lengths that would prove nothing.
std::optional<Nearer> find_nearer(const Ways& ways) {
    if (!ways.tested.answered || ways.tested.at(*ways.tested.answered)->from_destination) return std::nullopt;
    if (!ways.comparable() || !ways.tested.steady || !ways.control->steady) return std::nullopt;
    Nearer nearer;
    nearer.hop = *ways.tested.answered;
    if (ways.control->reached < nearer.hop) return std::nullopt;
    if (const Hop* const before = ways.tested.at(nearer.hop - 1); before != nullptr)
        nearer.device_before = !before->devices.empty();
    nearer.proven = ways.sound() && ways.distance && ways.distance_is_exact && ways.share(nearer.hop - 1) &&
                    ways.control->device(nearer.hop);
    return nearer;
}

std::string beside_control(const Nearer& nearer, const Ways& ways, const std::string& control) {
    if (ways.distance) return fmt::format("hop {}, while the destination is at hop {}", nearer.hop, *ways.distance);
    return fmt::format("hop {}, where {} is still on its way", nearer.hop, control);
}

/// Somebody has shown to be the endpoint itself, by a key or by a secret.
bool is_verified(const Check& check, const Attempt& attempt, const Finding& finding) {
    if (verdict_of(finding.cause) != Verdict::reachable) return false;
    if (attempt.tls && !attempt.tls->chain.empty()) {
        const TlsFacts& facts = *attempt.tls;
        if (check.known && check.known->key_sha256 == facts.chain.front().key_sha256) return true;
        if (facts.fortinet_chain == FortinetChain::proven) return true;
        return facts.public_chain && facts.name_matches;
    }
    // A RADIUS answer is signed with the secret (RFC 2865, 3), and one that is not signed is no `answered`.
    return finding.cause == Cause::answered && check.probe.starts_with("radius") &&
           !check.secret(probes::radius_secret).empty();
}

}  // namespace

void judge_reset(Finding& finding, const PathFacts& facts, const Ways& ways) {
    const bool proxy = finding.cause == Cause::proxy_unreachable;
    const std::string_view end = proxy ? "the proxy" : "the destination";
    if (!ways.tested.answered || !ways.tested.at(*ways.tested.answered)->reset) {
        finding.warnings.emplace_back("When its way was followed, the reset did not come again.");
        return;
    }
    const std::optional<Nearer> nearer = find_nearer(ways);
    if (!nearer) {
        if (ways.distance == ways.tested.answered)
            finding.detail = fmt::format(
                "{}the reset comes from as far away as {}, which is at hop {}: from there or from the last device "
                "before it",
                proxy ? "it refuses the connection; " : "", end, *ways.distance);
        else if (!ways.control)
            finding.warnings.emplace_back(
                "Nothing that gets through was found to compare its way with, so how far away the reset was made is "
                "not known.");
        else
            finding.warnings.push_back(
                fmt::format("How far away {} is could not be told from {}, so neither could who made the reset.", end,
                            name_of_control(facts)));
        return;
    }
    finding.owner = Owner::network;
    const std::string beside = beside_control(*nearer, ways, name_of_control(facts));
    if (!proxy) finding.cause = Cause::reset_on_path;
    if (nearer->hop == 1) {
        // This host's own packet filter resets connections as well as the first router's.
        finding.confidence = Confidence::possible;
        put_at(finding, 1, ways.control->device(1));
    } else {
        if (!proxy) finding.confidence = nearer->proven ? Confidence::proven : Confidence::likely;
        if (nearer->device_before == true) {
            put_at(finding, nearer->hop - 1, ways.tested.device(nearer->hop - 1));
        } else if (nearer->device_before == false) {
            // A router that never says that it used up a packet may still be the one that rejects it.
            const bool never_answers = !ways.control->device(nearer->hop - 1);
            put_at(finding, never_answers ? nearer->hop - 1 : nearer->hop,
                   never_answers ? std::nullopt : ways.control->device(nearer->hop));
        }
    }
    const std::string came =
        fmt::format("{} {}{}", nearer->device_before || nearer->hop == 1 ? "from" : "from no farther than", beside,
                    nearer->hop == 1 ? ", or is this host's own" : "");
    if (proxy)
        finding.detail = "the connection is refused on the way: the reset comes " + came;
    else
        finding.detail = "the reset comes " + came;
}

void judge_answer(const Check& check, const Attempt& attempt, Finding& finding, const Ways& ways) {
    const std::optional<Nearer> nearer = find_nearer(ways);
    if (!nearer) return;
    const Hop& hop = *ways.tested.at(nearer->hop);
    if (!hop.accepted && !hop.replied) return;
    const std::optional<Address> device = ways.control->device(nearer->hop);
    const std::string beside = beside_control(*nearer, ways, name_of_control(*attempt.path));
    const std::string_view done = hop.accepted ? "accepted" : "answered";
    const std::string warning =
        fmt::format("Packets to it are {} at {}{}", done, beside,
                    device ? fmt::format(" ({} is at hop {})", device->to_string(), nearer->hop) : std::string());
    if (is_verified(check, attempt, finding)) {
        finding.warnings.push_back(warning + "; whoever does that passes on what is said, unchanged.");
        return;
    }
    // At hop 1 this host may be the one that answers: programs that filter the web do that.
    const Confidence confidence = nearer->proven && nearer->hop > 1 ? Confidence::proven : Confidence::likely;
    const auto take_place = [&] {
        finding.owner = Owner::network;
        if (nearer->device_before || nearer->hop == 1) put_at(finding, nearer->hop, device);
    };
    switch (finding.cause) {
        case Cause::tls_intercepted:
        case Cause::wrong_protocol:
        case Cause::captive_portal:
        case Cause::untrusted_issuer:
            take_place();
            finding.confidence = std::min(finding.confidence, confidence);
            add_detail(finding, fmt::format("{} at {}", done, beside));
            return;
        case Cause::answered:
        case Cause::client_certificate_required:
        case Cause::connected:
        case Cause::closed_after_connect:
        case Cause::reset_after_connect:
        case Cause::no_answer:
        case Cause::no_banner:
        case Cause::hello_timeout:
        case Cause::reset_after_hello:
        case Cause::closed_after_hello:
        case Cause::bad_answer: break;
        default: finding.warnings.push_back(warning + "."); return;
    }
    std::string then;
    if (verdict_of(finding.cause) != Verdict::reachable)
        then =
            fmt::format("; then {}{}", to_string(finding.cause), finding.detail.empty() ? "" : ": " + finding.detail);
    finding.cause = Cause::answered_on_path;
    finding.confidence = confidence;
    finding.detail =
        fmt::format("{} at {}{}{}", done, beside, nearer->hop == 1 ? ", by that device or on this host" : "", then);
    take_place();
}

}  // namespace fdnprobe::judge
