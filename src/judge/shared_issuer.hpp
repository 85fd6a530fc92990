// The same unexpected issuer on unrelated names. A CA of a vendor signs for that vendor, and a site's own CA for the
// site's own hosts; who signs for the public names of several owners, and is no public CA, takes TLS apart.
#pragma once

#include <span>

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

/// So many unrelated names with one unexpected issuer are no coincidence: two may be one owner's two domains.
inline constexpr std::size_t unrelated_names = 3;

/// To be called once, when all checks are concluded.
void relate_issuers(std::span<CheckResult> results);

}  // namespace fdnprobe::judge
