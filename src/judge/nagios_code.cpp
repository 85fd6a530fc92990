#include <algorithm>

#include "judge/expiry.hpp"
#include "judge/judge.hpp"

namespace fdnprobe::judge {
namespace {

enum Code : int { ok, warning, critical, unknown };

Code code_of(const Report& report, const RowResult& row) {
    switch (row.state) {
        case State::unconfigured: return ok;
        case State::degraded: return warning;
        case State::inconclusive: return unknown;
        case State::local:
            // What an early end has cut off is not known to be wrong.
            return report.interrupted ? unknown : critical;
        case State::untrusted:
        case State::broken:
        case State::intercepted:
        case State::blocked:
        case State::unresolved: return critical;
        case State::reachable: break;
    }
    const bool soon = std::any_of(row.checks.begin(), row.checks.end(), [&](std::size_t index) {
        return index < report.checks.size() && report.checks[index].check.level == Level::need &&
               ends_soon(report.checks[index]);
    });
    return soon ? warning : ok;
}

}  // namespace

int nagios_code(const Report& report, std::span<const State> accepted) {
    const auto is_accepted = [&](State state) {
        return std::find(accepted.begin(), accepted.end(), state) != accepted.end();
    };
    bool any_warning = false;
    bool any_unknown = report.interrupted;
    bool any_tried = false;
    for (const RowResult& row : report.rows) {
        any_tried = any_tried || row.state != State::unconfigured || is_accepted(row.state);
        if (is_accepted(row.state)) continue;
        switch (code_of(report, row)) {
            case critical: return critical;
            case warning: any_warning = true; break;
            case unknown: any_unknown = true; break;
            case ok: break;
        }
    }
    if (report.interrupted || !any_tried) return unknown;
    return any_warning ? warning : any_unknown ? unknown : ok;
}

}  // namespace fdnprobe::judge
