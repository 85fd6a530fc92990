// A window that comes back every week, as a site file writes it.
#pragma once

#include <string>
#include <string_view>

#include "base/expected.hpp"
#include "fdnprobe/schedule.hpp"

namespace fdnprobe::config {

/// "Sat 22:00-Sun 06:00", "Mon-Fri 08:00-18:00", "Sun 02:00-04:00", "22:00-06:00" (every day). Days are English, whole
/// or three letters. Where the end is not after the begin, it is the next day's. The error is a whole message.
[[nodiscard]] Expected<WeekWindow, std::string> parse_week_window(std::string_view text);

}  // namespace fdnprobe::config
