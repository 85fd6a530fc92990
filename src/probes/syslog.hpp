// Syslog (RFC 5424, RFC 6587): a receiver never says a word. Without leave nothing is sent that could become an entry
// in somebody's log.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe syslog;

}  // namespace fdnprobe::probes
