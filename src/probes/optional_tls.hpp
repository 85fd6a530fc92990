// Services of which no more is known than that they take connections, some inside TLS and some not.
//
// Where TLS is not the rule, the connection is first held and then asked whether it speaks TLS: a ClientHello may make
// a service in plain text hang up, which would say nothing, whereas the connection that stood before it has shown all
// that there is to show. Where TLS is the rule, it comes first: a wait would only cost time, and a handshake that is
// cut off is then what it looks like, a fault. Either way it is one connection.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"
#include "probes/probe.hpp"

namespace fdnprobe::probes {

/// What is needed to see that a connection is not dropped: a service that closes on a stranger, or a filter that resets
/// what it let through, does so within a round trip or two.
inline constexpr std::chrono::milliseconds usual_hold{2000};

/// The table's `hold`; without one, no time at these ports, where TLS is the rule, and the usual time at others.
[[nodiscard]] std::chrono::milliseconds hold_before_tls(const Check& check,
                                                        std::initializer_list<std::uint16_t> tls_ports);

[[nodiscard]] std::unique_ptr<Dialogue> hold_and_try_tls(std::chrono::milliseconds hold);

/// `text` tells of the TLS that came about.
[[nodiscard]] Finding judge_optional_tls(const Attempt& attempt, std::string (*text)(const Attempt& attempt));

}  // namespace fdnprobe::probes
