// Rows of different runs in one report, and a row of a run by itself: with indices that fit.
#pragma once

#include <span>
#include <vector>

#include "fdnprobe/report.hpp"

namespace fdnprobe::watch {

/// A row with what belongs to it. All indices are into its own lists.
struct RowPart {
    RowResult row;
    std::vector<CheckResult> checks;
    std::vector<Reason> reasons;
};

/// That row of a run, with those of the run's reasons that are about its checks.
[[nodiscard]] RowPart take_out(const Report& run, const RowResult& row);

/// Puts the rows into the report, in this order. What is said in the same words of several rows is one reason again, of
/// whichever run it is.
void put_together(Report& report, std::span<const RowPart> parts);

}  // namespace fdnprobe::watch
