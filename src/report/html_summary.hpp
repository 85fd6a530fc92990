// The first lines of a report: how many rows are in each state, and what is worth knowing of the whole run.
#pragma once

#include <string>

#include "fdnprobe/report.hpp"
#include "report/html_writer.hpp"

namespace fdnprobe::report {

/// "3 of 16 rows blocked" for the title of a window, or how many rows are in each state where none fails.
[[nodiscard]] std::string title_words(const Report& report);

/// How many rows are in each state, as a list, the worst first. `choosable`: each can be ticked, where a script makes
/// use of it.
void html_counts(Html& html, const Report& report, bool choosable);

}  // namespace fdnprobe::report
