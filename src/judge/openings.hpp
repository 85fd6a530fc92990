// The smallest openings that would restore the most rows.
//
// What a firewall's owner is asked for is a rule: some ports, to some hosts, at one device. Of all such rules the one
// is sought that brings most rows back for each port that it opens; then, with that one granted, the next. This is the
// greedy cover of a set: finding the best is hard, and the greedy one is never far from it (Chvátal 1979).
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

struct Opening {
    std::vector<std::size_t> checks;  ///< what would be let through, of the rows that it restores
    std::optional<Where> where;       ///< the device, where all of it ends at one
    std::size_t restored = 0;         ///< rows that work then and did not before
};

/// Something on the way would have to let the check's packets pass.
[[nodiscard]] bool wants_an_opening(const CheckResult& result);

/// A row that fails, and not for want of evidence.
[[nodiscard]] bool fails(State state);

/// For these checks, whatever it restores.
[[nodiscard]] Opening opening_for(const Report& report, std::vector<std::size_t> checks);

/// At most so many, each with the ones before it granted. Rows have to be rolled up.
[[nodiscard]] std::vector<Opening> find_openings(const Report& report, std::size_t most);

}  // namespace fdnprobe::judge
