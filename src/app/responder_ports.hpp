// Which ports a responder stands in for.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fdnprobe/row.hpp"
#include "fdnprobe/site.hpp"

namespace fdnprobe::app {

/// The ports of the rows that lead to one of these peers (empty: to any), in this direction (nothing: both): those that
/// the document prints, those that are really in use, and those that the site has in place of them. Rows that nothing
/// else can test count too: a responder can listen on any port.
[[nodiscard]] std::set<Port> responder_ports(const std::vector<Table>& tables, const Site& site,
                                             std::optional<Direction> direction, const std::set<std::string>& peers);

}  // namespace fdnprobe::app
