#include "report/run_words.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "judge/judge.hpp"

namespace fdnprobe::report {

std::string ailing_words(const Report& report, std::span<const State> accepted) {
    constexpr std::array worst_first{State::local,  State::unresolved, State::blocked,      State::intercepted,
                                     State::broken, State::untrusted,  State::inconclusive, State::degraded};
    const auto counts = count_rows(report);
    std::string words;
    for (const State state : worst_first) {
        const auto found = counts.find(state);
        if (found == counts.end() || std::find(accepted.begin(), accepted.end(), state) != accepted.end()) continue;
        if (words.empty())
            words = fmt::format("{} of {} {} {}", found->second, report.rows.size(),
                                report.rows.size() == 1 ? "row" : "rows", to_string(state));
        else
            words += fmt::format(", {} {}", found->second, to_string(state));
    }
    return words;
}

std::string state_counts(const Report& report) {
    const auto counts = count_rows(report);
    std::string words;
    for (const State state : all_states()) {
        const auto found = counts.find(state);
        if (found == counts.end()) continue;
        words += fmt::format("{}{} {}", words.empty() ? "" : ", ", found->second, to_string(state));
    }
    return words;
}

std::string cause_words(const Conclusion& conclusion) {
    std::string words(to_string(conclusion.cause));
    if (!conclusion.where) return words;
    const Where& where = *conclusion.where;
    if (where.hop) words += fmt::format(" at hop {}", *where.hop);
    const std::string address = where.address ? where.address->to_string() : "";
    if (!address.empty()) words += where.hop ? " (" + address + ")" : " at " + address;
    return words;
}

const CheckResult* check_to_blame(const Report& report, const RowResult& row) {
    std::vector<const CheckResult*> checks;
    for (const std::size_t index : row.checks)
        if (index < report.checks.size()) checks.push_back(&report.checks[index]);
    const CheckResult* const deciding = judge::deciding_check(row.row, checks);
    return deciding == nullptr || deciding->conclusion.verdict == Verdict::reachable ? nullptr : deciding;
}

std::string device_hint(const Report& report) {
    const bool open = std::any_of(report.checks.begin(), report.checks.end(),
                                  [](const CheckResult& result) { return !result.check.condition.empty(); });
    if (!report.device.empty() || !open) return {};
    return "How the device is configured is not known; `fdnprobe init --config FILE` would make this exact.";
}

}  // namespace fdnprobe::report
