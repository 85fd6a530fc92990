#include "report/json_reasons.hpp"

#include "report/commands.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

Json json_reason(const Report& report, const Reason& reason) {
    Json object;
    object["code"] = shown_name(reason.code);
    object["summary"] = shown_sentence(reason.summary);
    object["rests_on"] = Json::array();
    for (const std::string& observation : reason.rests_on) object["rests_on"].push_back(shown_sentence(observation));
    set_if_any(object, "advice", reason.advice);
    if (!reason.commands.empty()) object["commands"] = json_commands(reason.commands);
    object["confidence"] = json_code(to_string(reason.confidence));
    object["owner"] = json_code(to_string(reason.owner));
    if (reason.where && *reason.where != Where{}) object["where"] = json_where(*reason.where);
    object["checks"] = Json::array();
    for (const std::size_t index : reason.checks)
        if (index < report.checks.size()) object["checks"].push_back(shown_sentence(report.checks[index].check.id));
    return object;
}

}  // namespace

Json json_reasons(const Report& report) {
    Json list = Json::array();
    for (const Reason& reason : report.reasons) list.push_back(json_reason(report, reason));
    return list;
}

}  // namespace fdnprobe::report
