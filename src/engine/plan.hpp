// From tables and a site to the checks of a run. Pure: what would be sent can be shown without sending it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/check.hpp"
#include "fdnprobe/row.hpp"
#include "fdnprobe/site.hpp"

namespace fdnprobe::engine {

struct PlanOptions {
    std::vector<std::string> only;       ///< globs over row ids, peers and purposes; empty: every row
    std::optional<Direction> direction;  ///< nothing: both
    bool ipv4 = true;
    bool ipv6 = true;
};

struct Plan {
    std::vector<Row> rows;
    std::vector<Check> checks;  ///< in the order of their rows
};

[[nodiscard]] Plan make_plan(const std::vector<Table>& tables, const Site& site, const PlanOptions& options);

/// The name under which a site configures where a row is probed: its peer, or for an incoming row the product.
[[nodiscard]] std::string endpoint_name(const Row& row);

}  // namespace fdnprobe::engine
