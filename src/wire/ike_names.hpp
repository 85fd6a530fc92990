// What the numbers in IKE messages are called, for sentences: the registries "IKEv2 Parameters" and "IPSEC", as far as
// gateways use them. What is not here is shown as its number.
#pragma once

#include <cstdint>
#include <string>

#include "wire/ike.hpp"

namespace fdnprobe::wire::ike {

/// "NO_PROPOSAL_CHOSEN"; version 1 writes the same with hyphens.
[[nodiscard]] std::string notification_name(std::uint8_t version, std::uint16_t type);

/// "group 14 (MODP-2048)".
[[nodiscard]] std::string group_name(std::uint16_t group);

/// "AES-CBC-256, HMAC-SHA2-256, group 14 (MODP-2048)": what a proposal comes to, where it offers one of each kind.
[[nodiscard]] std::string suite_name(std::uint8_t version, const Proposal& proposal);

}  // namespace fdnprobe::wire::ike
