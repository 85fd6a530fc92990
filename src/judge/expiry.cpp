#include "judge/expiry.hpp"

#include "judge/tls_identity.hpp"

namespace fdnprobe::judge {

std::optional<std::int64_t> days_left(const CheckResult& result) {
    const auto& attempt = result.conclusion.attempt;
    if (!attempt || *attempt >= result.attempts.size()) return std::nullopt;
    const auto& tls = result.attempts[*attempt].tls;
    if (tls == nullptr || tls->chain.empty()) return std::nullopt;
    return days_left(*tls);
}

bool ends_soon(const CheckResult& result) {
    if (result.conclusion.verdict != Verdict::reachable) return false;
    const auto days = days_left(result);
    return days && *days <= expiry_warning_days;
}

}  // namespace fdnprobe::judge
