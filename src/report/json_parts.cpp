#include "report/json_parts.hpp"

#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/time.hpp"
#include "judge/judge.hpp"
#include "report/dns_facts.hpp"
#include "report/event_text.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// Of bytes that went over the wire this much is also given in hexadecimal: any header that matters is in it.
constexpr std::size_t bytes_in_hex = 64;

/// Milliseconds with at most three decimals: microseconds are what the clocks can tell.
double milliseconds(std::chrono::nanoseconds span) { return std::round(to_milliseconds(span) * 1000) / 1000; }

/// Certificates may be valid to the year 9999, which the clock behind to_rfc3339 cannot hold.
std::string rfc3339(std::chrono::sys_seconds time) {
    const std::chrono::hh_mm_ss clock{time - std::chrono::floor<std::chrono::days>(time)};
    return fmt::format("{}T{:02}:{:02}:{:02}Z", to_date(time), clock.hours().count(), clock.minutes().count(),
                       clock.seconds().count());
}

std::string code(std::string_view word) { return std::string(word); }

Json name_or_null(std::string_view name) { return name.empty() ? Json() : Json(shown_name(name)); }

void set_if_any(Json& object, const char* key, std::string_view text) {
    if (!text.empty()) object[key] = shown_sentence(text);
}

std::string_view code_of(FortinetChain chain) {
    switch (chain) {
        case FortinetChain::no: return "no";
        case FortinetChain::by_name: return "by-name";
        case FortinetChain::proven: return "proven";
    }
    return {};
}

Json json_event(const Event& event) {
    Json object;
    object["at_ms"] = milliseconds(event.at);
    object["stage"] = code(to_string(event.stage));
    object["what"] = code(to_string(event.what));
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

Json json_attempt(const Attempt& attempt) {
    Json object;
    object["address"] = attempt.destination ? Json(attempt.destination->address.to_string()) : Json();
    if (attempt.destination) object["port"] = attempt.destination->port;
    if (attempt.local) object["local"] = attempt.local->to_string();
    if (attempt.proxy) object["proxy"] = attempt.proxy->to_string();
    object["verdict"] = attempt.abandoned ? Json() : Json(code(to_string(verdict_of(attempt.finding.cause))));
    object["cause"] = attempt.abandoned ? Json() : Json(code(to_string(attempt.finding.cause)));
    if (!attempt.abandoned) set_if_any(object, "detail", attempt.finding.detail);
    object["responder"] = attempt.responder;
    object["abandoned"] = attempt.abandoned;
    object["evidence"] = Json::array();
    for (const Event& event : attempt.evidence) object["evidence"].push_back(json_event(event));
    return object;
}

Json json_certificate(const CertificateFacts& certificate) {
    Json object;
    object["subject"] = shown_sentence(certificate.subject);
    object["issuer"] = shown_sentence(certificate.issuer);
    object["not_before"] = rfc3339(certificate.not_before);
    object["not_after"] = rfc3339(certificate.not_after);
    object["sha256"] = shown_name(certificate.sha256);
    if (!certificate.key_sha256.empty()) object["key_sha256"] = shown_name(certificate.key_sha256);
    object["names"] = Json::array();
    for (const std::string& name : certificate.names) object["names"].push_back(shown_name(name));
    object["self_signed"] = certificate.self_signed;
    return object;
}

Json json_tls(const TlsFacts& tls) {
    Json object;
    set_if_any(object, "version", tls.version);
    set_if_any(object, "cipher", tls.cipher);
    set_if_any(object, "alpn", tls.alpn);
    set_if_any(object, "server_name", tls.server_name);
    object["complete"] = tls.complete;
    object["chain"] = Json::array();
    for (const CertificateFacts& certificate : tls.chain) object["chain"].push_back(json_certificate(certificate));
    object["name_matches"] = tls.name_matches;
    object["public_chain"] = tls.public_chain;
    set_if_any(object, "public_anchor", tls.public_anchor);
    object["fortinet_chain"] = code(code_of(tls.fortinet_chain));
    set_if_any(object, "fortinet_anchor", tls.fortinet_anchor);
    set_if_any(object, "inspection_ca", tls.inspection_ca);
    set_if_any(object, "verify_error", tls.verify_error);
    object["staple"] = code(to_string(tls.staple));
    object["client_certificate_requested"] = tls.client_certificate_requested;
    return object;
}

Json json_where(const Where& where) {
    Json object = Json::object();
    if (where.hop) object["hop"] = *where.hop;
    if (where.address) object["address"] = where.address->to_string();
    if (where.destination_hop) object["destination_hop"] = *where.destination_hop;
    return object;
}

Json json_timing(const Timing& timing) {
    Json object;
    object["resolve"] = milliseconds(timing.resolve);
    object["connect"] = milliseconds(timing.connect);
    object["tls"] = milliseconds(timing.tls);
    object["exchange"] = milliseconds(timing.exchange);
    object["total"] = milliseconds(timing.total);
    return object;
}

void add_conclusion(Json& object, const Conclusion& conclusion) {
    object["verdict"] = code(to_string(conclusion.verdict));
    object["cause"] = code(to_string(conclusion.cause));
    object["stage"] = code(to_string(conclusion.stage));
    object["confidence"] = code(to_string(conclusion.confidence));
    object["owner"] = code(to_string(conclusion.owner));
    object["summary"] = shown_sentence(conclusion.summary);
    object["advice"] = conclusion.advice ? Json(shown_sentence(*conclusion.advice)) : Json();
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
    set_if_any(object, "server_name", check.server_name);
    if (!check.pinned.empty()) {
        object["pinned"] = Json::array();
        for (const Address& address : check.pinned) object["pinned"].push_back(address.to_string());
    }
    if (!check.skip) return;
    // Whoever made the plan may have left the sentence to the judge.
    const Conclusion conclusion = judge::conclude_skipped(check);
    object["verdict"] = code(to_string(Verdict::skipped));
    object["cause"] = code(to_string(*check.skip));
    object["summary"] = shown_sentence(conclusion.summary.empty() ? check.skip_reason : conclusion.summary);
}

Json json_summary(const Report& report) {
    Json rows = Json::object();
    Json checks = Json::object();
    if (report.planned_only) {
        std::size_t skipped = 0;
        for (const CheckResult& result : report.checks) skipped += result.check.skip ? 1U : 0U;
        if (skipped > 0) checks[code(to_string(Verdict::skipped))] = skipped;
    } else {
        for (const auto& [state, count] : count_rows(report)) rows[code(to_string(state))] = count;
        for (const auto& [verdict, count] : count_checks(report)) checks[code(to_string(verdict))] = count;
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
    head["elapsed_ms"] = milliseconds(report.elapsed);
    Json vantage;
    vantage["host"] = shown_name(report.vantage.host);
    vantage["site"] = name_or_null(report.vantage.site);
    vantage["resolvers"] = Json::array();
    for (const std::string& resolver : report.vantage.resolvers) vantage["resolvers"].push_back(shown_name(resolver));
    vantage["proxy"] = report.vantage.proxy ? Json(shown_proxy(*report.vantage.proxy)) : Json();
    head["vantage"] = std::move(vantage);
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
        object["direction"] = code(to_string(row.direction));
        object["peer"] = shown_name(row.peer);
        object["purpose"] = shown_sentence(row.purpose);
        object["ports"] = shown_sentence(row.ports);
        object["need"] = code(to_string(row.need));
        if (!report.planned_only) object["state"] = code(to_string(result.state));
        object["checks"] = Json::array();
        for (const std::size_t index : result.checks)
            if (index < report.checks.size()) object["checks"].push_back(shown_sentence(report.checks[index].check.id));
        set_if_any(object, "product", row.product);
        set_if_any(object, "section", row.section);
        set_if_any(object, "note", row.note);
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
    object["level"] = code(to_string(check.level));
    object["host"] = name_or_null(check.host);
    object["address"] = destination ? Json(destination->address.to_string()) : Json();
    object["port"] = check.port.number;
    object["transport"] = code(to_string(check.port.transport));
    object["probe"] = name_or_null(check.probe);
    if (check.dial_port != 0 && check.dial_port != check.port.number) object["dial_port"] = check.dial_port;
    if (check.dial_transport) object["dial_transport"] = code(to_string(*check.dial_transport));
    set_if_any(object, "alternative", check.alternative);
    set_if_any(object, "note", check.note);
    if (report.planned_only) {
        add_plan(object, check);
    } else {
        add_conclusion(object, result.conclusion);
        add_observations(object, result);
    }
    return object;
}

std::string json_text(const Json& document, int indent) {
    return document.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fdnprobe::report
