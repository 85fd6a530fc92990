#include "report/json_parts.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {

std::string render_check(const Report& report, const CheckResult& result) {
    return json_text(json_check(report, result), -1) + '\n';
}

std::string render_ndjson_revision(const Report& report, const CheckResult& result) {
    Json line = json_check(report, result);
    line["revised"] = true;
    return json_text(line, -1) + '\n';
}

std::string render_ndjson_summary(const Report& report) {
    Json line = json_head(report);
    line["rows"] = json_rows(report);
    line["interrupted"] = report.interrupted;
    add_findings_of_the_run(line, report);
    return json_text(line, -1) + '\n';
}

}  // namespace fdnprobe::report
