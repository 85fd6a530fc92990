// One DNS question (RFC 1035), over UDP or over TCP.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe dns;

}  // namespace fdnprobe::probes
