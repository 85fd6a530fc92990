#include "watch/merge.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace fdnprobe::watch {
namespace {

auto said(const Reason& reason) {
    return std::tie(reason.code, reason.summary, reason.rests_on, reason.advice, reason.confidence, reason.owner);
}

/// Where it is among them; it is added, without its checks, where it is not.
std::size_t place_of(const Reason& reason, std::vector<Reason>& reasons) {
    const auto same = std::find_if(reasons.begin(), reasons.end(), [&](const Reason& other) {
        return said(other) == said(reason) && other.where == reason.where;
    });
    const auto place = static_cast<std::size_t>(same - reasons.begin());
    if (same == reasons.end()) reasons.emplace_back(reason).checks.clear();
    return place;
}

/// The one that explains most comes first, and the checks refer to it there.
void order_reasons(Report& report) {
    std::vector<std::size_t> order(report.reasons.size());
    for (std::size_t index = 0; index < order.size(); ++index) order[index] = index;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t one, std::size_t other) {
        return report.reasons[one].checks.size() > report.reasons[other].checks.size();
    });
    std::vector<Reason> sorted;
    std::vector<std::size_t> places(order.size());
    for (const std::size_t index : order) {
        places[index] = sorted.size();
        sorted.push_back(std::move(report.reasons[index]));
    }
    report.reasons = std::move(sorted);
    for (CheckResult& result : report.checks)
        if (result.conclusion.reason) result.conclusion.reason = places[*result.conclusion.reason];
}

}  // namespace

RowPart take_out(const Report& run, const RowResult& row) {
    RowPart part;
    part.row.row = row.row;
    part.row.state = row.state;
    std::map<std::size_t, std::size_t> places;  // of the run's reasons
    for (const std::size_t index : row.checks) {
        if (index >= run.checks.size()) continue;
        const std::size_t place = part.checks.size();
        CheckResult& result = part.checks.emplace_back(run.checks[index]);
        part.row.checks.push_back(place);
        result.check.row = 0;
        std::optional<std::size_t>& number = result.conclusion.reason;
        if (!number || *number >= run.reasons.size()) {
            number.reset();
            continue;
        }
        const auto [found, is_new] = places.try_emplace(*number, part.reasons.size());
        if (is_new) part.reasons.emplace_back(run.reasons[*number]).checks.clear();
        part.reasons[found->second].checks.push_back(place);
        number = found->second;
    }
    return part;
}

void put_together(Report& report, std::span<const RowPart> parts) {
    report.rows.clear();
    report.checks.clear();
    report.reasons.clear();
    for (const RowPart& part : parts) {
        std::vector<std::size_t> reasons;
        for (const Reason& reason : part.reasons) reasons.push_back(place_of(reason, report.reasons));
        RowResult& row = report.rows.emplace_back(part.row);
        for (std::size_t& check : row.checks) check += report.checks.size();
        for (const CheckResult& held : part.checks) {
            const std::size_t index = report.checks.size();
            CheckResult& result = report.checks.emplace_back(held);
            result.check.row = report.rows.size() - 1;
            std::optional<std::size_t>& reason = result.conclusion.reason;
            if (!reason) continue;
            reason = reasons[*reason];
            report.reasons[*reason].checks.push_back(index);
        }
    }
    order_reasons(report);
}

}  // namespace fdnprobe::watch
