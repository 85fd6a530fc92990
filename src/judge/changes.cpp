#include "judge/changes.hpp"

#include "judge/handshake.hpp"
#include "judge/trace.hpp"

namespace fdnprobe::judge {
namespace {

bool identified_itself(const Attempt& attempt) {
    return (attempt.tls && !attempt.tls->chain.empty()) || wants_client_certificate(attempt);
}

/// The greeting got no answer at all. The name in it is left out or replaced; whoever was reset is asked again as it
/// was, since servers reset some connections and not others when many come at once.
std::vector<Change> for_greeting(const Attempt& attempt, bool silent) {
    const Event* const start = attempt.find(What::tls_start);
    // What came after an answer was not about the greeting.
    if (start == nullptr || identified_itself(attempt)) return {};
    std::vector<Change> changes{Change::other_name};
    if (!start->text.empty()) changes.push_back(Change::no_name);
    const Event* const silence = find_after(attempt, start, What::silent);
    const bool may_be_cut = start->code == 0 || start->code > small_segment;
    if (!silent)
        changes.push_back(Change::unchanged);
    else if (may_be_cut || (silence != nullptr && silence->detail != 0))
        changes.push_back(Change::small_segments);
    return changes;
}

/// A request in plain text that was never acknowledged. One that fits into a small segment was no larger before.
std::vector<Change> for_request(const CheckResult& result, const Attempt& attempt) {
    const Event* const request = attempt.find_last(What::sent);
    const Event* const silence = attempt.find_last(What::silent);
    if (!over_tcp(result.check) || attempt.proxy || attempt.find(What::tls_start) != nullptr) return {};
    if (request == nullptr || silence == nullptr || silence->detail != 0 || request->code <= small_segment) return {};
    return {Change::small_segments};
}

/// A web server can be asked inside the same TLS. One that spoke before TLS, or was spoken to, is none.
std::vector<Change> for_certificate(const Attempt& attempt) {
    const Event* const start = attempt.find(What::tls_start);
    if (start == nullptr) return {};
    for (const Event* event = attempt.evidence.data(); event != start; ++event)
        if (event->stage == Stage::exchange) return {};
    return {Change::http_date};
}

}  // namespace

std::vector<Change> wants_changes(const CheckResult& result) {
    if (!result.conclusion.attempt) return {};
    const Attempt& attempt = result.attempts[*result.conclusion.attempt];
    if (!attempt.destination || attempt.responder) return {};
    switch (result.conclusion.cause) {
        case Cause::hello_timeout: return for_greeting(attempt, true);
        case Cause::reset_after_hello:
        case Cause::closed_after_hello: return for_greeting(attempt, false);
        case Cause::no_answer: return for_request(result, attempt);
        case Cause::certificate_expired:
        case Cause::certificate_not_yet_valid: return for_certificate(attempt);
        default: return {};
    }
}

}  // namespace fdnprobe::judge
