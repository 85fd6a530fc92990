// A row in a report: what is the matter with it, said shortly, and its checks in full.
#pragma once

#include "fdnprobe/report.hpp"
#include "report/html_writer.hpp"

namespace fdnprobe::report {

/// What fails, for which cause, and what to do; of a row that works, who answered soonest. Results that failed alike
/// share their lines.
void html_findings(Html& html, const Report& report, const RowResult& row);

/// All checks of the row.
void html_checks(Html& html, const Report& report, const RowResult& row);

}  // namespace fdnprobe::report
