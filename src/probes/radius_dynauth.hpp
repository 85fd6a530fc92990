// RADIUS dynamic authorisation (RFC 5176; over TCP, RFC 6613): a request to end a session that names no session, no
// user and no device. There is nothing that it could end, and a device that knows the secret has to say so.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe radius_dynauth;

}  // namespace fdnprobe::probes
