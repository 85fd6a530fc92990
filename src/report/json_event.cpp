// `fdnprobe.event/1`: a confirmed change for programs.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "base/time.hpp"
#include "report/json_parts.hpp"
#include "report/render.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// A usual row takes half a kilobyte, so that this is about a hundred; the worst event there can be, every text as long
/// as it may be and full of what JSON escapes, stays under two megabytes.
constexpr std::size_t most_rows = 200;
constexpr std::size_t most_reasons = 20;
constexpr std::size_t most_observations = 5;
/// Twice what the longest of the program's own sentences has.
constexpr std::size_t text_limit = 800;

std::string text(std::string_view raw) { return printable(raw, text_limit); }
Json text_or_null(std::string_view raw) { return raw.empty() ? Json() : Json(text(raw)); }

Json where_or_null(const std::optional<Where>& where) {
    return where && *where != Where{} ? json_where(*where) : Json();
}

Json json_change(const RowChange& row) {
    Json object;
    object["id"] = text(row.row);
    object["peer"] = shown_name(row.peer);
    object["purpose"] = shown_name(row.purpose);
    object["ports"] = shown_name(row.ports);
    object["from"] = row.from ? Json(json_code(to_string(*row.from))) : Json();
    object["to"] = json_code(to_string(row.to));
    object["cause"] = row.cause ? Json(json_code(to_string(*row.cause))) : Json();
    object["owner"] = json_code(to_string(row.owner));
    object["summary"] = text(row.summary);
    object["advice"] = text_or_null(row.advice);
    object["where"] = where_or_null(row.where);
    object["since"] = to_rfc3339(row.since);
    return object;
}

Json json_event_reason(const Reason& reason) {
    Json object;
    object["code"] = shown_name(reason.code);
    object["summary"] = text(reason.summary);
    object["rests_on"] = Json::array();
    for (const std::string& observation : reason.rests_on) {
        if (object["rests_on"].size() == most_observations) break;
        object["rests_on"].push_back(text(observation));
    }
    object["advice"] = text_or_null(reason.advice);
    object["confidence"] = json_code(to_string(reason.confidence));
    object["owner"] = json_code(to_string(reason.owner));
    object["where"] = where_or_null(reason.where);
    return object;
}

}  // namespace

std::string render_event(const WatchEvent& event) {
    Json document;
    document["schema"] = "fdnprobe.event/1";
    document["id"] = shown_name(event.id);
    document["at"] = to_rfc3339(event.at);
    document["site"] = name_or_null(event.site);
    document["host"] = name_or_null(event.host);
    document["kind"] = json_code(to_string(event.kind));
    document["summary"] = event_sentence(event);
    // The list may be cut; this says how many there are.
    document["rows_total"] = event.rows.size();
    document["rows"] = Json::array();
    for (std::size_t index = 0; index < std::min(event.rows.size(), most_rows); ++index)
        document["rows"].push_back(json_change(event.rows[index]));
    document["reasons"] = Json::array();
    for (std::size_t index = 0; index < std::min(event.reasons.size(), most_reasons); ++index)
        document["reasons"].push_back(json_event_reason(event.reasons[index]));
    return json_text(document, -1) + '\n';
}

}  // namespace fdnprobe::report
