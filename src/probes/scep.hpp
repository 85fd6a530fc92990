// SCEP (RFC 8894): asks a CA what it can do, which is the one request of it that needs neither a key nor a name.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe scep;

}  // namespace fdnprobe::probes
