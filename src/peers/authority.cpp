#include "peers/authority.hpp"

#include <array>
#include <memory>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "fdnprobe/address.hpp"

namespace fdnprobe::peers {
namespace {

/// Quick to make and to use: a lab has dozens of servers.
system::PrivateKey make_key() { return system::PrivateKey(EVP_EC_gen("P-256")); }

void set_serial(X509* certificate) {
    std::array<unsigned char, 16> random{};
    RAND_bytes(random.data(), random.size());
    random[0] &= 0x7FU;  // RFC 5280, 4.1.2.2: positive
    BIGNUM* number = BN_bin2bn(random.data(), random.size(), nullptr);
    BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
}

void set_name(X509_NAME* name, const char* field, const std::string& value) {
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                               static_cast<int>(value.size()), -1, 0);
}

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

system::Certificate begin(EVP_PKEY* key, Validity validity) {
    system::Certificate certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    set_serial(certificate.get());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), static_cast<long>(validity.from.count()));
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), static_cast<long>(validity.to.count()));
    X509_set_pubkey(certificate.get(), key);
    return certificate;
}

/// "Good", signed by the issuer itself and valid for a day.
std::string make_staple(X509* leaf, X509* issuer, EVP_PKEY* issuer_key) {
    using Time = std::unique_ptr<ASN1_TIME, system::Deleter<ASN1_TIME_free>>;
    const system::OcspBasicResponse basic(OCSP_BASICRESP_new());
    const system::OcspCertificateId id(OCSP_cert_to_id(nullptr, leaf, issuer));
    const Time now(X509_gmtime_adj(nullptr, -60));
    const Time tomorrow(X509_gmtime_adj(nullptr, 24 * 60 * 60));
    OCSP_basic_add1_status(basic.get(), id.get(), V_OCSP_CERTSTATUS_GOOD, 0, nullptr, now.get(), tomorrow.get());
    OCSP_basic_sign(basic.get(), issuer, issuer_key, EVP_sha256(), nullptr, 0);
    const system::OcspResponse response(OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic.get()));
    unsigned char* der = nullptr;
    const int size = i2d_OCSP_RESPONSE(response.get(), &der);
    std::string bytes(reinterpret_cast<const char*>(der), size > 0 ? static_cast<std::size_t>(size) : 0);
    OPENSSL_free(der);
    return bytes;
}

int give_staple(SSL* ssl, void* argument) {
    const auto& staple = *static_cast<const std::string*>(argument);
    if (staple.empty()) return SSL_TLSEXT_ERR_NOACK;
    // OpenSSL frees what it is given.
    auto* copy = static_cast<unsigned char*>(OPENSSL_memdup(staple.data(), staple.size()));
    SSL_set_tlsext_status_ocsp_resp(ssl, copy, static_cast<long>(staple.size()));
    return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Authority::Authority(const std::string& common_name, const std::string& organisation) : key_(make_key()) {
    certificate_ = begin(key_.get(), {std::chrono::hours(-24 * 30), std::chrono::hours(24 * 365)});
    X509_NAME* name = X509_get_subject_name(certificate_.get());
    set_name(name, "O", organisation);
    set_name(name, "CN", common_name);
    X509_set_issuer_name(certificate_.get(), name);
    add_extension(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate_.get(), certificate_.get(), NID_key_usage,
                  "critical,keyCertSign,cRLSign,digitalSignature");
    add_extension(certificate_.get(), certificate_.get(), NID_subject_key_identifier, "hash");
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
}

Identity Authority::issue(const std::vector<std::string>& names, Validity validity) const {
    Identity identity;
    identity.key = make_key();
    identity.leaf = begin(identity.key.get(), validity);
    X509* leaf = identity.leaf.get();
    set_name(X509_get_subject_name(leaf), "CN", names.front().substr(0, 64));
    X509_set_issuer_name(leaf, X509_get_subject_name(certificate_.get()));
    std::string alternatives;
    for (const std::string& name : names)
        alternatives +=
            fmt::format("{}{}:{}", alternatives.empty() ? "" : ",", Address::parse(name) ? "IP" : "DNS", name);
    add_extension(leaf, certificate_.get(), NID_subject_alt_name, alternatives);
    add_extension(leaf, certificate_.get(), NID_basic_constraints, "critical,CA:FALSE");
    add_extension(leaf, certificate_.get(), NID_ext_key_usage, "serverAuth");
    X509_sign(leaf, key_.get(), EVP_sha256());
    identity.issuer = system::share(certificate_.get());
    identity.staple = make_staple(leaf, certificate_.get(), key_.get());
    return identity;
}

std::string Authority::certificate_pem() const {
    const system::Bio memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(memory.get(), certificate_.get());
    return std::string(system::content_of(memory.get()));
}

system::SslContext make_server_context(const Identity& identity) {
    system::SslContext context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), identity.leaf.get());
    SSL_CTX_use_PrivateKey(context.get(), identity.key.get());
    SSL_CTX_add1_chain_cert(context.get(), identity.issuer.get());
    SSL_CTX_set_tlsext_status_cb(context.get(), give_staple);
    SSL_CTX_set_tlsext_status_arg(context.get(), const_cast<std::string*>(&identity.staple));
    SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context.get(), 0);
    return context;
}

}  // namespace fdnprobe::peers
