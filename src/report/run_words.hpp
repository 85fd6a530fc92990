// A run in a few words, for titles and for lines that stand alone.
#pragma once

#include <span>
#include <string>

#include "fdnprobe/report.hpp"

namespace fdnprobe::report {

/// "2 of 48 rows blocked, 1 broken", the worst first; only rows that are not as they should be and not `accepted`.
/// Empty where there is none.
[[nodiscard]] std::string ailing_words(const Report& report, std::span<const State> accepted = {});

/// "40 reachable, 2 blocked", in the order of the documentation.
[[nodiscard]] std::string state_counts(const Report& report);

/// That the device's configuration would make the checks exact; empty where it is known, or where nothing hangs on it.
[[nodiscard]] std::string device_hint(const Report& report);

/// "timeout at hop 3 (10.0.0.1)": why, and where as far as is known.
[[nodiscard]] std::string cause_words(const Conclusion& conclusion);

/// The check that a row is in trouble for, or is degraded for; nullptr where it is in none.
[[nodiscard]] const CheckResult* check_to_blame(const Report& report, const RowResult& row);

}  // namespace fdnprobe::report
