// A check with a secret, and the answers of whoever shares it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "probes/far_end.hpp"
#include "wire/radius.hpp"

namespace fdnprobe::probes::testing {

inline constexpr std::string_view shared_secret = "xyzzy5461";

inline Check radius_check(std::string probe, Port port, std::string_view secret = shared_secret) {
    Check check = check_of(std::move(probe), port.transport, port.number, "10.0.0.7");
    if (!secret.empty()) check.secrets = std::make_shared<const Secrets>(Secrets{{"radius", std::string(secret)}});
    return check;
}

/// What the probe sends first.
inline std::string request_of(const Probe& probe, const Check& check) {
    return play(probe, check, {.datagrams = check.transport() == Transport::udp}).steps.at(0).bytes;
}

inline std::string signed_answer(std::uint8_t code, const std::string& request, std::string_view secret = shared_secret,
                                 const std::vector<wire::radius::Attribute>& attributes = {}) {
    return wire::radius::encode_response(code, request, attributes, secret);
}

}  // namespace fdnprobe::probes::testing
