#include "judge/transport.hpp"

#include <cerrno>
#include <string_view>

#include <fmt/format.h>

#include "judge/comparison.hpp"
#include "judge/errno_text.hpp"
#include "judge/finding.hpp"
#include "judge/icmp.hpp"
#include "judge/trace.hpp"

namespace fdnprobe::judge {
namespace {

Cause cause_of(IcmpMeaning meaning, bool from_destination) {
    switch (meaning) {
        case IcmpMeaning::net: return Cause::net_unreachable;
        case IcmpMeaning::host: return Cause::host_unreachable;
        case IcmpMeaning::prohibited: return Cause::admin_prohibited;
        case IcmpMeaning::hops_exhausted: return Cause::routing_loop;
        case IcmpMeaning::port:
        case IcmpMeaning::protocol:
        case IcmpMeaning::note: break;
    }
    return from_destination ? Cause::port_unreachable : Cause::port_unreachable_on_path;
}

Finding judge_icmp(const Attempt& attempt, const Event& icmp) {
    const IcmpError error = read_icmp(icmp);
    // Without a sender it cannot be the destination's own word.
    const bool from_destination = icmp.from && attempt.destination && *icmp.from == attempt.destination->address;
    Finding finding = make_finding(cause_of(error.meaning, from_destination), icmp.stage,
                                   icmp.from ? Confidence::proven : Confidence::likely,
                                   from_destination ? Owner::service : Owner::network, error.text);
    if (icmp.from) finding.where = at_device(*icmp.from);
    return finding;
}

Finding judge_connect_error(const Event& error) {
    const auto make = [&](Cause cause, Confidence confidence, Owner owner, std::string detail) {
        return make_finding(cause, error.stage, confidence, owner, std::move(detail));
    };
    switch (error.code) {
        case ECONNREFUSED:
            return make(Cause::refused, Confidence::likely, Owner::service,
                        "a reset does not name its sender, so a firewall may have made it");
        case ECONNRESET:
        case EPIPE:
        case ECONNABORTED:
            // The handshake was over before the reset came: the system call reports both at once.
            return make(Cause::reset_after_connect, Confidence::likely, Owner::unknown,
                        "the handshake had been completed, so TCP gets through");
        case ETIMEDOUT:
            return make(Cause::timeout, Confidence::likely, Owner::network, "the operating system gave up waiting");
        case ENOPROTOOPT:
            return make(Cause::port_unreachable_on_path, Confidence::possible, Owner::network,
                        "ICMP protocol unreachable, from an unknown sender");
        default:
            return make(Cause::internal, Confidence::possible, Owner::this_host,
                        "an error that nothing explains: " + errno_text(error.code));
    }
}

Finding judge_connect_timeout(const Event& timeout) {
    const std::string waited = spell_milliseconds(timeout.detail);
    // One lost packet would look the same.
    if (timeout.code <= 0)
        return make_finding(Cause::no_reply, timeout.stage, Confidence::possible, Owner::unknown,
                            fmt::format("{} left no time to repeat the SYN, which may have been lost", waited));
    return make_finding(Cause::timeout, timeout.stage, Confidence::likely, Owner::network,
                        fmt::format("{} SYNs in {} stayed unanswered", timeout.code + 1, waited));
}

bool is_reset(const Event& abort) { return abort.code == ECONNRESET || abort.code == EPIPE; }

std::optional<Finding> judge_tcp_path(const Check& check, const Attempt& attempt) {
    if (connected(attempt)) return std::nullopt;
    if (const Event* const icmp = find_icmp(check, attempt)) return judge_icmp(attempt, *icmp);
    if (const Event* const error = attempt.find_last(What::connect_error)) return judge_connect_error(*error);
    if (const Event* const timeout = attempt.find_last(What::connect_timeout)) return judge_connect_timeout(*timeout);
    return make_finding(Cause::internal, Stage::connect, Confidence::proven, Owner::this_host,
                        "the attempt ended without a connection and without a reason");
}

/// All waits together: a dialogue may have asked more than once.
std::int32_t whole_silence(const Attempt& attempt) {
    std::int32_t waited = 0;
    for (const Event& event : attempt.evidence)
        if (event.what == What::silent) waited += event.code;
    return waited;
}

/// UDP, and what lies below it. Silence is never more than silence: a service that does not know this host keeps
/// quiet, and so does a firewall.
std::optional<Finding> judge_datagrams(const Check& check, const Attempt& attempt) {
    if (answered(attempt)) return std::nullopt;
    if (const Event* const icmp = find_icmp(check, attempt)) return judge_icmp(attempt, *icmp);
    for (const What what : {What::connect_error, What::send_error, What::reset}) {
        const Event* const error = attempt.find_last(what);
        if (error == nullptr) continue;
        // Only ICMP makes these, and this platform did not say whose it was.
        if (error->code == ECONNREFUSED)
            return make_finding(Cause::port_unreachable, error->stage, Confidence::possible, Owner::unknown,
                                "ICMP port unreachable, from an unknown sender");
        if (error->code == EHOSTUNREACH || error->code == ENETUNREACH)
            return make_finding(Cause::host_unreachable, error->stage, Confidence::possible, Owner::network,
                                "ICMP unreachable, from an unknown sender");
        return make_finding(Cause::internal, error->stage, Confidence::possible, Owner::this_host,
                            "an error that nothing explains: " + errno_text(error->code));
    }
    const Event* const silent = attempt.find_last(What::silent);
    const Event* const last = silent != nullptr ? silent : attempt.find_last(What::sent);
    const std::string_view nothing = spoken_to(attempt) ? "nothing came back in" : "nothing was heard for";
    return make_finding(Cause::no_reply, last == nullptr ? Stage::connect : last->stage, Confidence::possible,
                        Owner::unknown,
                        silent == nullptr ? std::string("nothing is known to come back")
                                          : fmt::format("{} {}", nothing, spell_milliseconds(whole_silence(attempt))));
}

}  // namespace

std::optional<Finding> judge_path(const Check& check, const Attempt& attempt) {
    return over_tcp(check) ? judge_tcp_path(check, attempt) : judge_datagrams(check, attempt);
}

std::optional<Finding> judge_connection(const Check& check, const Attempt& attempt) {
    if (!over_tcp(check) || answered(attempt) || did_without_tls(attempt)) return std::nullopt;
    const bool spoken = spoken_to(attempt);
    if (const Event* const abort = find_abort(attempt)) {
        if (!spoken)
            return make_finding(Cause::reset_after_connect, abort->stage, Confidence::proven, Owner::unknown,
                                errno_text(abort->code));
        // TLS had come about and nothing was asked: whether that suffices is for the probe's judge.
        const Event* const tls = attempt.find(What::tls_ok);
        if (tls != nullptr && find_after(attempt, tls, What::sent) == nullptr) return std::nullopt;
        // No connection is reset for want of an answer: a content filter that dislikes the request does this, and so
        // does a service that dislikes the client.
        return make_finding(Cause::no_answer, abort->stage, Confidence::proven, Owner::unknown,
                            fmt::format("{} after the request ({})", is_reset(*abort) ? "reset" : "broken off",
                                        errno_text(abort->code)));
    }
    if (const Event* const closed = attempt.find(What::closed); closed != nullptr && !spoken)
        return make_finding(Cause::closed_after_connect, closed->stage, Confidence::proven, Owner::unknown, "");
    return compare_requests(attempt);
}

std::vector<std::string> path_warnings(const Attempt& attempt) {
    std::vector<std::string> warnings;
    for (const Event& event : attempt.evidence) {
        if (event.what != What::icmp_error || !is_mtu_signal(event)) continue;
        warnings.push_back(fmt::format("{} says that its next link takes smaller packets than this host's ({}).",
                                       event.from ? event.from->to_string() : "A device on the path",
                                       read_icmp(event).text));
        break;
    }
    return warnings;
}

}  // namespace fdnprobe::judge
