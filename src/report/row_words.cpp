#include "report/row_words.hpp"

#include <set>

#include <fmt/format.h>

#include "report/shown.hpp"
#include "report/text_layout.hpp"

namespace fdnprobe::report {
namespace {

bool is_reachable(const CheckResult& result) { return result.conclusion.verdict == Verdict::reachable; }

std::string acting(Owner owner) {
    switch (owner) {
        case Owner::nobody:
        case Owner::unknown: return {};
        case Owner::this_host: return "this host";
        default: return std::string(to_string(owner));
    }
}

}  // namespace

RowResults results_of(const Report& report, const RowResult& row) {
    RowResults results;
    for (const std::size_t index : row.checks) {
        if (index >= report.checks.size()) continue;
        const CheckResult& result = report.checks[index];
        results.all.push_back(&result);
        if (result.conclusion.verdict == Verdict::skipped) continue;
        if (is_reachable(result))
            results.working.push_back(&result);
        else
            (result.check.level == Level::notice ? results.notices : results.failing).push_back(&result);
    }
    return results;
}

std::string fastest(const Results& results) {
    const CheckResult* best = nullptr;
    std::set<Port> ports;
    for (const CheckResult* result : results) {
        ports.insert(result->check.port);
        if (!is_reachable(*result) || telling_attempt(*result) == nullptr) continue;
        if (best == nullptr || telling_attempt(*result)->timing.total < telling_attempt(*best)->timing.total)
            best = result;
    }
    if (best == nullptr) return {};
    const std::string span = bound(shown_span(telling_attempt(*best)->timing.total));
    const std::string host = shown_name(best->check.host);
    if (ports.size() == 1) return fmt::format("{}, {}", span, host);
    return fmt::format("{}, {} at {}", span, best->check.port.to_string(), host);
}

std::string to_do(Owner owner) {
    const std::string who = acting(owner);
    return who.empty() ? "To do: " : fmt::format("To do ({}): ", who);
}

std::string reason_number(std::size_t index) { return fmt::format("[{}]", index + 1); }

std::string attempt_words(const Attempt& attempt) {
    const Event* const up = attempt.find(What::connect_ok);
    std::string where = attempt.destination                  ? "at " + attempt.destination->to_string()
                        : up != nullptr && !up->text.empty() ? "on " + shown_name(up->text)
                        : attempt.proxy                      ? ""
                                                             : "at no address";
    if (attempt.proxy) where += (where.empty() ? "" : " ") + ("through the proxy at " + attempt.proxy->to_string());
    return (attempt.responder ? "responder asked " : "attempt ") + where;
}

}  // namespace fdnprobe::report
