#include "report/trace_evidence.hpp"

#include <string>
#include <vector>

#include "report/event_text.hpp"
#include "report/json_tls.hpp"
#include "report/json_values.hpp"
#include "report/shown.hpp"
#include "report/trace_values.hpp"

namespace fdnprobe::report {
namespace {

using Trace = nlohmann::json;

/// What each event holds. A header may have come in two pieces, so that bytes of a kind are blanked as one text.
std::vector<std::string> texts_of(const std::vector<Event>& evidence) {
    std::vector<std::string> texts;
    texts.reserve(evidence.size());
    for (const Event& event : evidence) texts.push_back(event.text);
    for (const What what : {What::sent, What::received}) {
        std::string stream;
        for (const Event& event : evidence)
            if (event.what == what) stream += event.text;
        stream = without_credentials(stream);
        std::size_t at = 0;
        for (std::size_t index = 0; index < evidence.size(); ++index) {
            if (evidence[index].what != what) continue;
            texts[index] = stream.substr(at, texts[index].size());
            at += texts[index].size();
        }
    }
    return texts;
}

Trace trace_event(const Event& event, std::string_view text) {
    Trace object;
    object["at_ns"] = trace_span(event.at);
    object["stage"] = to_string(event.stage);
    object["what"] = to_string(event.what);
    if (event.code != 0) object["code"] = event.code;
    if (event.detail != 0) object["detail"] = event.detail;
    set_address(object, "from", event.from);
    set_address(object, "hardware", event.hardware);
    set_text(object, "text", text);
    return object;
}

Trace trace_certificate(const CertificateFacts& certificate) {
    Trace object = Trace::object();
    set_text(object, "subject", certificate.subject);
    set_text(object, "issuer", certificate.issuer);
    set_text(object, "subject_name", certificate.subject_name);
    set_text(object, "issuer_name", certificate.issuer_name);
    object["names"] = trace_texts(certificate.names);
    object["not_before"] = json_time(certificate.not_before);
    object["not_after"] = json_time(certificate.not_after);
    set_text(object, "sha256", certificate.sha256);
    set_text(object, "key_sha256", certificate.key_sha256);
    set_flag(object, "self_signed", certificate.self_signed);
    return object;
}

Trace trace_tls(const TlsFacts& tls) {
    Trace object = Trace::object();
    set_text(object, "version", tls.version);
    set_text(object, "cipher", tls.cipher);
    set_text(object, "alpn", tls.alpn);
    set_text(object, "server_name", tls.server_name);
    object["chain"] = Trace::array();
    for (const CertificateFacts& certificate : tls.chain) object["chain"].push_back(trace_certificate(certificate));
    set_flag(object, "public_chain", tls.public_chain);
    set_text(object, "public_anchor", tls.public_anchor);
    set_text(object, "anchor_retired", tls.anchor_retired);
    set_text(object, "host_anchor", tls.host_anchor);
    object["fortinet_chain"] = code_of(tls.fortinet_chain);
    set_text(object, "fortinet_anchor", tls.fortinet_anchor);
    set_text(object, "issuer_key_sha256", tls.issuer_key_sha256);
    set_text(object, "inspection_ca", tls.inspection_ca);
    set_text(object, "verify_error", tls.verify_error);
    set_flag(object, "name_matches", tls.name_matches);
    object["seen_at"] = json_time(tls.seen_at);
    object["staple"] = to_string(tls.staple);
    if (tls.staple_from) object["staple_from"] = json_time(*tls.staple_from);
    if (tls.staple_until) object["staple_until"] = json_time(*tls.staple_until);
    set_flag(object, "client_certificate_requested", tls.client_certificate_requested);
    set_flag(object, "complete", tls.complete);
    return object;
}

Trace trace_timing(const Timing& timing) {
    Trace object;
    object["resolve_ns"] = trace_span(timing.resolve);
    object["connect_ns"] = trace_span(timing.connect);
    object["tls_ns"] = trace_span(timing.tls);
    object["exchange_ns"] = trace_span(timing.exchange);
    object["total_ns"] = trace_span(timing.total);
    return object;
}

Trace trace_probe(const HopProbe& probe) {
    Trace object;
    object["hop"] = probe.hop;
    object["answer"] = to_string(probe.answer);
    set_address(object, "from", probe.from);
    if (probe.type != 0) object["type"] = probe.type;
    if (probe.code != 0) object["code"] = probe.code;
    object["at_ns"] = trace_span(probe.at);
    object["took_ns"] = trace_span(probe.took);
    return object;
}

Trace trace_flow(const Flow& flow) {
    Trace object;
    object["transport"] = to_string(flow.transport);
    object["destination"] = flow.destination.to_string();
    object["source_port"] = flow.source_port;
    object["probes"] = Trace::array();
    for (const HopProbe& probe : flow.probes) object["probes"].push_back(trace_probe(probe));
    return object;
}

Trace trace_path(const PathFacts& path) {
    Trace object;
    object["tested"] = trace_flow(path.tested);
    if (path.control) object["control"] = trace_flow(*path.control);
    set_text(object, "control_is", path.control_is);
    object["complete"] = path.complete;
    set_text(object, "missing", path.missing);
    return object;
}

Trace trace_finding(const Finding& finding) {
    Trace object;
    object["cause"] = to_string(finding.cause);
    object["stage"] = to_string(finding.stage);
    object["confidence"] = to_string(finding.confidence);
    object["owner"] = to_string(finding.owner);
    set_text(object, "detail", finding.detail);
    set_where(object, finding.where);
    if (!finding.warnings.empty()) object["warnings"] = trace_texts(finding.warnings);
    return object;
}

Trace trace_comparison(const Comparison& comparison) {
    Trace object;
    object["change"] = to_string(comparison.change);
    set_text(object, "with", comparison.with);
    object["attempt"] = trace_attempt(comparison.attempt);
    return object;
}

}  // namespace

// Comparisons are attempts too, which have none of their own.
// NOLINTNEXTLINE(misc-no-recursion)
Trace trace_attempt(const Attempt& attempt) {
    Trace object;
    set_address(object, "destination", attempt.destination);
    set_address(object, "local", attempt.local);
    set_address(object, "proxy", attempt.proxy);
    object["evidence"] = Trace::array();
    const std::vector<std::string> texts = texts_of(attempt.evidence);
    for (std::size_t index = 0; index < texts.size(); ++index)
        object["evidence"].push_back(trace_event(attempt.evidence[index], texts[index]));
    if (attempt.tls) object["tls"] = trace_tls(*attempt.tls);
    object["timing"] = trace_timing(attempt.timing);
    set_flag(object, "responder", attempt.responder);
    set_flag(object, "abandoned", attempt.abandoned);
    if (attempt.path) object["path"] = trace_path(*attempt.path);
    if (!attempt.comparisons.empty()) object["comparisons"] = Trace::array();
    for (const Comparison& comparison : attempt.comparisons)
        object["comparisons"].push_back(trace_comparison(comparison));
    object["finding"] = trace_finding(attempt.finding);
    return object;
}

}  // namespace fdnprobe::report
