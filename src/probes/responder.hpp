// Asks for fdnprobe at the far end (`fdnprobe respond`) instead of for the service. Tables do not name it: with a
// responder's key, every check's address is asked in this way first.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "probes/probe.hpp"
#include "wire/responder.hpp"

namespace fdnprobe::probes {

/// The key in a site's secrets that checks and responders share.
inline constexpr std::string_view responder_secret = "responder";

/// A request, up to three where datagrams carry them, each with a nonce of its own. A responder's reply is
/// `responder_confirmed`; anything else is `not_applicable`: it says nothing of the service.
extern const Probe responder;

/// Asks, over a connection that works, how many requests of the attempt of that occasion have arrived.
[[nodiscard]] std::string arrivals_request(const Check& check, const Occasion& occasion);
/// The answer to it; nothing for anything else.
[[nodiscard]] std::optional<wire::responder::Reply> arrivals_reply(const Check& check, const Occasion& occasion,
                                                                   std::string_view bytes);

}  // namespace fdnprobe::probes
