// What the way of an attempt is compared with: another flow, of a kind that gets through. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "fdnprobe/check.hpp"

namespace fdnprobe::engine {

struct ControlFlow {
    Transport transport = Transport::udp;
    SocketAddress destination;
    std::string payload;  ///< of its datagrams
    std::string is;       ///< in words: "TCP/443 of the same host"
    bool same_host = true;
    std::chrono::nanoseconds round_trip{};  ///< of its first answer in this run; 0: not known
};

/// What the datagrams say that no service's own are known for. Whoever finds them in a capture is told what they are.
[[nodiscard]] std::string_view explaining_payload();

/// For that attempt of `result`: a port of the same host that answered in this run, or refused; for datagrams rather
/// another one over UDP. Else a host of the same row, then any, that answered. Else UDP to a port of the same host
/// where nobody listens, as traceroute does.
[[nodiscard]] ControlFlow choose_control(const CheckResult& result, std::size_t attempt,
                                         std::span<const CheckResult> all);

}  // namespace fdnprobe::engine
