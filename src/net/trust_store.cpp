#include "net/trust_store.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <memory>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "net/certificate.hpp"
#include "net/public_roots.hpp"
#include "net/retired_roots.hpp"

namespace fdnprobe::net {
namespace {

/// SHA-256 of Fortinet's own CA certificates that have been published; other generations are known by name only.
struct FortinetIdentity {
    std::string_view sha256;
    std::string_view name;
};
constexpr std::array fortinet_identities{
    FortinetIdentity{"32ad1e5bc4c7c2735661b928205e9dd153b4b3d125fbce6f525b3c8e8119d0c0", "support"},
    FortinetIdentity{"40afcc2d08d5e75157fee3ebef73e0a90e0400563d6f940c5ebee80dd4ff5405", "fortinet-ca2"},
    FortinetIdentity{"b298c86caf28cdfac82500445bf196b32cd82941be324b291b8dedbe716ba01f", "fortinet-subca2001"},
};
constexpr std::array<std::string_view, 4> fortinet_names{"support", "fortinet-ca2", "fortinet-subca2001",
                                                         "fortinet-subca2003"};

/// The name by which one of Fortinet's CAs is known; empty for everybody else.
std::string fortinet_name(const X509_NAME* name) {
    const std::string common = name_entry(name, NID_commonName);
    const bool known = std::find(fortinet_names.begin(), fortinet_names.end(), common) != fortinet_names.end();
    return known && name_entry(name, NID_organizationName) == "Fortinet" &&
                   name_entry(name, NID_organizationalUnitName) == "Certificate Authority"
               ? common
               : std::string();
}

system::CertificateStack stack_of(const std::vector<system::Certificate>& chain, std::size_t from) {
    system::CertificateStack stack(sk_X509_new_null());
    for (std::size_t index = from; index < chain.size(); ++index)
        sk_X509_push(stack.get(), system::share(chain[index].get()).release());
    return stack;
}

struct Verified {
    bool ok = false;
    std::string anchor;
    std::string anchor_sha256;
    std::string issuer_key;  ///< of the certificate that signed the leaf
    std::string error;
};

Verified verify(X509_STORE* store, const std::vector<system::Certificate>& chain, unsigned long flags) {
    Verified result;
    const system::CertificateStack untrusted = stack_of(chain, 1);
    const std::unique_ptr<X509_STORE_CTX, system::Deleter<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store, chain.front().get(), untrusted.get());
    X509_VERIFY_PARAM* parameters = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(parameters, flags | X509_V_FLAG_NO_CHECK_TIME);
    // Old appliances still have short keys: who signed is asked here, not how well.
    X509_VERIFY_PARAM_set_auth_level(parameters, 0);
    result.ok = X509_verify_cert(context.get()) == 1;
    if (result.ok) {
        STACK_OF(X509)* verified = X509_STORE_CTX_get0_chain(context.get());
        X509* last = sk_X509_value(verified, sk_X509_num(verified) - 1);
        result.anchor = short_name(X509_get_subject_name(last));
        result.anchor_sha256 = fingerprint(last);
        if (sk_X509_num(verified) > 1) result.issuer_key = key_fingerprint(sk_X509_value(verified, 1));
    } else {
        result.error = X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()));
    }
    ERR_clear_error();
    return result;
}

system::CertificateStore store_of(const std::vector<const X509*>& anchors) {
    system::CertificateStore store(X509_STORE_new());
    for (const X509* anchor : anchors) X509_STORE_add_cert(store.get(), const_cast<X509*>(anchor));
    return store;
}

void examine_fortinet(const std::vector<system::Certificate>& chain, const std::vector<system::Certificate>& site,
                      TlsFacts& facts) {
    std::vector<const X509*> anchors;
    for (const system::Certificate& certificate : site) anchors.push_back(certificate.get());
    for (std::size_t index = 1; index < chain.size(); ++index) {
        const std::string print = fingerprint(chain[index].get());
        if (std::any_of(fortinet_identities.begin(), fortinet_identities.end(),
                        [&](const auto& identity) { return identity.sha256 == print; }))
            anchors.push_back(chain[index].get());
    }
    if (!anchors.empty()) {
        const system::CertificateStore store = store_of(anchors);
        const Verified verified = verify(store.get(), chain, X509_V_FLAG_PARTIAL_CHAIN);
        if (verified.ok) {
            facts.fortinet_chain = FortinetChain::proven;
            facts.fortinet_anchor = verified.anchor;
            return;
        }
    }
    for (const system::Certificate& certificate : chain) {
        const std::string name = fortinet_name(X509_get_issuer_name(certificate.get()));
        if (name.empty()) continue;
        facts.fortinet_chain = FortinetChain::by_name;
        facts.fortinet_anchor = name;
        return;
    }
}

/// The key that the leaf's signature holds under, among those that were sent. That a certificate says who issued it,
/// and that the issuer's certificate lies beside it, proves nothing: both can be copied.
std::string signing_key(const std::vector<system::Certificate>& chain) {
    X509* leaf = chain.front().get();
    // Appliances sign their own without saying that they may.
    if (X509_self_signed(leaf, 1) == 1) return key_fingerprint(leaf);
    for (const system::Certificate& candidate : chain)
        if (X509_NAME_cmp(X509_get_subject_name(candidate.get()), X509_get_issuer_name(leaf)) == 0 &&
            X509_verify(leaf, X509_get0_pubkey(candidate.get())) == 1)
            return key_fingerprint(candidate.get());
    return {};
}

/// The fingerprints of all certificates in the files of these folders. What cannot be read there is passed over: a
/// folder that is missing or a file that is something else only leaves the built-in list alone to say what is public.
std::set<std::string> fingerprints_in(const std::vector<std::string>& folders) {
    std::set<std::string> prints;
    std::error_code error;
    for (const std::string& folder : folders) {
        for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
             entry.increment(error)) {
            std::error_code unreadable;
            if (!entry->is_regular_file(unreadable)) continue;
            const system::Bio input(BIO_new_file(entry->path().c_str(), "r"));
            for (bool more = input != nullptr; more;) {
                const system::Certificate certificate(PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr));
                if (certificate) prints.insert(fingerprint(certificate.get()));
                // A block that is damaged has been passed over by now.
                more = certificate || ERR_GET_REASON(system::take_last_error()) != PEM_R_NO_START_LINE;
            }
        }
        error.clear();
    }
    ERR_clear_error();
    return prints;
}

}  // namespace

HostCas host_cas() {
    HostCas host;
    host.bundles = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};
    host.distribution = {"/usr/share/ca-certificates/mozilla", "/usr/share/pki/ca-trust-source",
                         "/usr/share/ca-certificates/trust-source", "/usr/share/pki/trust"};
    const char* chosen = std::getenv("SSL_CERT_FILE");
    if (chosen != nullptr && *chosen != '\0') host.bundles = {chosen};
    return host;
}

void TrustStore::add_host_bundle(const std::vector<system::Certificate>& bundle, const HostCas& host) {
    std::vector<const system::Certificate*> unknown;
    for (const system::Certificate& root : bundle) {
        if (is_public_root(fingerprint(root.get())))
            X509_STORE_add_cert(public_.get(), root.get());
        else
            unknown.push_back(&root);
    }
    if (unknown.empty()) return;
    const std::set<std::string> distributed = fingerprints_in(host.distribution);
    for (const system::Certificate* root : unknown) {
        if (distributed.contains(fingerprint(root->get()))) {
            X509_STORE_add_cert(public_.get(), root->get());
            continue;
        }
        if (!host_) host_.reset(X509_STORE_new());
        X509_STORE_add_cert(host_.get(), root->get());
    }
}

Expected<TrustStore, std::string> TrustStore::load(const TrustFiles& files) {
    TrustStore store;
    store.public_.reset(X509_STORE_new());
    if (files.public_ca.empty()) {
        const auto& bundles = files.host.bundles;
        // A single one has been chosen, so that it is a mistake where it cannot be read.
        const auto bundle =
            bundles.size() == 1 ? bundles.begin() : std::find_if(bundles.begin(), bundles.end(), [](const auto& file) {
                return access(file.c_str(), R_OK) == 0;
            });
        if (bundle == bundles.end())
            return Unexpected<std::string>(
                "this host has no bundle of public CAs, without which a genuine certificate cannot be told from a "
                "forged one; install the package ca-certificates, or name a bundle in `[tls] public_ca_files` of the "
                "site file");
        const auto certificates = read_certificates(*bundle);
        if (!certificates) return Unexpected<std::string>(certificates.error());
        store.add_host_bundle(*certificates, files.host);
        for (const RetiredRoot& root : retired_roots()) {
            const system::Bio input(BIO_new_mem_buf(root.pem.data(), static_cast<int>(root.pem.size())));
            const system::Certificate certificate(PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr));
            if (certificate) X509_STORE_add_cert(store.public_.get(), certificate.get());
        }
    }
    std::vector<std::string> named = files.public_ca;
    named.insert(named.end(), files.more_public_ca.begin(), files.more_public_ca.end());
    for (const std::string& file : named) {
        const auto certificates = read_certificates(file);
        if (!certificates) return Unexpected<std::string>(certificates.error());
        for (const system::Certificate& certificate : *certificates)
            X509_STORE_add_cert(store.public_.get(), certificate.get());
    }
    const auto add = [](const std::vector<std::string>& names, std::vector<system::Certificate>& to) -> std::string {
        for (const std::string& file : names) {
            auto certificates = read_certificates(file);
            if (!certificates) return certificates.error();
            std::move(certificates->begin(), certificates->end(), std::back_inserter(to));
        }
        return {};
    };
    if (std::string wrong = add(files.fortinet_ca, store.fortinet_); !wrong.empty())
        return Unexpected<std::string>(std::move(wrong));
    if (std::string wrong = add(files.inspection_ca, store.inspection_); !wrong.empty())
        return Unexpected<std::string>(std::move(wrong));
    ERR_clear_error();
    return store;
}

void TrustStore::examine(const std::vector<system::Certificate>& chain, const std::string& name,
                         TlsFacts& facts) const {
    if (chain.empty()) return;
    X509* leaf = chain.front().get();
    if (!name.empty())
        facts.name_matches = X509_check_ip_asc(leaf, name.c_str(), 0) == 1 ||
                             X509_check_host(leaf, name.data(), name.size(), 0, nullptr) == 1;
    const Verified verified = verify(public_.get(), chain, 0);
    facts.public_chain = verified.ok;
    facts.public_anchor = verified.anchor;
    if (const RetiredRoot* retired = find_retired_root(verified.anchor_sha256)) facts.anchor_retired = retired->left;
    facts.verify_error = verified.error;
    facts.issuer_key_sha256 = signing_key(chain);
    if (facts.issuer_key_sha256.empty()) facts.issuer_key_sha256 = verified.issuer_key;
    if (!verified.ok && host_) {
        // An administrator may trust an intermediate CA without its root.
        const Verified by_host = verify(host_.get(), chain, X509_V_FLAG_PARTIAL_CHAIN);
        if (by_host.ok) facts.host_anchor = by_host.anchor;
        if (facts.issuer_key_sha256.empty()) facts.issuer_key_sha256 = by_host.issuer_key;
    }
    examine_fortinet(chain, fortinet_, facts);
    for (const system::Certificate& inspector : inspection_) {
        const system::CertificateStore store = store_of({inspector.get()});
        if (!verify(store.get(), chain, X509_V_FLAG_PARTIAL_CHAIN).ok) continue;
        facts.inspection_ca = short_name(X509_get_subject_name(inspector.get()));
        break;
    }
    ERR_clear_error();
}

Staple examine_staple(std::string_view der, const std::vector<system::Certificate>& chain) {
    if (der.empty()) return Staple::none;
    if (chain.size() < 2) return Staple::invalid;
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    const system::OcspResponse response(d2i_OCSP_RESPONSE(nullptr, &bytes, static_cast<long>(der.size())));
    if (!response || OCSP_response_status(response.get()) != OCSP_RESPONSE_STATUS_SUCCESSFUL) return Staple::invalid;
    const system::OcspBasicResponse basic(OCSP_response_get1_basic(response.get()));
    if (!basic) return Staple::invalid;
    // The answer is signed by the issuer, or by a responder that the issuer has certified (RFC 6960, 4.2.2.2).
    const auto found_issuer = std::find_if(chain.begin() + 1, chain.end(), [&](const system::Certificate& candidate) {
        return X509_check_issued(candidate.get(), chain.front().get()) == X509_V_OK;
    });
    if (found_issuer == chain.end()) return Staple::invalid;
    X509* issuer = found_issuer->get();
    system::CertificateStore store = store_of({issuer});
    X509_VERIFY_PARAM_set_flags(X509_STORE_get0_param(store.get()),
                                X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_NO_CHECK_TIME);
    const system::CertificateStack helpers = stack_of(chain, 1);
    const bool signature_holds = OCSP_basic_verify(basic.get(), helpers.get(), store.get(), 0) == 1;
    const system::OcspCertificateId id(OCSP_cert_to_id(nullptr, chain.front().get(), issuer));
    int status = V_OCSP_CERTSTATUS_UNKNOWN;
    ASN1_GENERALIZEDTIME* this_update = nullptr;
    ASN1_GENERALIZEDTIME* next_update = nullptr;
    const bool found =
        id && OCSP_resp_find_status(basic.get(), id.get(), &status, nullptr, nullptr, &this_update, &next_update) == 1;
    // Five minutes for clocks that differ.
    const bool current = found && OCSP_check_validity(this_update, next_update, 300, -1) == 1;
    ERR_clear_error();
    if (!signature_holds || !found) return Staple::invalid;
    if (status == V_OCSP_CERTSTATUS_REVOKED) return Staple::revoked;
    if (status != V_OCSP_CERTSTATUS_GOOD) return Staple::unknown;
    return current ? Staple::good : Staple::stale;
}

}  // namespace fdnprobe::net
