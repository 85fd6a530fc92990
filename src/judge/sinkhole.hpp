// Addresses that no public service has: an answer with one of them comes from a filter, not from the name's owner.
#pragma once

#include <string>

#include "fdnprobe/address.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe::judge {

/// Private, loopback, unspecified and the like, or the page that FortiGuard's DNS filter sends people to.
[[nodiscard]] bool is_sinkhole(const Address& address);

/// How sure one can be: a private address may also be a deliberate split horizon.
[[nodiscard]] Confidence sinkhole_confidence(const Address& address);

/// "the block page of FortiGuard's DNS filter", "a private address".
[[nodiscard]] std::string sinkhole_text(const Address& address);

/// 208.91.112.55.
[[nodiscard]] bool is_fortiguard_block_page(const Address& address);

}  // namespace fdnprobe::judge
