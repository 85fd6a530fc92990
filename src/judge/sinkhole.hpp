// Addresses that no public service has: an answer with one of them comes from a filter, not from the name's owner.
#pragma once

#include <string>

#include "fdnprobe/address.hpp"
#include "fdnprobe/check.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe::judge {

/// Private, loopback, unspecified and the like, or a page that a vendor's DNS filter sends people to.
[[nodiscard]] bool is_sinkhole(const Address& address, const BlockPages& pages);
/// The same with the pages of the check's table.
[[nodiscard]] bool is_sinkhole(const Address& address, const Check& check);

/// How sure one can be: a private address may also be a deliberate split horizon.
[[nodiscard]] Confidence sinkhole_confidence(const Address& address, const Check& check);

/// "the block page of FortiGuard's DNS filter", "an address that is not public".
[[nodiscard]] std::string sinkhole_text(const Address& address, const Check& check);

}  // namespace fdnprobe::judge
