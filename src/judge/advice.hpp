// What to do about a finding: one or two sentences for somebody who runs a FortiProxy or a FortiGate, with the
// commands of its CLI where they fit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

/// What others in the run said of this host's clock.
enum class Clock : std::uint8_t { unknown, right, wrong };

/// What else bears on the advice.
struct Circumstances {
    const TlsFacts* tls = nullptr;             ///< of the attempt that the conclusion rests on
    std::optional<SocketAddress> destination;  ///< likewise
    bool other_addresses_fail = false;
    bool through_proxy = false;  ///< of the attempt that it rests on
    bool unsteady = false;       ///< some tries at the same address failed
    Clock clock = Clock::unknown;
};

/// Nothing when all is well.
[[nodiscard]] std::optional<std::string> advise(const Check& check, const Finding& finding,
                                                const Circumstances& circumstances);

}  // namespace fdnprobe::judge
