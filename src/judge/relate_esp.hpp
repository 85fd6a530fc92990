// What NAT traversal has to say of ESP.
#pragma once

#include <span>

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

/// ESP cannot be asked without a tunnel, but where UDP/4500 answers it is not needed: IPsec then goes inside UDP
/// (RFC 3948). Each ESP check that was skipped gets a sentence on what the `ike-natt` check of its row came to.
void relate_esp(std::span<CheckResult> results);

}  // namespace fdnprobe::judge
