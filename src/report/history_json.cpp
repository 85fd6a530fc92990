// `fdnprobe.history/1`: everything that was asked for, for programs. Evidence is the check as the report had it.
#include <string>
#include <utility>

#include "base/time.hpp"
#include "report/history_words.hpp"
#include "report/json_values.hpp"
#include "report/render.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

template <class Enumerator>
Json code_or_null(const std::optional<Enumerator>& word) {
    return word ? Json(json_code(to_string(*word))) : Json();
}

Json number_or_null(const std::optional<double>& number) { return number ? Json(*number) : Json(); }

Json json_evidence(const std::string& evidence) {
    if (evidence.empty()) return {};
    Json parsed = Json::parse(evidence, nullptr, false);
    return parsed.is_discarded() ? Json(shown_sentence(evidence)) : parsed;
}

Json json_change(const StateChange& change) {
    Json object;
    object["at"] = to_rfc3339(change.at);
    object["since"] = to_rfc3339(change.since);
    object["from"] = code_or_null(change.from);
    object["to"] = json_code(to_string(change.to));
    object["cause"] = code_or_null(change.cause);
    set_if_any(object, "summary", change.summary);
    return object;
}

Json json_verdict(const VerdictChange& change) {
    Json object;
    object["at"] = to_rfc3339(change.at);
    object["check"] = shown_sentence(change.check);
    object["from"] = code_or_null(change.from);
    object["to"] = json_code(to_string(change.to));
    object["verdict"] = json_code(to_string(verdict_of(change.to)));
    set_if_any(object, "summary", change.summary);
    object["evidence"] = json_evidence(change.evidence);
    return object;
}

Json json_period(const StatePeriod& period) {
    Json object;
    object["from"] = to_rfc3339(period.from);
    object["until"] = to_rfc3339(period.until);
    object["states"] = Json::object();
    for (const auto& [state, runs] : period.runs) object["states"][std::string(to_string(state))] = runs;
    return object;
}

Json json_check_history(const CheckHistory& check) {
    Json object;
    object["id"] = shown_sentence(check.id);
    object["usual_ms"] = number_or_null(check.usual_ms);
    object["recent_ms"] = number_or_null(check.recent_ms);
    object["latency"] = Json::array();
    for (const LatencyPeriod& period : check.latency) {
        Json one;
        one["from"] = to_rfc3339(period.from);
        one["until"] = to_rfc3339(period.until);
        one["runs"] = period.runs;
        one["least_ms"] = period.least_ms;
        one["mean_ms"] = period.mean_ms;
        one["most_ms"] = period.most_ms;
        object["latency"].push_back(std::move(one));
    }
    return object;
}

Json json_row_history(const RowHistory& row) {
    Json object;
    object["id"] = shown_sentence(row.id);
    object["table"] = shown_name(row.table);
    object["peer"] = shown_name(row.peer);
    object["purpose"] = shown_sentence(row.purpose);
    object["ports"] = shown_sentence(row.ports);
    object["state"] = code_or_null(row.confirmed);
    object["since"] = row.confirmed ? Json(to_rfc3339(row.since)) : Json();
    object["runs"] = row.runs;
    object["good_runs"] = row.good_runs;
    object["good_part"] = number_or_null(good_part(row));
    object["flips"] = row.flips;
    for (const char* key : {"changes", "verdicts", "timeline", "checks"}) object[key] = Json::array();
    for (const StateChange& change : row.changes) object["changes"].push_back(json_change(change));
    for (const VerdictChange& change : row.verdicts) object["verdicts"].push_back(json_verdict(change));
    for (const StatePeriod& period : row.timeline) object["timeline"].push_back(json_period(period));
    for (const CheckHistory& check : row.checks) object["checks"].push_back(json_check_history(check));
    return object;
}

}  // namespace

std::string render_history_json(const HistoryReport& history) {
    Json document;
    document["schema"] = "fdnprobe.history/1";
    document["from"] = to_rfc3339(history.from);
    document["until"] = to_rfc3339(history.until);
    document["site"] = name_or_null(history.site);
    document["first_run"] = history.first_run ? Json(to_rfc3339(*history.first_run)) : Json();
    document["runs"] = history.runs;
    document["control_failures"] = history.control_failures;
    document["rows"] = Json::array();
    for (const RowHistory& row : history.rows) document["rows"].push_back(json_row_history(row));
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace fdnprobe::report
