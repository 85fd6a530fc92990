// A kind of reason: its code, what it means to a reader, and how it is found among the checks of a run.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/report.hpp"
#include "judge/judge.hpp"

namespace fdnprobe::judge {

using Indices = std::vector<std::size_t>;  ///< into Report::checks

/// One check has its own sentence, and a reason over it would only repeat that.
inline constexpr std::size_t least_checks = 2;

/// The checks that did not do well, without those that a reason nearer to the root has claimed.
class Unexplained {
  public:
    explicit Unexplained(const Report& report);

    [[nodiscard]] const Report& report() const { return report_; }
    [[nodiscard]] const CheckResult& at(std::size_t index) const { return report_.checks[index]; }
    [[nodiscard]] const Check& check(std::size_t index) const { return at(index).check; }
    /// The attempt that the conclusion rests on; nullptr when there is none.
    [[nodiscard]] const Attempt* attempt(std::size_t index) const;

    [[nodiscard]] Indices pick(const std::function<bool(const CheckResult&)>& wanted) const;
    [[nodiscard]] Indices with_cause(std::initializer_list<Cause> causes) const;
    /// How many checks of the whole run are so.
    [[nodiscard]] std::size_t count_all(const std::function<bool(const CheckResult&)>& wanted) const;
    void claim(const Indices& indices);

    [[nodiscard]] std::vector<std::string> hosts(const Indices& indices) const;
    [[nodiscard]] std::vector<std::string> ports(const Indices& indices) const;
    [[nodiscard]] std::vector<std::string> flows(const Indices& indices) const;
    /// The weakest of theirs.
    [[nodiscard]] Confidence confidence(const Indices& indices) const;
    /// What is the same for all of them.
    [[nodiscard]] std::optional<Where> where(const Indices& indices) const;
    /// "3 checks: ICMP 3/13, from this host's own address.", for each thing that was said.
    [[nodiscard]] std::vector<std::string> said(const Indices& indices) const;

  private:
    const Report& report_;
    std::vector<bool> open_;
};

struct ReasonKind {
    std::string_view code;
    Explanation explanation;
    std::vector<Reason> (*find)(const Unexplained&);
};

/// With the code to be filled in by the caller of the finder.
[[nodiscard]] Reason make_reason(const Unexplained& open, Indices checks, Owner owner, std::string summary,
                                 std::string advice);

extern const ReasonKind local_firewall_reason, no_route_reason, clock_reason;
extern const ReasonKind no_resolver_reason, dns_filter_reason;
extern const ReasonKind gateway_silent_reason, dead_uplink_reason;
extern const ReasonKind proxy_unreachable_reason, proxy_credentials_reason;
extern const ReasonKind one_inspector_reason;
extern const ReasonKind udp_lost_reason, one_device_reason, mtu_reason, port_blocked_reason;

}  // namespace fdnprobe::judge
