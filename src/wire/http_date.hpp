// The times in HTTP's headers (RFC 9110, 5.6.7), in all three forms that a recipient has to take. What contradicts
// itself, such as a day of the week that the date does not fall on, is no time.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace fdnprobe::wire::http {

/// `now` tells the century of a form that has only two digits of the year: a time more than fifty years ahead is the
/// past's.
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_date(std::string_view text, std::chrono::sys_seconds now);

}  // namespace fdnprobe::wire::http
