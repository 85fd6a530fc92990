// The pages on which a web filter's block is overridden: TCP/8008, and inside TLS TCP/8010.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe override_page;

}  // namespace fdnprobe::probes
