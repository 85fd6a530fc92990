#include "judge/reason_kind.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "judge/finding.hpp"
#include "judge/words.hpp"

namespace fdnprobe::judge {
namespace {

/// What failed and was run to its end. Silence that says nothing has no reason either.
bool wants_a_reason(const Conclusion& conclusion) {
    switch (conclusion.verdict) {
        case Verdict::reachable:
        case Verdict::skipped: return false;
        case Verdict::inconclusive: return conclusion.cause == Cause::control_failed;
        case Verdict::local: return conclusion.cause != Cause::interrupted && conclusion.cause != Cause::internal;
        default: return true;
    }
}

}  // namespace

Unexplained::Unexplained(const Report& report) : report_(report) {
    // A notice is nothing to act on, and no advice may ask for what it lacks.
    for (const CheckResult& result : report.checks)
        open_.push_back(result.check.level == Level::need && wants_a_reason(result.conclusion));
}

const Attempt* Unexplained::attempt(std::size_t index) const {
    const CheckResult& result = at(index);
    const std::optional<std::size_t> chosen = result.conclusion.attempt;
    return chosen && *chosen < result.attempts.size() ? &result.attempts[*chosen] : nullptr;
}

Indices Unexplained::pick(const std::function<bool(const CheckResult&)>& wanted) const {
    Indices picked;
    for (std::size_t index = 0; index < open_.size(); ++index)
        if (open_[index] && wanted(at(index))) picked.push_back(index);
    return picked;
}

Indices Unexplained::with_cause(std::initializer_list<Cause> causes) const {
    return pick([&](const CheckResult& result) {
        return std::find(causes.begin(), causes.end(), result.conclusion.cause) != causes.end();
    });
}

std::size_t Unexplained::count_all(const std::function<bool(const CheckResult&)>& wanted) const {
    return static_cast<std::size_t>(std::count_if(report_.checks.begin(), report_.checks.end(), wanted));
}

void Unexplained::claim(const Indices& indices) {
    for (const std::size_t index : indices) open_[index] = false;
}

std::vector<std::string> Unexplained::hosts(const Indices& indices) const {
    return distinct(indices, [&](std::size_t index) { return host_of(check(index)); });
}

std::vector<std::string> Unexplained::ports(const Indices& indices) const {
    return distinct(indices, [&](std::size_t index) { return check(index).wanted().to_string(); });
}

std::vector<std::string> Unexplained::flows(const Indices& indices) const {
    return distinct(indices, [&](std::size_t index) { return flow_of(check(index)); });
}

Confidence Unexplained::confidence(const Indices& indices) const {
    Confidence weakest = Confidence::proven;
    for (const std::size_t index : indices) weakest = weaker(weakest, at(index).conclusion.confidence);
    return weakest;
}

std::optional<Where> Unexplained::where(const Indices& indices) const {
    std::optional<Where> shared;
    for (const std::size_t index : indices) {
        std::optional<Where> own = at(index).conclusion.where;
        if (!own) return std::nullopt;
        own->destination_hop.reset();
        if (!shared) shared = own;
        if (shared->address != own->address) return std::nullopt;
        if (shared->hop != own->hop) shared->hop.reset();
    }
    return shared && *shared != Where{} ? shared : std::nullopt;
}

std::vector<std::string> Unexplained::said(const Indices& indices) const {
    constexpr std::size_t most_kinds = 4;  // beyond that it is no one thing any more; the checks have the rest
    std::vector<std::string> order;
    std::map<std::string, std::size_t> counts;
    for (const std::size_t index : indices) {
        const Attempt* const telling = attempt(index);
        if (telling == nullptr || telling->finding.detail.empty()) continue;
        if (++counts[telling->finding.detail] == 1) order.push_back(telling->finding.detail);
    }
    if (order.size() > most_kinds) order.resize(most_kinds);
    std::vector<std::string> sentences;
    for (const std::string& detail : order)
        sentences.push_back(fmt::format("{}: {}.", count(counts[detail], "check"), detail));
    return sentences;
}

Reason make_reason(const Unexplained& open, Indices checks, Owner owner, std::string summary, std::string advice) {
    Reason reason;
    reason.summary = std::move(summary);
    reason.advice = std::move(advice);
    reason.confidence = open.confidence(checks);
    reason.owner = owner;
    reason.where = open.where(checks);
    reason.checks = std::move(checks);
    return reason;
}

}  // namespace fdnprobe::judge
