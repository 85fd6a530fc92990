// A throwaway certificate authority: it lives as long as the lab, and its keys never leave the process.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "system/openssl.hpp"

namespace fdnprobe::peers {

/// A certificate for a server, ready to be used.
struct Identity {
    system::Certificate leaf;
    system::Certificate issuer;
    system::PrivateKey key;
    std::string staple;  ///< OCSP answer in DER (RFC 6960): the issuer vouches for the leaf
};

struct Validity {
    std::chrono::seconds from = std::chrono::hours(-24);
    std::chrono::seconds to = std::chrono::hours(24 * 90);
};

class Authority {
  public:
    /// `common_name` and `organisation` are what a report will show of it.
    Authority(const std::string& common_name, const std::string& organisation);

    /// A server certificate for host names and addresses.
    [[nodiscard]] Identity issue(const std::vector<std::string>& names, Validity validity = {}) const;

    /// The authority's own certificate, in PEM.
    [[nodiscard]] std::string certificate_pem() const;

  private:
    system::PrivateKey key_;
    system::Certificate certificate_;
};

/// A server context that presents this identity, with its issuer and its staple. The identity must outlive it.
[[nodiscard]] system::SslContext make_server_context(const Identity& identity);

}  // namespace fdnprobe::peers
