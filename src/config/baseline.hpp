// A baseline: how each endpoint identified itself at a place that was known to be good. `--learn` writes it, and
// `--baseline` compares with it; people may edit it in between.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/expected.hpp"
#include "fdnprobe/check.hpp"
#include "fdnprobe/row.hpp"
#include "model/problem.hpp"

namespace fdnprobe::config {

struct Baseline {
    std::string learned;  ///< when (RFC 3339)
    std::string vantage;  ///< the host that it was learned from, and its site
    /// By host, as checks name it, and port, as tables print it: sites may have moved it elsewhere.
    std::map<std::pair<std::string, Port>, KnownIdentity> endpoints;
};

[[nodiscard]] Expected<Baseline, Problems> parse_baseline(std::string_view text, const std::string& file);

/// The same baseline gives the same text, whatever its names hold.
[[nodiscard]] std::string write_baseline(const Baseline& baseline);

}  // namespace fdnprobe::config
