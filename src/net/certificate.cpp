#include "net/certificate.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <memory>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "base/text.hpp"

namespace fdnprobe::net {
namespace {

/// More names than this tell a reader nothing; a certificate may carry thousands.
constexpr int most_names = 64;
constexpr std::size_t longest_name = 1024;

std::string to_text(const X509_NAME* name) {
    const system::Bio memory(BIO_new(BIO_s_mem()));
    // RFC 2253, but UTF-8 is left as it is.
    X509_NAME_print_ex(memory.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    return std::string(system::content_of(memory.get()).substr(0, longest_name));
}

std::chrono::sys_seconds to_time(const ASN1_TIME* time) {
    std::tm broken_down{};
    if (time == nullptr || ASN1_TIME_to_tm(time, &broken_down) != 1) return {};
    return std::chrono::sys_seconds(std::chrono::seconds(timegm(&broken_down)));
}

std::string sha256(const unsigned char* bytes, std::size_t size) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(bytes, size, digest.data(), &length, EVP_sha256(), nullptr);
    return hex(std::string_view(reinterpret_cast<const char*>(digest.data()), length));
}

std::vector<std::string> names_of(X509* certificate) {
    std::vector<std::string> names;
    const std::unique_ptr<GENERAL_NAMES, system::Deleter<GENERAL_NAMES_free>> alternatives(
        static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int index = 0; index < sk_GENERAL_NAME_num(alternatives.get()) && index < most_names; ++index) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(alternatives.get(), index);
        if (name->type == GEN_DNS) {
            const auto size = static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName));
            names.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                               std::min(size, longest_name));
        } else if (name->type == GEN_IPADD) {
            const int size = ASN1_STRING_length(name->d.iPAddress);
            const unsigned char* data = ASN1_STRING_get0_data(name->d.iPAddress);
            if (size == 4) {
                std::array<std::uint8_t, 4> bytes{};
                std::memcpy(bytes.data(), data, bytes.size());
                names.push_back(Address::from_ipv4(bytes).to_string());
            } else if (size == 16) {
                std::array<std::uint8_t, 16> bytes{};
                std::memcpy(bytes.data(), data, bytes.size());
                names.push_back(Address::from_ipv6(bytes).to_string());
            }
        }
    }
    return names;
}

}  // namespace

std::string name_entry(const X509_NAME* name, int kind) {
    const int index = X509_NAME_get_index_by_NID(name, kind, -1);
    if (index < 0) return {};
    const ASN1_STRING* value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, index));
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, value);
    if (size < 0) return {};
    std::string text(reinterpret_cast<const char*>(utf8), std::min(static_cast<std::size_t>(size), longest_name));
    OPENSSL_free(utf8);
    return text;
}

std::string short_name(const X509_NAME* name) {
    std::string text = name_entry(name, NID_commonName);
    if (text.empty()) text = name_entry(name, NID_organizationName);
    return text.empty() ? to_text(name) : text;
}

std::string fingerprint(X509* certificate) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    X509_digest(certificate, EVP_sha256(), digest.data(), &length);
    return hex(std::string_view(reinterpret_cast<const char*>(digest.data()), length));
}

std::string key_fingerprint(X509* certificate) {
    unsigned char* key = nullptr;
    const int size = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &key);
    std::string print = size > 0 ? sha256(key, static_cast<std::size_t>(size)) : std::string();
    OPENSSL_free(key);
    return print;
}

CertificateFacts describe(X509* certificate) {
    CertificateFacts facts;
    facts.subject = to_text(X509_get_subject_name(certificate));
    facts.issuer = to_text(X509_get_issuer_name(certificate));
    facts.names = names_of(certificate);
    facts.subject_name = name_entry(X509_get_subject_name(certificate), NID_commonName);
    if (facts.subject_name.empty() && !facts.names.empty()) facts.subject_name = facts.names.front();
    if (facts.subject_name.empty()) facts.subject_name = short_name(X509_get_subject_name(certificate));
    facts.issuer_name = short_name(X509_get_issuer_name(certificate));
    facts.not_before = to_time(X509_get0_notBefore(certificate));
    facts.not_after = to_time(X509_get0_notAfter(certificate));
    facts.sha256 = fingerprint(certificate);
    facts.key_sha256 = key_fingerprint(certificate);
    facts.self_signed = X509_self_signed(certificate, 0) == 1;
    return facts;
}

Expected<std::vector<system::Certificate>, std::string> read_certificates(const std::string& file) {
    ERR_clear_error();
    const system::Bio input(BIO_new_file(file.c_str(), "r"));
    if (input == nullptr) {
        const int error = errno;
        ERR_clear_error();
        return Unexpected<std::string>(fmt::format("{}: cannot be read: {}", printable(file), std::strerror(error)));
    }
    std::vector<system::Certificate> certificates;
    while (X509* certificate = PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr))
        certificates.emplace_back(certificate);
    const unsigned long last = system::take_last_error();
    // The end of a good file is reported as "no start line".
    const bool damaged = ERR_GET_LIB(last) != ERR_LIB_PEM || ERR_GET_REASON(last) != PEM_R_NO_START_LINE;
    if (certificates.empty() || damaged)
        return Unexpected<std::string>(
            fmt::format("{}: {}; expected PEM certificates (-----BEGIN CERTIFICATE-----)", printable(file),
                        certificates.empty() ? "holds no certificate"
                                             : fmt::format("is damaged after certificate {}", certificates.size())));
    return certificates;
}

}  // namespace fdnprobe::net
