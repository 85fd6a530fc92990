// Whose signature an endpoint's certificate carries: a public CA's, one of Fortinet's own, this site's inspection CA's,
// or nobody's that is known. Facts only; whether that is as it should be is for the judge.
#pragma once

#include <string>
#include <vector>

#include "base/expected.hpp"
#include "fdnprobe/evidence.hpp"
#include "net/openssl.hpp"

namespace fdnprobe::net {

struct TrustFiles {
    std::vector<std::string> public_ca;       ///< in place of the system's bundle; empty: the system's
    std::vector<std::string> more_public_ca;  ///< beside it
    std::vector<std::string> fortinet_ca;     ///< beside the identities that are built in
    std::vector<std::string> inspection_ca;   ///< this site's own
};

class TrustStore {
  public:
    /// The text says which file is missing or damaged, and what to do.
    [[nodiscard]] static Expected<TrustStore, std::string> load(const TrustFiles& files);

    /// Fills in what concerns the chain (leaf first): public_chain and public_anchor, fortinet_chain and
    /// fortinet_anchor, inspection_ca, verify_error, name_matches (for `name`, a host name or an address). Validity in
    /// time is left to the judge, who has the dates.
    void examine(const std::vector<Certificate>& chain, const std::string& name, TlsFacts& facts) const;

    /// The files that public CAs were read from.
    [[nodiscard]] const std::vector<std::string>& public_files() const { return public_files_; }

  private:
    CertificateStore public_;
    std::vector<Certificate> fortinet_;
    std::vector<Certificate> inspection_;
    std::vector<std::string> public_files_;
};

/// What a stapled OCSP answer (RFC 6960, in DER) says of the leaf of `chain`.
[[nodiscard]] Staple examine_staple(std::string_view der, const std::vector<Certificate>& chain);

}  // namespace fdnprobe::net
