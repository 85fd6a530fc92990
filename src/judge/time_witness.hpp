// Who told the time in a run, besides this host: web servers, in the Date of their answers (RFC 9110, 6.6.1), and those
// who sign certificates and OCSP answers, which exist only from their first day on.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

/// A clock that somebody else has.
struct ForeignClock {
    std::string host;                ///< escaped
    std::optional<Address> address;  ///< where it was asked
    std::chrono::seconds ahead{};    ///< of this host's clock; below zero: behind it
};
/// Of every answer with a Date, each host once. What answered in a service's place is not asked.
[[nodiscard]] std::vector<ForeignClock> foreign_clocks(const Report& report);

/// A certificate whose signatures lead to a CA that is known, so that its dates are that CA's word.
struct DatedIdentity {
    std::string host;                 ///< escaped
    std::string issuer;               ///< RFC 2253 form
    const TlsFacts* facts = nullptr;  ///< with a chain
};
[[nodiscard]] std::vector<DatedIdentity> dated_identities(const Report& report);

/// "3 hours", "335 days": rounded down to the largest unit that fits.
[[nodiscard]] std::string spell_difference(std::chrono::seconds difference);

}  // namespace fdnprobe::judge
