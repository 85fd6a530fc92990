#include "judge/resolved.hpp"

#include <algorithm>
#include <utility>

namespace fdnprobe::judge {

std::string spell_resolver(const SocketAddress& resolver) {
    return resolver.port == 53 ? resolver.address.to_string() : resolver.to_string();
}

std::optional<SocketAddress> resolver_of(const Event& event) { return SocketAddress::parse(event.text, 53); }

bool is_from_resolver(What what) {
    switch (what) {
        case What::resolve_answer:
        case What::resolve_rcode:
        case What::resolve_no_data:
        case What::resolve_malformed:
        case What::resolve_error:
        case What::resolve_timeout: return true;
        default: return false;
    }
}

const Attempt* telling_attempt(const CheckResult& result) {
    const auto index = result.conclusion.attempt;
    return index && *index < result.attempts.size() ? &result.attempts[*index] : nullptr;
}

bool rests_on_resolvers(const CheckResult& result) {
    if (result.check.skip || !result.check.pinned.empty()) return false;
    const Attempt* const attempt = telling_attempt(result);
    return attempt != nullptr &&
           std::any_of(attempt->evidence.begin(), attempt->evidence.end(), [](const Event& event) {
               return event.stage == Stage::resolve && is_from_resolver(event.what);
           });
}

bool says_nothing(const CheckResult& result) {
    return result.conclusion.verdict == Verdict::skipped || result.conclusion.verdict == Verdict::local;
}

void warn_once(CheckResult& result, std::string warning) {
    auto& warnings = result.conclusion.warnings;
    if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end()) warnings.push_back(std::move(warning));
}

}  // namespace fdnprobe::judge
