// FortiGuard's push notices (UDP/9443): how a notice looks is not public, and one that did not come from FortiGuard is
// dropped without a word.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe fds_push;

}  // namespace fdnprobe::probes
