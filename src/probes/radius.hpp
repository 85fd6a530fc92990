// RADIUS authentication and accounting (UDP/1812, 1813): a question about the server's own status, which logs in nobody
// and writes no record.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe radius;

}  // namespace fdnprobe::probes
