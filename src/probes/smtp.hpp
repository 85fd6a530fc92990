// A mail server's greeting, and its answer to ours. That a connection is accepted says little here: relays accept
// everybody and then tell the unwanted that they are on a block list.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe smtp;

}  // namespace fdnprobe::probes
