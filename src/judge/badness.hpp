// The order of badness, which is the order of the states: from `reachable` to `local`.
#pragma once

#include "fdnprobe/verdict.hpp"

namespace fdnprobe::judge {

/// The state that a row with this one check has; `skipped` has none, and is `unconfigured`.
[[nodiscard]] State state_of(Verdict verdict);

/// Whether `one` is worse than `other`. `unconfigured` is not on the scale.
[[nodiscard]] constexpr bool worse(State one, State other) {
    static_assert(State::reachable < State::degraded && State::degraded < State::inconclusive &&
                  State::inconclusive < State::untrusted && State::untrusted < State::broken &&
                  State::broken < State::intercepted && State::intercepted < State::blocked &&
                  State::blocked < State::unresolved && State::unresolved < State::local);
    return one > other;
}

}  // namespace fdnprobe::judge
