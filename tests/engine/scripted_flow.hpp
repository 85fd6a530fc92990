// Answers of hops in as few words as the tests need.
#pragma once

#include <chrono>
#include <string>

#include "fdnprobe/path.hpp"

namespace fdnprobe::engine {

inline Address router_at(int hop) { return *Address::parse("10.0.0." + std::to_string(hop)); }

inline HopProbe heard(int hop, HopAnswer answer, int at_ms = 0) {
    HopProbe probe;
    probe.hop = hop;
    probe.answer = answer;
    probe.at = std::chrono::milliseconds(at_ms);
    probe.took = std::chrono::milliseconds(answer == HopAnswer::silence ? 200 : 1);
    if (answer == HopAnswer::time_exceeded) probe.from = router_at(hop);
    return probe;
}

}  // namespace fdnprobe::engine
