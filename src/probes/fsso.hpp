// Fortinet single sign-on: the collector's port, in plain text on TCP/8000 and inside TLS on TCP/8001. What is spoken
// there is not public.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe fsso;

}  // namespace fdnprobe::probes
