// WAN optimisation tunnels: with and without TLS on one port, between peers that know each other by name. What is
// spoken there is not public.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe wanopt;

}  // namespace fdnprobe::probes
