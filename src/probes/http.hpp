// One GET without TLS: any answer in HTTP is an answer, unless it tells of somebody who stands in between.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe http;

}  // namespace fdnprobe::probes
