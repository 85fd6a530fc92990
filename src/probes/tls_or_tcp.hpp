// A service of which it is not known whether it speaks TLS, or which may do either.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe tls_or_tcp;

}  // namespace fdnprobe::probes
