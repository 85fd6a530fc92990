// The pieces that the JSON document and the lines of ndjson share, so that a check is the same object in both.
#pragma once

#include <string>

#include "fdnprobe/report.hpp"
#include "report/json_values.hpp"

namespace fdnprobe::report {

/// `schema`, `program`, `started`, `elapsed_ms`, `vantage` and `summary`: both formats begin with them.
[[nodiscard]] Json json_head(const Report& report);
[[nodiscard]] Json json_rows(const Report& report);
[[nodiscard]] Json json_check(const Report& report, const CheckResult& result);
/// `reasons` and `resolvers_asked`, where there are any: known once all checks have ended.
void add_findings_of_the_run(Json& document, const Report& report);

/// Never throws: what is not UTF-8 becomes U+FFFD. `indent` below 0 puts everything on one line.
[[nodiscard]] std::string json_text(const Json& document, int indent);

}  // namespace fdnprobe::report
