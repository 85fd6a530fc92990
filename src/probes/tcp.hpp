// TCP connect: the port is accepted, and nothing is said there. For services whose protocol is not public.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe tcp;

}  // namespace fdnprobe::probes
