#include "report/json_tls.hpp"

#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

Json json_certificate(const CertificateFacts& certificate) {
    Json object;
    object["subject"] = shown_sentence(certificate.subject);
    object["issuer"] = shown_sentence(certificate.issuer);
    object["not_before"] = json_time(certificate.not_before);
    object["not_after"] = json_time(certificate.not_after);
    object["sha256"] = shown_name(certificate.sha256);
    if (!certificate.key_sha256.empty()) object["key_sha256"] = shown_name(certificate.key_sha256);
    object["names"] = Json::array();
    for (const std::string& name : certificate.names) object["names"].push_back(shown_name(name));
    object["self_signed"] = certificate.self_signed;
    return object;
}

}  // namespace

std::string_view code_of(FortinetChain chain) {
    switch (chain) {
        case FortinetChain::no: return "no";
        case FortinetChain::by_name: return "by-name";
        case FortinetChain::proven: return "proven";
    }
    return {};
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
    set_if_any(object, "anchor_retired", tls.anchor_retired);
    set_if_any(object, "host_anchor", tls.host_anchor);
    object["fortinet_chain"] = json_code(code_of(tls.fortinet_chain));
    set_if_any(object, "fortinet_anchor", tls.fortinet_anchor);
    set_if_any(object, "issuer_key_sha256", tls.issuer_key_sha256);
    set_if_any(object, "inspection_ca", tls.inspection_ca);
    set_if_any(object, "verify_error", tls.verify_error);
    object["staple"] = json_code(to_string(tls.staple));
    if (tls.staple_from) object["staple_from"] = json_time(*tls.staple_from);
    if (tls.staple_until) object["staple_until"] = json_time(*tls.staple_until);
    object["client_certificate_requested"] = tls.client_certificate_requested;
    return object;
}

}  // namespace fdnprobe::report
