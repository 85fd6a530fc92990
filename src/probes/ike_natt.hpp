// IKE on UDP/4500, where IPsec moves to when there is a NAT on the way (RFC 3948).
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe ike_natt;

}  // namespace fdnprobe::probes
