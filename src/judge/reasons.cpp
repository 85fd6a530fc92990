#include "judge/reasons.hpp"

#include <algorithm>
#include <array>
#include <utility>

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

void find_reasons(Report& report) {
    report.reasons.clear();
    for (CheckResult& result : report.checks) result.conclusion.reason.reset();
    Unexplained open(report);
    std::vector<Reason> found;
    for (const ReasonKind& kind : reason_kinds()) {
        std::vector<Reason> reasons = kind.find(open);
        for (Reason& reason : reasons) {
            if (reason.checks.size() < least_checks) continue;
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
}

}  // namespace fdnprobe::judge
