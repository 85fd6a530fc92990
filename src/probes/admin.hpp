// The device's administration in a browser.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe admin;

}  // namespace fdnprobe::probes
