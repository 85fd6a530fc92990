// Times as text. Reports carry UTC wall-clock time; everything that is measured uses the steady clock.
#pragma once

#include <chrono>
#include <string>

namespace fdnprobe {

/// RFC 3339 in UTC with milliseconds: `2026-11-20T06:25:00.123Z`.
[[nodiscard]] std::string to_rfc3339(std::chrono::system_clock::time_point time);
/// The day alone: `2026-11-20`.
[[nodiscard]] std::string to_date(std::chrono::sys_seconds time);
[[nodiscard]] inline double to_milliseconds(std::chrono::nanoseconds span) {
    return std::chrono::duration<double, std::milli>(span).count();
}

}  // namespace fdnprobe
