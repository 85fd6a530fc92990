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
