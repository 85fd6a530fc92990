#include "watch/standing.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

namespace fdnprobe::watch {
namespace {

/// What most of the runs say that differ from what is confirmed; of several, what the latest of them says.
State prevailing(const Standing& standing) {
    std::map<State, int> counts;
    int most = 0;
    for (const State state : standing.recent)
        if (standing.confirmed != state) most = std::max(most, ++counts[state]);
    return *std::find_if(standing.recent.rbegin(), standing.recent.rend(), [&](State state) {
        const auto found = counts.find(state);
        return found != counts.end() && found->second == most;
    });
}

Confirmed confirm(Standing& standing, State state) {
    const Confirmed change{standing.confirmed, state};
    standing.confirmed = state;
    standing.since = std::exchange(standing.changing, {});
    std::erase_if(standing.recent, [&](State one) { return one != state; });
    return change;
}

}  // namespace

bool is_good(State state) {
    return state == State::reachable || state == State::degraded || state == State::unconfigured;
}

void trim(Standing& standing, const Confirmation& confirmation) {
    const auto most = static_cast<std::size_t>(std::max(confirmation.of, 1));
    if (standing.recent.size() > most)
        standing.recent.erase(standing.recent.begin(), standing.recent.end() - static_cast<std::ptrdiff_t>(most));
}

std::optional<Confirmed> note_run(Standing& standing, State state, WallTime now, const Confirmation& confirmation) {
    standing.recent.push_back(state);
    trim(standing, confirmation);
    if (standing.confirmed == state) {
        standing.changing = {};
        return std::nullopt;
    }
    if (!standing.confirmed && is_good(state)) {
        standing.changing = now;
        return confirm(standing, state);
    }
    if (standing.changing == WallTime{}) standing.changing = now;
    const auto differing = std::count_if(standing.recent.begin(), standing.recent.end(),
                                         [&](State one) { return standing.confirmed != one; });
    // What is told of the change is what this run found, so it has to be a run that found it.
    if (differing < confirmation.needed || prevailing(standing) != state) return std::nullopt;
    return confirm(standing, state);
}

}  // namespace fdnprobe::watch
