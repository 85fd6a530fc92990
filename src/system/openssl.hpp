// OpenSSL's objects, owned, and the list of errors that it keeps for each thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/ocsp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "system/deleter.hpp"

namespace fdnprobe::system {

using SslContext = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Ssl = std::unique_ptr<SSL, Deleter<SSL_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using CertificateStore = std::unique_ptr<X509_STORE, Deleter<X509_STORE_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using OcspResponse = std::unique_ptr<OCSP_RESPONSE, Deleter<OCSP_RESPONSE_free>>;
using OcspBasicResponse = std::unique_ptr<OCSP_BASICRESP, Deleter<OCSP_BASICRESP_free>>;
using OcspCertificateId = std::unique_ptr<OCSP_CERTID, Deleter<OCSP_CERTID_free>>;

struct CertificateStackDeleter {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_pop_free(stack, X509_free); }
};
using CertificateStack = std::unique_ptr<STACK_OF(X509), CertificateStackDeleter>;

/// A new reference to a certificate that somebody else owns.
[[nodiscard]] Certificate share(X509* certificate);

/// What has been written to a BIO of memory (BIO_s_mem).
[[nodiscard]] std::string_view content_of(BIO* memory);

/// The first error on the list, which is mostly the cause of the others, or the last one, which is what the call came
/// to; 0: there is none. Empties the list.
[[nodiscard]] unsigned long take_first_error();
[[nodiscard]] unsigned long take_last_error();

/// The reason in OpenSSL's or the system's words; `otherwise` where they have none.
[[nodiscard]] std::string reason_text(unsigned long error, std::string_view otherwise = {});

}  // namespace fdnprobe::system
