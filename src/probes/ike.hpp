// IKE on UDP/500: an offer of a security association that nobody means to conclude, and whatever the gateway says to
// it.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe ike;

}  // namespace fdnprobe::probes
