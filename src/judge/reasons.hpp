// One reason for many failures: said once, with what it rests on, and the checks under it refer to it.
//
// Each kind of reason is a finder of its own (reason_kind.hpp). They run from the root of the way to its leaves: this
// host, its resolver, its uplink, a proxy, a device, a port. A check goes to the first that covers it, because what
// lies behind a fault fails with it, for whatever reason of its own besides.
#pragma once

#include <span>
#include <string_view>

#include "fdnprobe/report.hpp"
#include "judge/reason_kind.hpp"

namespace fdnprobe::judge {

/// Fills in Report::reasons and each Conclusion::reason.
void find_reasons(Report& report);

/// From the root to the leaves.
[[nodiscard]] std::span<const ReasonKind> reason_kinds();

/// nullptr where there is no such code.
[[nodiscard]] const ReasonKind* reason_kind(std::string_view code);

}  // namespace fdnprobe::judge
