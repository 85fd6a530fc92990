#include "report/json_parts.hpp"

#include <utility>

#include "base/text.hpp"
#include "base/time.hpp"
#include "judge/judge.hpp"
#include "report/commands.hpp"
#include "report/dns_facts.hpp"
#include "report/json_attempt.hpp"
#include "report/json_reasons.hpp"
#include "report/json_resolvers.hpp"
#include "report/json_tls.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

Json json_timing(const Timing& timing) {
    Json object;
    object["resolve"] = json_milliseconds(timing.resolve);
    object["connect"] = json_milliseconds(timing.connect);
    object["tls"] = json_milliseconds(timing.tls);
    object["exchange"] = json_milliseconds(timing.exchange);
    object["total"] = json_milliseconds(timing.total);
    return object;
}

void add_conclusion(Json& object, const Report& report, const Conclusion& conclusion) {
    object["verdict"] = json_code(to_string(conclusion.verdict));
    object["cause"] = json_code(to_string(conclusion.cause));
    object["stage"] = json_code(to_string(conclusion.stage));
    object["confidence"] = json_code(to_string(conclusion.confidence));
    object["owner"] = json_code(to_string(conclusion.owner));
    object["summary"] = shown_sentence(conclusion.summary);
    object["advice"] = conclusion.advice ? Json(shown_sentence(*conclusion.advice)) : Json();
    if (!conclusion.commands.empty()) object["commands"] = json_commands(conclusion.commands);
    if (conclusion.reason && *conclusion.reason < report.reasons.size())
        object["reason"] = shown_name(report.reasons[*conclusion.reason].code);
    object["warnings"] = Json::array();
    for (const std::string& warning : conclusion.warnings) object["warnings"].push_back(shown_sentence(warning));
    if (conclusion.where && *conclusion.where != Where{}) object["where"] = json_where(*conclusion.where);
}

void add_observations(Json& object, const CheckResult& result) {
    if (const Attempt* attempt = telling_attempt(result)) {
        object["timing_ms"] = json_timing(attempt->timing);
        if (attempt->tls) object["tls"] = json_tls(*attempt->tls);
    }
    if (const auto facts = dns_facts(result)) {
        Json dns;
        dns["answers"] = Json::array();
        for (const std::string& answer : facts->answers) dns["answers"].push_back(shown_name(answer));
        dns["rcode"] = facts->rcode.empty() ? Json() : Json(facts->rcode);
        object["dns"] = std::move(dns);
    }
    object["attempts"] = Json::array();
    for (const Attempt& attempt : result.attempts) object["attempts"].push_back(json_attempt(attempt));
}

/// What a plan can say of a check beyond its name.
void add_plan(Json& object, const Check& check) {
    Json trust = Json::array();
    if (check.trust.public_ca) trust.push_back("public");
    if (check.trust.fortinet) trust.push_back("fortinet");
    if (check.trust.any) trust.push_back("any");
    if (!trust.empty()) object["trust"] = std::move(trust);
    set_if_any(object, "signer", check.signer);
    set_if_any(object, "server_name", check.server_name);
    if (!check.pinned.empty()) {
        object["pinned"] = Json::array();
        for (const Address& address : check.pinned) object["pinned"].push_back(address.to_string());
    }
    if (!check.skip) return;
    // Whoever made the plan may have left the sentence to the judge.
    const Conclusion conclusion = judge::conclude_skipped(check);
    object["verdict"] = json_code(to_string(Verdict::skipped));
    object["cause"] = json_code(to_string(*check.skip));
    object["summary"] = shown_sentence(conclusion.summary.empty() ? check.skip_reason : conclusion.summary);
}

/// As the site file has it, and what of it is assumed.
Json json_device(const Device& device) {
    Json object;
    Json assumed = Json::array();
    for (const DeviceKey& key : device_keys()) {
        const DeviceValue* value = device.find(key.name);
        if (value == nullptr) continue;
        const std::string name(key.name);
        if (value->list) {
            object[name] = Json::array();
            for (const std::string& word : value->words) object[name].push_back(shown_name(word));
        } else if (key.kind == DeviceKeyKind::flag) {
            object[name] = device.word(key.name) == "true";
        } else if (key.kind == DeviceKeyKind::port) {
            object[name] = parse_number(device.word(key.name), 0, 65535).value_or(0);
        } else {
            object[name] = shown_sentence(device.word(key.name));
        }
        if (value->assumed) assumed.push_back(name);
    }
    object["assumed"] = std::move(assumed);
    return object;
}

Json json_summary(const Report& report) {
    Json rows = Json::object();
    Json checks = Json::object();
    if (report.planned_only) {
        std::size_t skipped = 0;
        for (const CheckResult& result : report.checks) skipped += result.check.skip ? 1U : 0U;
        if (skipped > 0) checks[json_code(to_string(Verdict::skipped))] = skipped;
    } else {
        for (const auto& [state, count] : count_rows(report)) rows[json_code(to_string(state))] = count;
        for (const auto& [verdict, count] : count_checks(report)) checks[json_code(to_string(verdict))] = count;
    }
    Json summary;
    summary["rows"] = std::move(rows);
    summary["checks"] = std::move(checks);
    return summary;
}

}  // namespace

Json json_head(const Report& report) {
    Json head;
    head["schema"] = "fdnprobe.report/1";
    head["program"] = Json{{"name", "fdnprobe"}, {"version", shown_name(report.version)}};
    head["started"] = to_rfc3339(report.started);
    head["elapsed_ms"] = json_milliseconds(report.elapsed);
    Json vantage;
    vantage["host"] = shown_name(report.vantage.host);
    vantage["site"] = name_or_null(report.vantage.site);
    vantage["resolvers"] = Json::array();
    for (const std::string& resolver : report.vantage.resolvers) vantage["resolvers"].push_back(shown_name(resolver));
    vantage["proxy"] = report.vantage.proxy ? Json(shown_proxy(*report.vantage.proxy)) : Json();
    head["vantage"] = std::move(vantage);
    if (!report.device.empty()) head["device"] = json_device(report.device);
    head["summary"] = json_summary(report);
    return head;
}

Json json_rows(const Report& report) {
    Json rows = Json::array();
    for (const RowResult& result : report.rows) {
        const Row& row = result.row;
        Json object;
        object["id"] = shown_sentence(row.full_id());
        object["table"] = shown_name(row.table);
        object["direction"] = json_code(to_string(row.direction));
        object["peer"] = shown_name(row.peer);
        object["purpose"] = shown_sentence(row.purpose);
        object["ports"] = shown_sentence(row.ports);
        object["need"] = json_code(to_string(row.need));
        if (!report.planned_only) object["state"] = json_code(to_string(result.state));
        object["checks"] = Json::array();
        for (const std::size_t index : result.checks)
            if (index < report.checks.size()) object["checks"].push_back(shown_sentence(report.checks[index].check.id));
        set_if_any(object, "product", row.product);
        set_if_any(object, "section", row.section);
        set_if_any(object, "note", row.note);
        set_if_any(object, "origin", row.origin);
        rows.push_back(std::move(object));
    }
    return rows;
}

Json json_check(const Report& report, const CheckResult& result) {
    const Check& check = result.check;
    const auto destination = destination_of(result);
    Json object;
    object["id"] = shown_sentence(check.id);
    object["row"] = shown_sentence(row_id_of(report, check));
    object["level"] = json_code(to_string(check.level));
    object["host"] = name_or_null(check.host);
    object["address"] = destination ? Json(destination->address.to_string()) : Json();
    object["port"] = check.port.number;
    object["transport"] = json_code(to_string(check.port.transport));
    object["probe"] = name_or_null(check.probe);
    if (check.dial_port != 0 && check.dial_port != check.port.number) object["dial_port"] = check.dial_port;
    if (check.dial_transport) object["dial_transport"] = json_code(to_string(*check.dial_transport));
    set_if_any(object, "alternative", check.alternative);
    set_if_any(object, "signer", check.signer);
    set_if_any(object, "note", check.note);
    set_if_any(object, "condition", check.condition);
    set_if_any(object, "source", check.source);
    if (check.sure != Sureness::unsaid) object["sure"] = json_code(to_string(check.sure));
    if (check.proxy) object["proxy"] = shown_proxy(check.proxy->to_string());
    if (report.planned_only) {
        add_plan(object, check);
    } else {
        add_conclusion(object, report, result.conclusion);
        add_observations(object, result);
    }
    return object;
}

void add_findings_of_the_run(Json& document, const Report& report) {
    if (!report.reasons.empty()) document["reasons"] = json_reasons(report);
    Json asked = json_resolvers(report.resolvers);
    if (!asked.empty()) document["resolvers_asked"] = std::move(asked);
}

std::string json_text(const Json& document, int indent) {
    return document.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fdnprobe::report
