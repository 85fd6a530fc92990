// From the checks of a row to its state, and to the check that decides it.
//
// A row's unit is a check, or a group of choices: ways of which the device uses one, so that the group is worth its
// best and nothing is said of the others. The units then combine by the row's `need`. Something that works while
// another unit of a row that needs any of them does not is `degraded`.
#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "judge/badness.hpp"
#include "judge/judge.hpp"

namespace fdnprobe::judge {
namespace {

using Checks = std::vector<const CheckResult*>;

/// Something with a state, and the checks that it has its state from.
struct Unit {
    State state = State::unconfigured;
    Checks from;
};

bool was_tried(const CheckResult& result) { return result.conclusion.verdict != Verdict::skipped; }

/// A choice that another has made a notice of is still one of the group.
bool counts(const Check& check) { return check.level == Level::need || check.choice; }

template <class Predicate>
Checks checks_of(const std::vector<Unit>& units, const Predicate& wanted) {
    Checks checks;
    for (const Unit& unit : units)
        if (wanted(unit.state)) checks.insert(checks.end(), unit.from.begin(), unit.from.end());
    return checks;
}

Unit with_state(const std::vector<Unit>& units, State state) {
    return {state, checks_of(units, [&](State one) { return one == state; })};
}

bool by_state(const Unit& one, const Unit& other) { return one.state < other.state; }

/// One of these is enough.
Unit best_of(const std::vector<Unit>& choices) {
    const State best = std::min_element(choices.begin(), choices.end(), by_state)->state;
    const auto spoils = [](State state) { return state == State::degraded || worse(state, State::inconclusive); };
    const bool spoilt =
        std::any_of(choices.begin(), choices.end(), [&](const Unit& choice) { return spoils(choice.state); });
    if (best == State::reachable && spoilt) return {State::degraded, checks_of(choices, spoils)};
    return with_state(choices, best);
}

/// The device uses one of these, and which is not known: what stays shut beside one that works is no loss.
Unit choice_of(const std::vector<Unit>& choices) {
    return with_state(choices, std::min_element(choices.begin(), choices.end(), by_state)->state);
}

Unit worst_of(const std::vector<Unit>& parts) {
    return with_state(parts, std::max_element(parts.begin(), parts.end(), by_state)->state);
}

/// Where only notices were tried there is nothing to fail, but an answer is still an answer.
Unit of_notices(std::span<const CheckResult* const> checks) {
    Unit unit;
    std::copy_if(checks.begin(), checks.end(), std::back_inserter(unit.from),
                 [](const CheckResult* result) { return result->conclusion.verdict == Verdict::reachable; });
    if (!unit.from.empty()) unit.state = State::reachable;
    return unit;
}

Unit whole(const Row& row, std::span<const CheckResult* const> checks) {
    std::vector<Unit> units;
    std::map<std::string_view, std::vector<Unit>> groups;
    for (const CheckResult* const result : checks) {
        if (!counts(result->check) || !was_tried(*result)) continue;
        Unit unit{state_of(result->conclusion.verdict), {result}};
        if (result->check.choice)
            groups[result->check.alternative].push_back(std::move(unit));
        else
            units.push_back(std::move(unit));
    }
    for (const auto& [name, choices] : groups) units.push_back(choice_of(choices));
    if (units.empty()) return of_notices(checks);
    return row.need == Need::any ? best_of(units) : worst_of(units);
}

}  // namespace

State roll_up(const Row& row, std::span<const CheckResult* const> checks) { return whole(row, checks).state; }

void settle_choices(Report& report) {
    for (const RowResult& row : report.rows) {
        std::map<std::string_view, std::vector<CheckResult*>> groups;
        for (const std::size_t index : row.checks)
            if (report.checks[index].check.choice)
                groups[report.checks[index].check.alternative].push_back(&report.checks[index]);
        for (const auto& [name, choices] : groups) {
            const auto works = [](const CheckResult* one) { return one->conclusion.verdict == Verdict::reachable; };
            const bool one_works = std::any_of(choices.begin(), choices.end(), works);
            for (CheckResult* const choice : choices)
                choice->check.level = one_works && !works(choice) ? Level::notice : Level::need;
        }
    }
}

const CheckResult* deciding_check(const Row& row, std::span<const CheckResult* const> checks) {
    const Checks decisive = whole(row, checks).from;
    Checks from;  // in the row's order
    std::copy_if(checks.begin(), checks.end(), std::back_inserter(from), [&](const CheckResult* one) {
        return std::find(decisive.begin(), decisive.end(), one) != decisive.end();
    });
    const auto worst = std::min_element(from.begin(), from.end(), [](const CheckResult* one, const CheckResult* other) {
        const auto rank = [](const CheckResult& result) {
            return std::tuple(-static_cast<int>(state_of(result.conclusion.verdict)), result.conclusion.confidence);
        };
        return rank(*one) < rank(*other);
    });
    return worst == from.end() ? nullptr : *worst;
}

}  // namespace fdnprobe::judge
