#include "report/json_parts.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {

std::string render_ndjson_check(const Report& report, const CheckResult& result) {
    return json_text(json_check(report, result), -1) + '\n';
}

std::string render_ndjson_summary(const Report& report) {
    Json line = json_head(report);
    line["rows"] = json_rows(report);
    line["interrupted"] = report.interrupted;
    return json_text(line, -1) + '\n';
}

}  // namespace fdnprobe::report
