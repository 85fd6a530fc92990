// What is older than it has to be kept goes, a little with every run, so that no run waits for it.
//
// Runs go after `raw`, summaries of hours and the changes of checks with their evidence after `hourly`, summaries of
// days and the changes of rows after `daily`.
#pragma once

#include "fdnprobe/history.hpp"
#include "fdnprobe/schedule.hpp"
#include "history/statements.hpp"

namespace fdnprobe::history {

/// Inside a transaction of the caller.
void grow_older(Statements& statements, const Retention& retention, WallTime now);

}  // namespace fdnprobe::history
