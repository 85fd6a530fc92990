#include <algorithm>

#include "judge/judge.hpp"

namespace fdnprobe::judge {

int exit_code(const Report& report, std::span<const State> accepted) {
    int code = 0;
    for (const RowResult& row : report.rows) {
        if (std::find(accepted.begin(), accepted.end(), row.state) != accepted.end()) continue;
        switch (row.state) {
            case State::reachable:
            case State::degraded:
            case State::unconfigured: break;
            case State::inconclusive: code = 3; break;
            case State::untrusted:
            case State::broken:
            case State::intercepted:
            case State::blocked:
            case State::unresolved:
            case State::local: return 1;
        }
    }
    return code;
}

}  // namespace fdnprobe::judge
