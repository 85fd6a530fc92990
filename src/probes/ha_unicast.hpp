// Heartbeats of an HA cluster in UDP/730, for clouds that carry no Ethernet between members.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe ha_unicast;

}  // namespace fdnprobe::probes
