#include "report/palette.hpp"

namespace fdnprobe::report {

Ink ink_of(State state) {
    switch (state) {
        case State::reachable: return Ink::good;
        case State::degraded:
        case State::inconclusive: return Ink::warn;
        case State::untrusted:
        case State::broken:
        case State::intercepted:
        case State::blocked:
        case State::unresolved: return Ink::bad;
        case State::local: return Ink::own;
        case State::unconfigured: return Ink::faint;
    }
    return Ink::plain;
}

Ink ink_of(Verdict verdict) {
    switch (verdict) {
        case Verdict::reachable: return Ink::good;
        case Verdict::inconclusive: return Ink::warn;
        case Verdict::closed:
        case Verdict::blocked:
        case Verdict::broken:
        case Verdict::untrusted:
        case Verdict::intercepted:
        case Verdict::unresolved: return Ink::bad;
        case Verdict::skipped: return Ink::faint;
        case Verdict::local: return Ink::own;
    }
    return Ink::plain;
}

char symbol_of(State state) {
    switch (state) {
        case State::reachable: return '+';
        case State::degraded: return '~';
        case State::inconclusive: return '?';
        case State::untrusted:
        case State::broken:
        case State::intercepted:
        case State::local: return '!';
        case State::blocked:
        case State::unresolved: return 'x';
        case State::unconfigured: return '-';
    }
    return ' ';
}

}  // namespace fdnprobe::report
