// FGFM, by which FortiManager and devices manage each other. It runs inside TLS, and whose part the client's is depends
// on the direction: towards a FortiManager it is the caller's, towards a device it is the device's own, which answers
// an accepted connection with its ClientHello.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe fgfm;

}  // namespace fdnprobe::probes
