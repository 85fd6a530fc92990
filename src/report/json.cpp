#include "report/json_parts.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {

std::string render_json(const Report& report) {
    Json document = json_head(report);
    document["interrupted"] = report.interrupted;
    document["rows"] = json_rows(report);
    Json checks = Json::array();
    for (const CheckResult& result : report.checks) checks.push_back(json_check(report, result));
    document["checks"] = std::move(checks);
    return json_text(document, 2) + '\n';
}

}  // namespace fdnprobe::report
