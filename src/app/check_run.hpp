// Carries out a plan and makes the report of it: once for `check`, again and again for `watch`.
#pragma once

#include <functional>
#include <string>

#include "app/options.hpp"
#include "app/preparation.hpp"
#include "engine/plan.hpp"
#include "fdnprobe/report.hpp"
#include "net/context.hpp"

namespace fdnprobe::app {

/// How many sockets the checks of a run may hold at once; `lab`: this process is the far end too.
[[nodiscard]] std::size_t descriptor_budget(bool lab);

struct RunObserver {
    /// Each check as it ends; the report has everything but results.
    std::function<void(const Report&, const CheckResult&)> on_result;
    /// A check whose conclusion the others have changed after it had ended.
    std::function<void(const Report&, const CheckResult&)> on_revision;
};

/// Returns when all checks have ended, or soon after `context.stop()`, which other threads post to `context.io`.
[[nodiscard]] Report carry_out(net::Context& context, const CheckOptions& options, const Preparation& preparation,
                               engine::Plan plan, const RunObserver& observer);

}  // namespace fdnprobe::app
