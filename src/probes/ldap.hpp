// The one question that every directory answers to a stranger: what do you speak? Any result is an answer, refusals
// too: they come from the directory.
#pragma once

#include "probes/probe.hpp"

namespace fdnprobe::probes {

extern const Probe ldap;

}  // namespace fdnprobe::probes
