#include "judge/responder.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include <fmt/format.h>

#include "base/text.hpp"
#include "judge/finding.hpp"
#include "judge/trace.hpp"
#include "probes/registry.hpp"
#include "probes/responder.hpp"

namespace fdnprobe::judge {
namespace {

bool for_members_only(const Check& check) {
    const probes::Probe* const probe = probes::find(check.probe);
    return probe != nullptr && probe->description.members_only;
}

std::int64_t requests_sent(const Attempt& attempt) {
    return std::count_if(attempt.evidence.begin(), attempt.evidence.end(),
                         [](const Event& event) { return event.what == What::sent && event.stage != Stage::proxy; });
}

std::string count_requests(const Attempt& attempt) {
    const std::int64_t sent = requests_sent(attempt);
    return fmt::format("{} request{}", sent, sent == 1 ? "" : "s");
}

std::string unanswered(const Attempt& attempt) {
    const Event* const first = attempt.find(What::sent);
    const Event* const last = attempt.find_last(What::silent);
    std::string text = count_requests(attempt) + " to a responder stayed unanswered";
    if (first == nullptr || last == nullptr || last->at < first->at) return text;
    const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(last->at - first->at);
    return text + " for " + spell_milliseconds(static_cast<std::int32_t>(waited.count()));
}

std::string source_in(const Event& arrival) {
    if (arrival.hardware) return arrival.hardware->to_string();
    if (!arrival.from) return "it";
    if (arrival.detail <= 0 || arrival.detail > 65535) return arrival.from->to_string();
    return SocketAddress{*arrival.from, static_cast<std::uint16_t>(arrival.detail)}.to_string();
}

Finding lost(const Event& arrival, std::string detail) {
    return make_finding(Cause::lost_on_path, arrival.stage, Confidence::proven, Owner::network, std::move(detail));
}

/// What the responder says, over a connection that works, of requests that drew no reply.
std::optional<Finding> judge_arrival(const Check& check, const Attempt& attempt, const Event& arrival) {
    const std::int64_t sent = requests_sent(attempt);
    if (arrival.code > 0) {
        const std::string arrived =
            sent == 1 ? "the request arrived"
                      : fmt::format("{} of {} requests arrived", std::min<std::int64_t>(arrival.code, sent), sent);
        return lost(arrival, fmt::format("{} at the far end (it saw {}), the {} lost on the way back", arrived,
                                         source_in(arrival), arrival.code == 1 ? "reply was" : "replies were"));
    }
    // A connection that stands may have been accepted by the service itself, in the responder's place.
    if (over_tcp(check)) return std::nullopt;
    const std::string asked_at = printable(arrival.text, 20);
    // detail: it listens there.
    if (arrival.detail == 1)
        return lost(arrival, fmt::format("{} reached the far end, which answers on {}",
                                         sent == 1 ? std::string("the request never")
                                                   : fmt::format("none of the {} requests", sent),
                                         asked_at));
    return make_finding(Cause::no_reply, arrival.stage, Confidence::possible, Owner::unknown,
                        fmt::format("{}; the responder there, which answers on {}, does not listen on this port, so "
                                    "they may have come to something else",
                                    unanswered(attempt), asked_at));
}

}  // namespace

Finding judge_responder(const Check& check, const Attempt& attempt, std::optional<Finding> way_there) {
    const bool silent = !way_there || way_there->cause == Cause::no_reply;
    if (const Event* const arrival = attempt.find_last(What::arrival); arrival != nullptr && silent)
        if (auto finding = judge_arrival(check, attempt, *arrival)) return *finding;
    if (!way_there) return probes::responder.judge(check, attempt);
    // Strangers are not answered there, whatever the path is like.
    if (for_members_only(check) && way_there->cause == Cause::timeout)
        return make_finding(Cause::not_applicable, way_there->stage, Confidence::proven, Owner::nobody,
                            "no responder answered, " + way_there->detail);
    if (way_there->cause == Cause::no_reply && !over_tcp(check)) way_there->detail = unanswered(attempt);
    return *way_there;
}

bool found_no_responder(const Attempt& attempt) {
    const Verdict verdict = verdict_of(attempt.finding.cause);
    return attempt.responder && (verdict == Verdict::inconclusive || verdict == Verdict::skipped);
}

}  // namespace fdnprobe::judge
