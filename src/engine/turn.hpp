// When an attempt may begin: at the run's pace, and once there is a descriptor for it.
#pragma once

#include "engine/pacing.hpp"
#include "engine/talk.hpp"
#include "fdnprobe/check.hpp"
#include "net/context.hpp"

namespace fdnprobe::engine {

/// Waits for it. True: the caller holds one of `context.descriptors`, and leaves it when the attempt has ended. False:
/// the run was stopped. Attempts on this host wait for the pace only with `pace_loopback`: nothing on the way to them
/// needs to be spared.
[[nodiscard]] net::Task<bool> await_turn(net::Context& context, Pacing& pacing, bool pace_loopback,
                                         const Attempt& attempt);

/// What sets this attempt apart from all others of the run.
[[nodiscard]] probes::Occasion occasion_of(const net::Context& context, const TalkSettings& settings,
                                           const Check& check, const Attempt& attempt);

}  // namespace fdnprobe::engine
