// Windows that come back every week.
#pragma once

#include <chrono>
#include <span>

#include "fdnprobe/schedule.hpp"

namespace fdnprobe::watch {

/// Minutes since Monday 00:00 of the local time; the edge that has a clock fills it in.
using MinuteOfWeek = int;

[[nodiscard]] bool within(std::span<const WeekWindow> windows, MinuteOfWeek minute);

/// How many minutes until none of the windows holds; 0 when none does now, a whole week when they leave no gap.
[[nodiscard]] std::chrono::minutes until_outside(std::span<const WeekWindow> windows, MinuteOfWeek minute);

}  // namespace fdnprobe::watch
