// X.509 certificates as facts (RFC 5280).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "fdnprobe/evidence.hpp"
#include "system/openssl.hpp"

namespace fdnprobe::net {

/// What a report and the judges need of a certificate. Lists and texts are bounded.
[[nodiscard]] CertificateFacts describe(X509* certificate);

/// One entry of a name, by its NID (NID_commonName), in UTF-8; empty: there is none. Bounded.
[[nodiscard]] std::string name_entry(const X509_NAME* name, int kind);

/// A name's CN, or else its organisation, or else its whole text.
[[nodiscard]] std::string short_name(const X509_NAME* name);

/// SHA-256 of the certificate in lower-case hex.
[[nodiscard]] std::string fingerprint(X509* certificate);

/// SHA-256 of its public key (SubjectPublicKeyInfo) in lower-case hex.
[[nodiscard]] std::string key_fingerprint(X509* certificate);

/// All certificates of a PEM file; the text says what is wrong with it.
[[nodiscard]] Expected<std::vector<system::Certificate>, std::string> read_certificates(const std::string& file);

}  // namespace fdnprobe::net
