#include "report/html_tls.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/time.hpp"
#include "report/html_words.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

/// A certificate may be good for 64 names; the JSON report has them all.
constexpr std::size_t names_shown = 8;

std::string names_of(const CertificateFacts& certificate) {
    std::vector<std::string> names;
    for (const std::string& name : certificate.names) {
        if (names.size() == names_shown) {
            names.push_back(fmt::format("{} more", certificate.names.size() - names_shown));
            break;
        }
        names.push_back(shown_name(name));
    }
    return listed(names);
}

std::string trust_of(const TlsFacts& tls) {
    std::vector<std::string> facts;
    if (tls.public_chain) facts.push_back("a public CA, " + shown_name(tls.public_anchor));
    if (tls.fortinet_chain == FortinetChain::proven)
        facts.push_back("Fortinet's CA, " + shown_name(tls.fortinet_anchor));
    if (tls.fortinet_chain == FortinetChain::by_name)
        facts.push_back("by its name, Fortinet's CA " + shown_name(tls.fortinet_anchor));
    if (!tls.inspection_ca.empty()) facts.push_back("this site's inspection CA, " + shown_name(tls.inspection_ca));
    if (!tls.host_anchor.empty()) facts.push_back("a CA that this host trusts, " + shown_name(tls.host_anchor));
    if (!facts.empty()) return listed(facts);
    return tls.verify_error.empty() ? "nobody known" : "nobody known: " + shown_sentence(tls.verify_error);
}

void html_certificate(Html& html, const CertificateFacts& certificate) {
    const auto item = html.element("li");
    html.leaf("b", shown_name(certificate.subject_name));
    {
        const auto facts = html.element("dl", {{"class", "facts"}});
        html_fact(html, "Signed by", certificate.self_signed ? "itself" : shown_name(certificate.issuer_name));
        html_fact(html, "Valid",
                  fmt::format("{} to {}", to_date(certificate.not_before), to_date(certificate.not_after)));
        html_fact(html, "For", names_of(certificate));
        html_fact(html, "Subject", shown_sentence(certificate.subject));
        html_fact(html, "SHA-256", shown_name(certificate.sha256));
    }
}

}  // namespace

void html_tls(Html& html, const TlsFacts& tls) {
    const auto part = html.element("details", {{"class", "tls"}, {"data-key", "tls"}});
    html.leaf("summary", tls.chain.empty()
                             ? "TLS"
                             : fmt::format("Certificate chain of {}", counted(tls.chain.size(), "certificate")));
    {
        const auto facts = html.element("dl", {{"class", "facts"}});
        html_fact(html, "Session",
                  tls.version.empty() ? std::string()
                                      : fmt::format("{}, {}", shown_name(tls.version), shown_name(tls.cipher)));
        html_fact(html, "Expected name",
                  tls.server_name.empty() ? std::string()
                                          : fmt::format("{}, which the certificate {}", shown_name(tls.server_name),
                                                        tls.name_matches ? "is for" : "is not for"));
        html_fact(html, "Vouched for by", trust_of(tls));
        html_fact(html, "OCSP staple", to_string(tls.staple));
        html_fact(html, "Client certificate", tls.client_certificate_requested ? "asked for" : "");
        html_fact(html, "Handshake", tls.complete ? "complete" : "not complete");
    }
    if (tls.chain.empty()) return;
    const auto list = html.element("ol", {{"class", "chain"}});
    for (const CertificateFacts& certificate : tls.chain) html_certificate(html, certificate);
}

}  // namespace fdnprobe::report
