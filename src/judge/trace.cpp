#include "judge/trace.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fdnprobe::judge {

const Event* find_after(const Attempt& attempt, const Event* mark, What what) {
    const Event* const begin = mark == nullptr ? attempt.evidence.data() : mark + 1;
    const Event* const end = attempt.evidence.data() + attempt.evidence.size();
    const Event* const found = std::find_if(begin, end, [&](const Event& event) { return event.what == what; });
    return found == end ? nullptr : found;
}

bool connected(const Attempt& attempt) {
    const Event* const up = attempt.find_last(What::connect_ok);
    return up != nullptr && find_after(attempt, up, What::connect_error) == nullptr &&
           find_after(attempt, up, What::connect_timeout) == nullptr;
}

const std::optional<SocketAddress>& dialled(const Attempt& attempt) {
    return attempt.proxy ? attempt.proxy : attempt.destination;
}

bool answered(const Attempt& attempt, const Event* after) {
    for (const Event* event = find_after(attempt, after, What::received); event != nullptr;
         event = find_after(attempt, event, What::received))
        if (event->stage != Stage::proxy) return true;
    return false;
}

bool spoken_to(const Attempt& attempt) {
    return std::any_of(attempt.evidence.begin(), attempt.evidence.end(), [](const Event& event) {
        return event.stage != Stage::proxy && (event.what == What::sent || event.what == What::tls_start);
    });
}

bool did_without_tls(const Attempt& attempt) {
    const Event* const start = attempt.find(What::tls_start);
    if (start == nullptr || start->detail != 1) return false;
    // Whoever sends a certificate or an alert speaks TLS, however it went on.
    if (attempt.tls != nullptr && !attempt.tls->chain.empty()) return false;
    for (const What what : {What::tls_ok, What::tls_alert_received, What::tls_error})
        if (find_after(attempt, start, what) != nullptr) return false;
    if (find_after(attempt, start, What::tls_plaintext) != nullptr) return true;
    // TCP acknowledges what arrives, whether or not the service can make anything of it.
    if (const Event* const silent = find_after(attempt, start, What::silent)) return silent->detail != 0;
    // A service that had shown itself may end the connection at a greeting that it does not know. One that had not may
    // speak TLS, and be cut off by what does not want it to.
    return std::any_of(attempt.evidence.data(), start, [](const Event& event) {
        return event.what == What::held || (event.what == What::received && event.stage != Stage::proxy);
    });
}

bool left_this_host(const Attempt& attempt) {
    return std::any_of(attempt.evidence.begin(), attempt.evidence.end(), [](const Event& event) {
        return event.stage > Stage::resolve && event.what != What::cancelled && event.what != What::descriptor_wait;
    });
}

const Event* find_abort(const Attempt& attempt) {
    const Event* const reset = attempt.find_last(What::reset);
    return reset != nullptr ? reset : attempt.find_last(What::send_error);
}

std::string spell_milliseconds(std::int32_t milliseconds) {
    return milliseconds < 1000 ? fmt::format("{} ms", milliseconds) : fmt::format("{:.1f} s", milliseconds / 1000.0);
}

}  // namespace fdnprobe::judge
