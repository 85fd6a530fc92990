// UDP with a text that explains itself. An answer proves the path; silence proves nothing, because a service may well
// not answer what it does not understand.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe udp;

}  // namespace fdnprobe::probes
