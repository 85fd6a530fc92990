// Synchronisation between the members of an HA cluster, TCP/703 and UDP/703. The members talk over an interface of
// their own; the protocol is not public.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe ha_sync;

}  // namespace fdnprobe::probes
