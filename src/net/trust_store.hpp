// Whose signature an endpoint's certificate carries: a public CA's, one that only this host trusts, one of Fortinet's
// own, this site's inspection CA's, or nobody's that is known. Facts only; whether that is as it should be is for the
// judge.
//
// The bundle of a host holds the public CAs and whatever its administrator has added, which is how inspection of TLS is
// kept from being noticed. A root of the bundle counts as public only where it is in the built-in list (public_roots)
// or, since that list grows old, in the folder that belongs to the distribution's own package. What the user names
// himself, in the site file or on the command line, counts as he says.
#pragma once

#include <string>
#include <vector>

#include "base/expected.hpp"
#include "fdnprobe/evidence.hpp"
#include "system/openssl.hpp"

namespace fdnprobe::net {

/// Where a host keeps its CAs.
struct HostCas {
    /// Its bundle is the first of these that can be read.
    std::vector<std::string> bundles;
    /// Folders that hold what its distribution's package of public CAs has brought, and nothing else: administrators
    /// have other folders for theirs, which are not looked at, nor are folders inside these.
    std::vector<std::string> distribution;
};

/// Of this host: Debian and Alpine, Red Hat, Arch, SUSE. SSL_CERT_FILE goes before the bundles; on hosts where TLS is
/// inspected, it is often set to a bundle that says so.
[[nodiscard]] HostCas host_cas();

struct TrustFiles {
    std::vector<std::string> public_ca;       ///< in place of the host's bundle; empty: the host's
    std::vector<std::string> more_public_ca;  ///< beside it
    std::vector<std::string> fortinet_ca;     ///< beside the identities that are built in
    std::vector<std::string> inspection_ca;   ///< this site's own
    HostCas host = host_cas();
};

class TrustStore {
  public:
    /// The text says which file is missing or damaged, and what to do.
    [[nodiscard]] static Expected<TrustStore, std::string> load(const TrustFiles& files);

    /// Fills in what concerns the chain (leaf first): public_chain and public_anchor, host_anchor,
    /// fortinet_chain and fortinet_anchor, issuer_key_sha256, inspection_ca, verify_error, name_matches (for `name`, a
    /// host name or an address). Validity in time is left to the judge, who has the dates.
    void examine(const std::vector<system::Certificate>& chain, const std::string& name, TlsFacts& facts) const;

  private:
    void add_host_bundle(const std::vector<system::Certificate>& bundle, const HostCas& host);

    system::CertificateStore public_;
    system::CertificateStore host_;  ///< what only this host trusts; nothing: there is none such
    std::vector<system::Certificate> fortinet_;
    std::vector<system::Certificate> inspection_;
};

/// What a stapled OCSP answer (RFC 6960, in DER) says of the leaf of `chain`.
[[nodiscard]] Staple examine_staple(std::string_view der, const std::vector<system::Certificate>& chain);

}  // namespace fdnprobe::net
