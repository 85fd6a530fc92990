// The first message of an IKE exchange that any gateway can answer: everything that gateways commonly take is offered,
// and nothing could follow, since whoever sends it keeps no key.
#pragma once

#include <cstdint>
#include <string>

namespace fdnprobe::wire::ike {

/// IKE_SA_INIT (RFC 7296, 1.2): SA, KE, nonce. SPI, nonce and public value are made from the seed.
[[nodiscard]] std::string offer_version_2(std::uint64_t seed);

/// The first message of Main Mode (RFC 2409, 5), which is an SA alone.
[[nodiscard]] std::string offer_version_1(std::uint64_t seed);

}  // namespace fdnprobe::wire::ike
