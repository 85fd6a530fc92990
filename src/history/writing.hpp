// One run, written down: what it found, what that adds to the summaries of its hour and its day, and what has changed.
//
// What was not tried is not in a history: rows without anything to try, skipped checks, and what an interruption cut
// off. A run in which nothing at all worked from here is, but no check has changed in it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fdnprobe/history.hpp"
#include "fdnprobe/report.hpp"
#include "fdnprobe/watch.hpp"
#include "fdnprobe/watch_event.hpp"
#include "history/statements.hpp"

namespace fdnprobe::history {

/// A check that changes with every run must not fill the disk: of each, this many changes are kept, with their
/// evidence, which is some kilobytes each.
inline constexpr int most_verdict_changes = 100;
/// Of each row; they are a hundred bytes.
inline constexpr int most_row_changes = 1000;

/// Inside a transaction of the caller.
void write_run(Statements& statements, const Report& run, WallTime at, const Standings& standings,
               const std::vector<WatchEvent>& events, const std::function<std::string(const CheckResult&)>& evidence);

}  // namespace fdnprobe::history
