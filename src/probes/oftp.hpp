// OFTP, which Fortinet's devices send logs and files by: inside TLS unless a site has turned encryption off. The
// protocol itself is not public, and a word of it would carry a serial number.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe oftp;

}  // namespace fdnprobe::probes
