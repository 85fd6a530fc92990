#include <string>
#include <utility>

#include "report/json_parts.hpp"
#include "report/render.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

Json json_missing(const Report& plan) {
    Json list = Json::array();
    for (const Missing& missing : plan.missing) {
        Json object;
        object["what"] = shown_sentence(missing.what);
        object["how"] = shown_sentence(missing.how);
        object["checks"] = missing.checks;
        list.push_back(std::move(object));
    }
    return list;
}

}  // namespace

std::string render_json(const Report& report) {
    Json document = json_head(report);
    document["interrupted"] = report.interrupted;
    add_findings_of_the_run(document, report);
    document["rows"] = json_rows(report);
    Json checks = Json::array();
    for (const CheckResult& result : report.checks) checks.push_back(json_check(report, result));
    document["checks"] = std::move(checks);
    if (report.planned_only) document["missing"] = json_missing(report);
    return json_text(document, 2) + '\n';
}

}  // namespace fdnprobe::report
