// Runs made by hand, for histories.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fdnprobe/report.hpp"
#include "fdnprobe/schedule.hpp"
#include "fdnprobe/watch.hpp"
#include "fdnprobe/watch_event.hpp"
#include "history/history.hpp"
#include "history/open.hpp"

namespace fdnprobe::history::fixture {

using namespace std::chrono_literals;

inline constexpr WallTime beginning = std::chrono::sys_days(std::chrono::year{2026} / 1 / 5);

std::string row_name(std::size_t row);
std::string full_row(std::size_t row);
std::string check_name(std::size_t row, std::size_t check);

State state_of(Cause cause);

/// Adds a row whose checks all came to the same.
void add_row(Report& report, std::size_t row, Cause cause, std::size_t checks = 1,
             std::chrono::microseconds took = 12'500us);

Report run_at(WallTime started);

/// One row with one check.
Report run_of(Cause cause, WallTime started = beginning, std::chrono::microseconds took = 12'500us);

Standings standings_of(const Report& run, WallTime at);

std::string evidence_of(const CheckResult& result);

/// Writes a run as a watch does.
std::optional<Trouble> record(History& history, const Report& run, WallTime at,
                              const std::vector<WatchEvent>& events = {});

/// Without waiting for the disk: what is tested is what is written, not that it is.
Settings quick();

Query query(WallTime from, WallTime until, std::chrono::seconds period = 3600s);

}  // namespace fdnprobe::history::fixture
