// `--learn` and `--baseline`: from a finished run to what is known of its endpoints, and from that to the checks of
// another run.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/baseline.hpp"
#include "fdnprobe/report.hpp"
#include "model/problem.hpp"

namespace fdnprobe::app {

struct Learned {
    config::Baseline baseline;
    std::vector<std::string> left_out;  ///< one line each: which endpoint, and why
};

/// What a run shows of who its endpoints are. Only endpoints that were reached and whose certificates hold, or need not
/// hold, are learned: a baseline that was learned behind an inspecting device would vouch for that device.
[[nodiscard]] Learned learn(const Report& report);

/// Reads a baseline; nothing known after a mistake, which has been added to `problems`.
[[nodiscard]] config::Baseline load_baseline(const std::string& file, Problems& problems);

/// Gives each check what the baseline says of its endpoint; how many of them got something.
std::size_t apply_baseline(const config::Baseline& baseline, std::span<Check> checks);

}  // namespace fdnprobe::app
