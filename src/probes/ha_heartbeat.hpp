// The heartbeats of an HA cluster, heard on its segment. They go out on Ethernet several times a second, to all, so
// that nothing has to be asked for them, and nothing may be: whatever sends such frames is taken for a member.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe ha_heartbeat;

}  // namespace fdnprobe::probes
