#include "judge/path_end.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "judge/path_words.hpp"
#include "judge/trace.hpp"

namespace fdnprobe::judge {
namespace {

/// Where the packets were last seen, and where others go on.
struct End {
    int after = 0;                  ///< the farthest hop that was heard of; 0: none
    std::optional<Address> device;  ///< there
    int beyond = 0;                 ///< the nearest hop behind it that the control flow was answered from
    std::optional<Address> next;    ///< there
    bool at_destination = false;    ///< what answers there is the destination
    bool comparable = false;        ///< the control flow took the same way
    int control_reached = 0;        ///< the farthest hop that answered it; 0: the destination did
    bool proven = false;            ///< a device drops the packets between these two
};

/// Would so much silence be far-fetched, if packets of the tested flow were answered there as those of the control are?
/// Routers that answer once a second leave out some of either. The control's tries, with half of one added either way,
/// give the chance of silence; one in ten is far-fetched.
bool is_telling(const Hop& tested, const Hop& control) {
    constexpr double far_fetched = 0.1;
    const double silence = (control.silent + 0.5) / (control.silent + control.spoken + 1);
    return std::pow(silence, tested.silent) < far_fetched;
}

/// Nothing, where too little is known; `why` then says what is.
std::optional<End> find_end(const Ways& ways, const std::string& control, std::string& why) {
    const Way& tested = ways.tested;
    End end;
    end.after = tested.reached;
    end.device = tested.device(end.after);
    const std::string seen =
        end.after == 0 ? std::string("No device on the way answered its packets")
                       : fmt::format("Its packets were answered as far as {}", spell_hop(end.after, end.device));
    if (tested.answered) {
        why = fmt::format(
            "When its way was followed, packets that were given {} did get an answer: what stops it does not always do "
            "so.",
            *tested.answered == 1 ? "1 hop" : fmt::format("{} hops", *tested.answered));
        return std::nullopt;
    }
    if (!ways.control) {
        why = fmt::format("{}, and nothing that gets through was found to compare that with.", seen);
        return std::nullopt;
    }
    const auto beyond = std::find_if(ways.control->hops.begin(), ways.control->hops.end(), [&](const auto& entry) {
        return entry.first > end.after && entry.second.spoke();
    });
    if (beyond == ways.control->hops.end()) {
        why = fmt::format("{}, and {} was not answered from farther away.", seen, control);
        return std::nullopt;
    }
    end.beyond = beyond->first;
    end.next = ways.control->device(end.beyond);
    if (!ways.same_destination && end.after > 0 && !ways.share(end.after)) {
        why = fmt::format("{}, and {} takes another way there, so the two cannot be compared.", seen, control);
        return std::nullopt;
    }
    end.at_destination = beyond->second.devices.empty();
    // Each of these packets would have been answered by whoever answers the control flow there.
    const auto unanswered_from = [&](int nearest) {
        int unanswered = 0;
        for (const auto& [number, hop] : tested.hops) {
            const Hop* const there = ways.control->at(number);
            if (number >= nearest && there != nullptr && there->spoke()) unanswered += hop.silent;
        }
        return unanswered;
    };
    const int unanswered = unanswered_from(end.beyond);
    const Hop* const first = tested.at(end.beyond);
    bool asked_between = true;
    for (int hop = end.after + 1; hop < end.beyond; ++hop) asked_between &= ways.control->at(hop) != nullptr;
    if (first == nullptr || unanswered < enough_tries || !asked_between) {
        why = fmt::format("{}, and {} from {} too, but too few packets were sent to say that they end there.", seen,
                          control, spell_hop(end.beyond, end.next));
        return std::nullopt;
    }
    if (!is_telling(*first, beyond->second)) {
        why = fmt::format("{}, and {} from {} too, but what is there answers too seldom to say that they end there.",
                          seen, control, spell_hop(end.beyond, end.next));
        return std::nullopt;
    }
    end.comparable = ways.comparable() && tested.steady && ways.control->steady;
    end.control_reached = ways.control->answered ? 0 : ways.control->reached;
    // One device may be short of answers to this flow alone; two in a row are not.
    end.proven = ways.sound() && end.beyond == end.after + 1 && ways.share(end.after) && end.next &&
                 !end.at_destination && first->silent >= enough_tries && unanswered_from(end.beyond + 1) > 0;
    return end;
}

/// A clause that begins with its verb: what becomes of the packets.
std::string spell_end(const End& end, const std::string& control) {
    const std::string place = spell_hop(end.after, end.device);
    if (!end.comparable) return fmt::format("is last seen at {}; {} gets farther", place, control);
    if (end.at_destination)
        return fmt::format("dies after {}, at a device there or at the destination itself; {} gets through", place,
                           control);
    if (end.control_reached > 0)
        return fmt::format("dies after {}; {} goes on to hop {}", place, control, end.control_reached);
    return fmt::format("dies after {}; {} gets through", place, control);
}

/// Not one device answered: it may not even have left this host. Where the next hop is the destination itself, its own
/// filter is one possibility more, and the finding stays what it was.
void judge_start(Finding& finding, const End& end, const std::string& control) {
    if (end.at_destination || end.beyond > 1) {
        finding.warnings.push_back(fmt::format(
            "No device on the way answered its packets, not even at {}, which {} was answered from: this host's own "
            "packet filter may be what stops them.",
            spell_hop(end.beyond, end.next), control));
        if (finding.cause == Cause::timeout) finding.confidence = Confidence::possible;
        return;
    }
    const std::string clause =
        fmt::format("dies on this host or at {}, which answers {}", spell_hop(1, end.next), control);
    if (finding.cause == Cause::timeout || finding.cause == Cause::proxy_unreachable) {
        put_at(finding, 1, end.next);
        finding.confidence = Confidence::possible;
        if (finding.cause == Cause::timeout)
            finding.detail = clause;
        else
            add_detail(finding, "the connection " + clause);
    } else {
        finding.warnings.push_back(fmt::format("What is sent {}.", clause));
    }
}

/// A device with such an address is not one of the site's own. Sites number their devices as they like, so a public
/// address says that only where this host has a private one, or, with IPv6, another prefix than this host's: a site has
/// a /48 at most (RFC 6177). And hop 1 is on this host's own network, however it is numbered.
bool is_outside(int hop, const Address& device, const Attempt& attempt) {
    if (hop < 2 || device.is_private() || !attempt.local) return false;
    const Address& own = attempt.local->address;
    if (own.family() == Family::ipv4) return own.is_private();
    constexpr std::size_t site_prefix = 48 / 8;
    return !std::equal(own.bytes().begin(), own.bytes().begin() + site_prefix, device.bytes().begin());
}

/// Datagrams that stay unanswered, and were seen to leave: either from outside, or all the way to the last router.
void judge_open_path(Finding& finding, const Attempt& attempt, const Ways& ways) {
    const Way& tested = ways.tested;
    bool outside = false;
    for (const auto& [number, hop] : tested.hops)
        for (const Address& device : hop.devices)
            outside =
                outside || (device != attempt.path->tested.destination.address && is_outside(number, device, attempt));
    const bool comparable = ways.comparable() && tested.steady && ways.control->steady;
    // What is seen there has passed all devices before it; one router alone has passed nothing on yet.
    const bool to_the_last = comparable && ways.distance && *ways.distance == tested.reached + 1 && tested.reached >= 2;
    if (!outside && !to_the_last) return;
    finding.cause = Cause::path_open;
    finding.confidence = ways.sound() ? Confidence::likely : Confidence::possible;
    put_at(finding, tested.reached, tested.device(tested.reached));
    finding.detail = fmt::format("get as far as {}, {}", spell_hop(tested.reached, finding.where->address),
                                 to_the_last ? "the last device before the destination" : "outside the site");
}

}  // namespace

void judge_silent(const Check& check, Finding& finding, const Attempt& attempt, const Ways& ways) {
    const std::string control = name_of_control(*attempt.path);
    std::string why;
    const std::optional<End> end = find_end(ways, control, why);
    const bool datagrams = !over_tcp(check) && finding.cause != Cause::proxy_unreachable;
    // A datagram that reaches the destination and no answer are no news: that is what services do to strangers.
    const bool lost = end && end->proven;
    if (lost && finding.cause != Cause::proxy_unreachable) {
        finding.cause = datagrams ? Cause::lost_on_path : Cause::timeout;
        finding.owner = Owner::network;
    } else if (datagrams && finding.cause == Cause::no_reply && !attempt.responder) {
        judge_open_path(finding, attempt, ways);
    }
    if (!end) {
        finding.warnings.push_back(std::move(why));
        return;
    }
    if (end->after == 0) return judge_start(finding, *end, control);
    const std::string clause = spell_end(*end, control);
    switch (finding.cause) {
        case Cause::timeout:
        case Cause::lost_on_path:
            put_at(finding, end->after, end->device);
            finding.detail = clause;
            break;
        case Cause::proxy_unreachable:
            put_at(finding, end->after, end->device);
            add_detail(finding, "the connection " + clause);
            if (lost) finding.owner = Owner::network;
            break;
        default:
            // Nothing is lost where only the destination does not answer.
            if (!end->at_destination) finding.warnings.push_back(fmt::format("What is sent {}.", clause));
            return;
    }
    if (lost) finding.confidence = Confidence::proven;
}

}  // namespace fdnprobe::judge
