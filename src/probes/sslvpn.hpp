// The device's SSL VPN, asked for its login page.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe sslvpn;

}  // namespace fdnprobe::probes
