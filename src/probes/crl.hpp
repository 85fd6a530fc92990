// The download of a certificate revocation list (RFC 5280, 5.1; RFC 2585, 3).
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe crl;

}  // namespace fdnprobe::probes
