// How a standing takes in one more run.
#pragma once

#include <chrono>
#include <optional>

#include "fdnprobe/schedule.hpp"
#include "fdnprobe/watch.hpp"

namespace fdnprobe::watch {

using WallTime = std::chrono::system_clock::time_point;

/// What a run has confirmed.
struct Confirmed {
    std::optional<State> from;  ///< nothing: it is the first
    State to = State::unconfigured;
};

/// Whether a state that is the first one needs no second run to be believed: nothing is wrong.
[[nodiscard]] bool is_good(State state);

/// `recent` begins anew with every confirmed change, but for the runs that confirmed it: what was so before it does not
/// speak against it. Nothing: what is confirmed stays.
[[nodiscard]] std::optional<Confirmed> note_run(Standing& standing, State state, WallTime now,
                                                const Confirmation& confirmation);

/// Forgets the runs that are more than the confirmation looks at.
void trim(Standing& standing, const Confirmation& confirmation);

}  // namespace fdnprobe::watch
