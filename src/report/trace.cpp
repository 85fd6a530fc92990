#include "report/trace.hpp"

#include <utility>
#include <variant>

#include "base/time.hpp"
#include "report/json_library.hpp"
#include "report/shown.hpp"
#include "report/trace_evidence.hpp"
#include "report/trace_layout.hpp"
#include "report/trace_values.hpp"

namespace fdnprobe::report {
namespace {

using Trace = nlohmann::json;

Trace trace_vantage(const Vantage& vantage) {
    Trace object = Trace::object();
    set_text(object, "host", vantage.host);
    set_text(object, "site", vantage.site);
    object["resolvers"] = trace_texts(vantage.resolvers);
    if (vantage.proxy) object["proxy"] = shown_proxy(*vantage.proxy);
    return object;
}

/// `Row::checks` are left out: they were the plan's, and the checks came of them.
Trace trace_row(const RowResult& result) {
    const Row& row = result.row;
    Trace object;
    set_text(object, "table", row.table);
    set_text(object, "id", row.id);
    object["direction"] = to_string(row.direction);
    set_text(object, "section", row.section);
    set_text(object, "product", row.product);
    set_text(object, "peer", row.peer);
    set_text(object, "purpose", row.purpose);
    set_text(object, "ports", row.ports);
    object["port_list"] = Trace::array();
    for (const Port& port : row.port_list) object["port_list"].push_back(port.to_string());
    object["need"] = to_string(row.need);
    set_text(object, "note", row.note);
    object["state"] = to_string(result.state);
    object["checks"] = result.checks;
    return object;
}

Trace trace_known(const KnownIdentity& known) {
    Trace object = Trace::object();
    set_text(object, "issuer", known.issuer);
    set_text(object, "issuer_name", known.issuer_name);
    set_text(object, "issuer_key_sha256", known.issuer_key_sha256);
    set_text(object, "key_sha256", known.key_sha256);
    return object;
}

Trace trace_option(const OptionValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return trace_text(*text);
    return std::visit([](const auto& plain) { return Trace(plain); }, value);
}

Trace trace_advice(const ProductAdvice& advice) {
    Trace object = Trace::object();
    set_text(object, "say", advice.say);
    if (!advice.commands.empty()) object["commands"] = trace_texts(advice.commands);
    for (const Releases& releases : advice.releases)
        object["releases"].push_back(Trace{{"product", trace_text(releases.product)},
                                           {"from", trace_text(releases.from)},
                                           {"to", trace_text(releases.to)}});
    return object;
}

Trace trace_commands(const std::vector<CommandBlock>& blocks) {
    Trace list = Trace::array();
    for (const CommandBlock& block : blocks)
        list.push_back(Trace{{"releases", trace_text(block.releases)}, {"lines", trace_texts(block.lines)}});
    return list;
}

Trace trace_check(const Check& check) {
    Trace object;
    set_text(object, "id", check.id);
    object["row"] = check.row;
    object["direction"] = to_string(check.direction);
    object["level"] = to_string(check.level);
    set_text(object, "alternative", check.alternative);
    set_text(object, "host", check.host);
    set_flag(object, "host_is_address", check.host_is_address);
    for (const Address& address : check.pinned) object["pinned"].push_back(address.to_string());
    object["port"] = check.port.to_string();
    object["dial_port"] = check.dial_port;
    if (check.in_use) object["in_use"] = check.in_use->to_string();
    set_text(object, "condition", check.condition);
    if (check.dial_transport) object["dial_transport"] = to_string(*check.dial_transport);
    set_text(object, "probe", check.probe);
    for (const auto& [name, value] : check.options) object["options"][name] = trace_option(value);
    object["trust"] = Trace::array();
    if (check.trust.public_ca) object["trust"].push_back("public");
    if (check.trust.fortinet) object["trust"].push_back("fortinet");
    if (check.trust.any) object["trust"].push_back("any");
    set_flag(object, "ocsp_stapled", check.ocsp == Stapling::demanded);
    set_flag(object, "ocsp_expected", check.ocsp == Stapling::expected);
    set_flag(object, "vendor_host", check.vendor_host);
    set_flag(object, "choice", check.choice);
    if (check.block_pages != nullptr)
        for (const BlockPage& page : *check.block_pages)
            object["block_pages"].push_back(Trace{{"address", page.address.to_string()},
                                                  {"name", trace_text(page.name)},
                                                  {"certificate", trace_text(page.certificate)}});
    set_text(object, "signer", check.signer);
    if (check.known) object["known"] = trace_known(*check.known);
    set_text(object, "server_name", check.server_name);
    set_flag(object, "public_name", check.public_name);
    set_text(object, "note", check.note);
    if (check.skip) object["skip"] = to_string(*check.skip);
    set_text(object, "skip_reason", check.skip_reason);
    set_flag(object, "permitted", check.permitted);
    set_flag(object, "for_others", check.for_others);
    if (check.proxy) object["proxy"] = trace_text(check.proxy->to_string());
    if (check.secrets && !check.secrets->empty()) object["secrets"] = Trace::array();
    if (check.secrets)
        for (const auto& secret : *check.secrets) object["secrets"].push_back(trace_text(secret.first));
    return object;
}

Trace trace_conclusion(const Report& report, const Conclusion& conclusion) {
    Trace object;
    object["verdict"] = to_string(conclusion.verdict);
    object["cause"] = to_string(conclusion.cause);
    object["stage"] = to_string(conclusion.stage);
    object["confidence"] = to_string(conclusion.confidence);
    object["owner"] = to_string(conclusion.owner);
    set_text(object, "summary", conclusion.summary);
    if (conclusion.advice) object["advice"] = trace_text(*conclusion.advice);
    if (!conclusion.commands.empty()) object["commands"] = trace_commands(conclusion.commands);
    if (!conclusion.warnings.empty()) object["warnings"] = trace_texts(conclusion.warnings);
    set_where(object, conclusion.where);
    if (conclusion.attempt) object["attempt"] = *conclusion.attempt;
    if (!conclusion.reason) return object;
    object["reason"] = *conclusion.reason;
    if (*conclusion.reason < report.reasons.size())
        set_text(object, "reason_code", report.reasons[*conclusion.reason].code);
    return object;
}

/// The advice of the table that bears on the conclusion; all of it would be many times the rest of a trace.
void set_product_advice(Trace& check, const CheckResult& result) {
    if (result.check.advice == nullptr) return;
    for (const std::string_view code : {to_string(result.conclusion.cause), to_string(result.conclusion.verdict)}) {
        const auto found = result.check.advice->find(code);
        if (found == result.check.advice->end()) continue;
        Trace list = Trace::array();
        for (const ProductAdvice& entry : found->second) list.push_back(trace_advice(entry));
        check["product_advice"][std::string(code)] = std::move(list);
    }
}

Trace trace_result(const Report& report, const CheckResult& result) {
    Trace object;
    object["check"] = trace_check(result.check);
    set_product_advice(object["check"], result);
    object["attempts"] = Trace::array();
    for (const Attempt& attempt : result.attempts) object["attempts"].push_back(trace_attempt(attempt));
    object["conclusion"] = trace_conclusion(report, result.conclusion);
    return object;
}

Trace trace_reason(const Reason& reason) {
    Trace object;
    set_text(object, "code", reason.code);
    set_text(object, "summary", reason.summary);
    object["rests_on"] = trace_texts(reason.rests_on);
    set_text(object, "advice", reason.advice);
    if (!reason.commands.empty()) object["commands"] = trace_commands(reason.commands);
    object["confidence"] = to_string(reason.confidence);
    object["owner"] = to_string(reason.owner);
    set_where(object, reason.where);
    object["checks"] = reason.checks;
    return object;
}

Trace trace_answer(const DnsAnswer& answer) {
    Trace object;
    object["at_ns"] = trace_span(answer.at);
    object["rcode"] = answer.rcode;
    object["addresses"] = Trace::array();
    for (const Address& address : answer.addresses) object["addresses"].push_back(address.to_string());
    return object;
}

Trace trace_question(const DnsQuestion& question) {
    Trace object;
    object["resolver"] = question.resolver.to_string();
    object["transport"] = to_string(question.transport);
    set_text(object, "name", question.name);
    object["type"] = question.type;
    object["at_ns"] = trace_span(question.at);
    object["answers"] = Trace::array();
    for (const DnsAnswer& answer : question.answers) object["answers"].push_back(trace_answer(answer));
    set_flag(object, "truncated", question.truncated);
    if (question.error != 0) object["error"] = question.error;
    set_address(object, "error_from", question.error_from);
    set_text(object, "malformed", question.malformed);
    set_flag(object, "cut_short", question.cut_short);
    return object;
}

Trace trace_resolvers(const ResolverFacts& facts) {
    Trace object;
    object["questions"] = Trace::array();
    for (const DnsQuestion& question : facts.questions) object["questions"].push_back(trace_question(question));
    object["blackhole"] = Trace::array();
    for (const DnsQuestion& question : facts.blackhole) object["blackhole"].push_back(trace_question(question));
    return object;
}

}  // namespace

std::string render_trace(const Report& report) {
    Trace document;
    document["schema"] = "fdnprobe.trace/1";
    document["program"] = Trace{{"name", "fdnprobe"}, {"version", trace_text(report.version)}};
    document["started"] = to_rfc3339(report.started);
    document["elapsed_ns"] = trace_span(report.elapsed);
    document["vantage"] = trace_vantage(report.vantage);
    set_flag(document, "interrupted", report.interrupted);
    document["rows"] = Trace::array();
    for (const RowResult& result : report.rows) document["rows"].push_back(trace_row(result));
    document["checks"] = Trace::array();
    for (const CheckResult& result : report.checks) document["checks"].push_back(trace_result(report, result));
    document["reasons"] = Trace::array();
    for (const Reason& reason : report.reasons) document["reasons"].push_back(trace_reason(reason));
    document["resolvers"] = trace_resolvers(report.resolvers);
    return set_in_lines(document);
}

}  // namespace fdnprobe::report
