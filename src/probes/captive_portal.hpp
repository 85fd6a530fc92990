// The login page of a captive portal: the device's own, on TCP/1000 and TCP/1003, or an external one.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe captive_portal;

}  // namespace fdnprobe::probes
