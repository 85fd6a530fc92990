// Did the name become an address, and one that its owner may have given?
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

[[nodiscard]] std::optional<Finding> judge_resolution(const Check& check, const Attempt& attempt);

/// A public name that this host's own hosts file leads to an address that is not public.
[[nodiscard]] std::vector<std::string> hosts_file_warnings(const Check& check, const Attempt& attempt);

}  // namespace fdnprobe::judge
