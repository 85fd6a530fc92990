#include "judge/reasons.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "judge/advice.hpp"

namespace fdnprobe::judge {
namespace {

/// Pointers, so that no initialiser depends on another file's having run before.
constexpr std::array kinds_in_order{&local_firewall_reason,
                                    &no_route_reason,
                                    &clock_reason,
                                    &gateway_silent_reason,
                                    &dead_uplink_reason,
                                    &no_resolver_reason,
                                    &dns_filter_reason,
                                    &proxy_unreachable_reason,
                                    &proxy_credentials_reason,
                                    &one_inspector_reason,
                                    &udp_lost_reason,
                                    &one_device_reason,
                                    &mtu_reason,
                                    &port_blocked_reason};

}  // namespace

std::span<const ReasonKind> reason_kinds() {
    static const auto kinds = [] {
        std::array<ReasonKind, kinds_in_order.size()> copies{};
        std::transform(kinds_in_order.begin(), kinds_in_order.end(), copies.begin(),
                       [](const ReasonKind* kind) { return *kind; });
        return copies;
    }();
    return kinds;
}

const ReasonKind* reason_kind(std::string_view code) {
    for (const ReasonKind& kind : reason_kinds())
        if (kind.code == code) return &kind;
    return nullptr;
}

namespace {

/// A notice that fails in the same way at the same place is no news beside the reason.
void refer_notices(Report& report) {
    const auto place = [](const Conclusion& conclusion) {
        return conclusion.where ? std::pair(conclusion.where->hop, conclusion.where->address)
                                : std::pair(std::optional<int>(), std::optional<Address>());
    };
    for (CheckResult& notice : report.checks) {
        if (notice.check.level == Level::need || notice.conclusion.verdict == Verdict::reachable) continue;
        for (std::size_t index = 0; index < report.reasons.size() && !notice.conclusion.reason; ++index) {
            const std::vector<std::size_t>& checks = report.reasons[index].checks;
            const bool alike = std::any_of(checks.begin(), checks.end(), [&](std::size_t check) {
                const Conclusion& other = report.checks[check].conclusion;
                return other.cause == notice.conclusion.cause && place(other) == place(notice.conclusion);
            });
            if (alike) notice.conclusion.reason = index;
        }
    }
}

/// What the tables say of their products for the causes of these checks, each thing once.
void take_product_advice(const Report& report, Reason& reason) {
    constexpr std::size_t most_sentences = 3;  // beside the reason's own
    std::vector<std::string> said;
    for (const std::size_t index : reason.checks) {
        const CheckResult& result = report.checks[index];
        for (const ProductAdvice& entry : product_advice(result.check, result.conclusion.cause)) {
            if (!entry.commands.empty()) {
                CommandBlock block = command_block(entry);
                if (std::find(reason.commands.begin(), reason.commands.end(), block) == reason.commands.end())
                    reason.commands.push_back(std::move(block));
            }
            if (entry.say.empty() || said.size() == most_sentences ||
                std::find(said.begin(), said.end(), entry.say) != said.end())
                continue;
            said.push_back(entry.say);
        }
    }
    for (const std::string& sentence : said) reason.advice += ' ' + sentence;
}

}  // namespace

void find_reasons(Report& report) {
    report.reasons.clear();
    for (CheckResult& result : report.checks) result.conclusion.reason.reset();
    Unexplained open(report);
    std::vector<Reason> found;
    for (const ReasonKind& kind : reason_kinds()) {
        std::vector<Reason> reasons = kind.find(open);
        for (Reason& reason : reasons) {
            if (reason.checks.size() < least_checks) continue;
            take_product_advice(report, reason);
            reason.code = kind.code;
            open.claim(reason.checks);
            found.push_back(std::move(reason));
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const Reason& one, const Reason& other) { return one.checks.size() > other.checks.size(); });
    report.reasons = std::move(found);
    for (std::size_t index = 0; index < report.reasons.size(); ++index)
        for (const std::size_t check : report.reasons[index].checks) report.checks[check].conclusion.reason = index;
    refer_notices(report);
}

}  // namespace fdnprobe::judge
