// CAPWAP discovery (UDP/5246): is there a controller that answers an access point it has never heard of? Some answer
// only those that they know, so that silence says nothing.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe capwap;

}  // namespace fdnprobe::probes
