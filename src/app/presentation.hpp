// A report in the format that the user chose.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/options.hpp"
#include "fdnprobe/report.hpp"
#include "fdnprobe/site.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe::app {

/// What `--format` takes, the default first.
inline constexpr std::array<std::string_view, 9> report_formats{"table", "json",  "ndjson",     "csv",   "markdown",
                                                                "html",  "junit", "prometheus", "nagios"};

/// The states that `--accept` and the site file name; they are known to be states.
[[nodiscard]] std::vector<State> accepted_states(const CheckOptions& options, const Site& site);

/// The whole report; for ndjson its last line, as the others come as the checks end.
[[nodiscard]] std::string present(const Report& report, const Presentation& presentation,
                                  std::span<const State> accepted);

/// What the process ends with after a run that was reported.
[[nodiscard]] int exit_code_of(const Report& report, const Presentation& presentation, std::span<const State> accepted);

/// The same for a process that ended without a result, with one of the codes of exit_code.hpp: for plugins of Nagios
/// that is "unknown".
[[nodiscard]] int exit_code_as(std::string_view format, int code);

}  // namespace fdnprobe::app
