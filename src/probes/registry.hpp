// All probes there are.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "probes/probe.hpp"

namespace fdnprobe::probes {

[[nodiscard]] std::span<const Probe* const> all();
/// nullptr when there is none of that name.
[[nodiscard]] const Probe* find(std::string_view name);
/// What config/ and help need of them.
[[nodiscard]] std::vector<ProbeDescription> descriptions();

}  // namespace fdnprobe::probes
