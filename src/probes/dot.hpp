// One DNS question inside TLS (RFC 7858).
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe dot;

}  // namespace fdnprobe::probes
