// Whose certificate was it? From the facts of a handshake and from what the table says of the endpoint: who may have
// signed its certificate, for which name, and whether the device wants a stapled OCSP answer.
//
// Two kinds of endpoint are in Fortinet's tables. Anycast services have certificates of public CAs in their own names,
// with a stapled answer (RFC 6066, 8). The others have certificates of Fortinet's private CA, whose names are often
// serial numbers. Anything else on such an endpoint was signed by something on the way: what inspects TLS makes a new
// certificate for each name and signs it itself. That this host trusts such a signer changes nothing: whoever inspects
// TLS sees to that.
//
// A baseline (`--learn`) says how an endpoint identified itself at a good place. It counts where nothing else vouches
// for the certificate; a signer that a table accepts and a public CA or Fortinet's own stands behind may change.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

struct Identity {
    std::optional<Finding> failure;
    std::vector<std::string> warnings;
    Confidence confidence = Confidence::proven;
    std::string signed_by;  ///< "signed by 'support'"
    std::string signer_is;  ///< " (Fortinet)", " (public CA)", or nothing
};

/// `facts.chain` must not be empty.
[[nodiscard]] Identity judge_identity(const Check& check, const TlsFacts& facts);

/// Days until the leaf's end by this host's clock; negative when it is past.
[[nodiscard]] std::int64_t days_left(const TlsFacts& facts);

/// A certificate that ends within this many days is worth a warning: long enough to act, short enough that the
/// ninety-day certificates of public CAs, renewed a month ahead, never reach it.
inline constexpr std::int64_t expiry_warning_days = 14;

}  // namespace fdnprobe::judge
