// The same unexpected issuer on unrelated names: nobody but an inspector signs for all of them.
#pragma once

#include <span>

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

void relate_issuers(std::span<CheckResult> results);

}  // namespace fdnprobe::judge
