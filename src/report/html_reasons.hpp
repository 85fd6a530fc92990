// What stands before the rows: the reasons that explain many of them, and what to do first.
#pragma once

#include "fdnprobe/report.hpp"
#include "report/html_writer.hpp"

namespace fdnprobe::report {

/// All reasons of the report, each with the id that links to it have (`#reason-1`). Nothing where there is none.
void html_reasons(Html& html, const Report& report);

/// The reasons of one row alone, for a page that shows nothing else.
void html_reasons_of_row(Html& html, const Report& report, const RowResult& row);

/// "see [1]", as a link.
void html_reason_link(Html& html, const Report& report, const Conclusion& conclusion);

[[nodiscard]] bool has_reason(const Report& report, const Conclusion& conclusion);

void html_first_steps(Html& html, const Report& report);

}  // namespace fdnprobe::report
