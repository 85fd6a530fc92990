#include "judge/badness.hpp"

namespace fdnprobe::judge {

State state_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::reachable: return State::reachable;
        case Verdict::closed:
        case Verdict::blocked: return State::blocked;
        case Verdict::broken: return State::broken;
        case Verdict::untrusted: return State::untrusted;
        case Verdict::intercepted: return State::intercepted;
        case Verdict::unresolved: return State::unresolved;
        case Verdict::inconclusive: return State::inconclusive;
        case Verdict::local: return State::local;
        case Verdict::skipped: break;
    }
    return State::unconfigured;
}

}  // namespace fdnprobe::judge
