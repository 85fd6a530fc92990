// The driver: carries out what a probe's dialogue asks for, step by step, at one address, and writes down what
// happened. It knows sockets and steps; what any of it means is the judges' business.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "net/recorder.hpp"
#include "net/socket.hpp"
#include "net/stream.hpp"
#include "net/transport.hpp"
#include "net/trust_store.hpp"
#include "probes/probe.hpp"

namespace fdnprobe::engine {

class Proxies;

/// What all attempts of a run share.
struct TalkSettings {
    net::DialOptions dial;
    net::Clock::duration stage_budget = std::chrono::milliseconds(3500);
    SSL_CTX* tls = nullptr;
    const net::TrustStore* trust = nullptr;
    Proxies* proxies = nullptr;  ///< what attempts that name one go through
    std::uint64_t seed = 0;      ///< of the run: chance from outside, so that no two runs send the same nonces
    /// The name that TLS asks for in place of the check's own; empty: for none.
    std::optional<std::string> server_name;
    /// No stage lasts beyond this.
    net::Clock::time_point until = net::Clock::time_point::max();
    /// When a stage that begins now has to be over.
    [[nodiscard]] net::Clock::time_point stage_limit() const {
        return std::min(net::Clock::now() + stage_budget, until);
    }
};

/// One attempt at `attempt.destination`; over Ethernet it has none, and the segment is asked. `socket` belongs to the
/// caller, who may stop it.
[[nodiscard]] net::Task<void> talk(const TalkSettings& settings, const Check& check, const probes::Probe& probe,
                                   const probes::Occasion& occasion, net::Socket& socket, net::Recorder& recorder);

}  // namespace fdnprobe::engine
