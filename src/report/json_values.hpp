// How single values are written in JSON: times, codes, and text from elsewhere, which is escaped here and nowhere else.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "fdnprobe/verdict.hpp"
#include "report/json_library.hpp"

namespace fdnprobe::report {

using Json = nlohmann::ordered_json;

/// Milliseconds with at most three decimals: microseconds are what the clocks can tell.
[[nodiscard]] double json_milliseconds(std::chrono::nanoseconds span);

/// `2026-11-20T06:25:00Z`. Certificates may be valid to the year 9999, which the clock behind to_rfc3339 cannot hold.
[[nodiscard]] std::string json_time(std::chrono::sys_seconds time);

/// One of the program's own words.
[[nodiscard]] inline std::string json_code(std::string_view word) { return std::string(word); }

[[nodiscard]] Json name_or_null(std::string_view name);
/// A key that does not apply is absent.
void set_if_any(Json& object, const char* key, std::string_view text);

[[nodiscard]] Json json_where(const Where& where);

}  // namespace fdnprobe::report
