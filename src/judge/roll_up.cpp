// From the checks of a row to its state.
//
// A row's unit is a check, or a group of checks that its table calls alternatives: a group is worth its best check.
// The units then combine by the row's `need`. Something that works while another choice of the same row does not is
// `degraded`.
#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "judge/badness.hpp"
#include "judge/judge.hpp"

namespace fdnprobe::judge {
namespace {

bool was_tried(const CheckResult& result) { return result.conclusion.verdict != Verdict::skipped; }

/// One of these is enough.
State best_of(const std::vector<State>& choices) {
    const State best = *std::min_element(choices.begin(), choices.end());
    const bool spoilt = std::any_of(choices.begin(), choices.end(), [](State state) {
        return state == State::degraded || worse(state, State::inconclusive);
    });
    return best == State::reachable && spoilt ? State::degraded : best;
}

State worst_of(const std::vector<State>& parts) { return *std::max_element(parts.begin(), parts.end()); }

/// Where only notices were tried there is nothing to fail, but an answer is still an answer.
State of_notices(std::span<const CheckResult* const> checks) {
    const bool any = std::any_of(checks.begin(), checks.end(), [](const CheckResult* result) {
        return result->conclusion.verdict == Verdict::reachable;
    });
    return any ? State::reachable : State::unconfigured;
}

}  // namespace

State roll_up(const Row& row, std::span<const CheckResult* const> checks) {
    std::vector<State> units;
    std::map<std::string_view, std::vector<State>> groups;
    for (const CheckResult* const result : checks) {
        if (result->check.level != Level::need || !was_tried(*result)) continue;
        const State state = state_of(result->conclusion.verdict);
        if (result->check.alternative.empty())
            units.push_back(state);
        else
            groups[result->check.alternative].push_back(state);
    }
    for (const auto& [name, states] : groups) units.push_back(best_of(states));
    if (units.empty()) return of_notices(checks);
    return row.need == Need::any ? best_of(units) : worst_of(units);
}

}  // namespace fdnprobe::judge
