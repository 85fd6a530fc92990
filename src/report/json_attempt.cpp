#include "report/json_attempt.hpp"

#include <string>

#include "base/text.hpp"
#include "report/event_text.hpp"
#include "report/json_path.hpp"
#include "report/json_tls.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// Of bytes that went over the wire this much is also given in hexadecimal: any header that matters is in it.
constexpr std::size_t bytes_in_hex = 64;

Json json_event(const Event& event) {
    Json object;
    object["at_ms"] = json_milliseconds(event.at);
    object["stage"] = json_code(to_string(event.stage));
    object["what"] = json_code(to_string(event.what));
    if (uses_code(event.what)) object["code"] = event.code;
    if (uses_detail(event.what)) object["detail"] = event.detail;
    if (event.from) object["from"] = event.from->to_string();
    if (event.hardware) object["hardware"] = event.hardware->to_string();
    if (event.text.empty()) return object;
    if (holds_bytes(event.what)) {
        const std::string bytes = without_credentials(event.text);
        object["text"] = printable(bytes);
        object["hex"] = hex(std::string_view(bytes).substr(0, bytes_in_hex));
    } else {
        object["text"] = printable(event.text);
    }
    return object;
}

/// Where it went, what was concluded of it alone, and its evidence.
void add_attempt(Json& object, const Attempt& attempt) {
    object["address"] = attempt.destination ? Json(attempt.destination->address.to_string()) : Json();
    if (attempt.destination) object["port"] = attempt.destination->port;
    if (attempt.local) object["local"] = attempt.local->to_string();
    if (attempt.proxy) object["proxy"] = attempt.proxy->to_string();
    object["verdict"] = attempt.abandoned ? Json() : Json(json_code(to_string(verdict_of(attempt.finding.cause))));
    object["cause"] = attempt.abandoned ? Json() : Json(json_code(to_string(attempt.finding.cause)));
    if (!attempt.abandoned) set_if_any(object, "detail", attempt.finding.detail);
    object["responder"] = attempt.responder;
    object["abandoned"] = attempt.abandoned;
    object["evidence"] = Json::array();
    for (const Event& event : attempt.evidence) object["evidence"].push_back(json_event(event));
    if (attempt.path) object["path"] = json_path(*attempt.path);
}

Json json_comparison(const Comparison& comparison) {
    Json object;
    object["change"] = json_code(to_string(comparison.change));
    set_if_any(object, "with", comparison.with);
    add_attempt(object, comparison.attempt);
    if (comparison.attempt.tls) object["tls"] = json_tls(*comparison.attempt.tls);
    return object;
}

}  // namespace

Json json_attempt(const Attempt& attempt) {
    Json object;
    add_attempt(object, attempt);
    if (attempt.comparisons.empty()) return object;
    object["comparisons"] = Json::array();
    for (const Comparison& comparison : attempt.comparisons)
        object["comparisons"].push_back(json_comparison(comparison));
    return object;
}

}  // namespace fdnprobe::report
