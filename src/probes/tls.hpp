// TLS handshake and nothing inside it: the far end identifies itself, which is all that a service with a private
// protocol can be asked for.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe tls;

}  // namespace fdnprobe::probes
