// ESP (RFC 4303): what is not under a security association is dropped without a word, so nothing is asked here. Only a
// responder at the far end can tell whether such packets arrive.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe esp;

}  // namespace fdnprobe::probes
