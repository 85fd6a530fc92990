// Checks that failed alike. Ten hosts that time out behind one firewall are one finding, not ten: a reader who has to
// tell them apart line by line misses the eleventh, which fails for another reason. Two results are alike when they
// have the same level, cause, place and advice, and when their summaries differ in nothing but the host, its address,
// the port and how long it took; or when they share a reason that says all this for them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "fdnprobe/check.hpp"

namespace fdnprobe::report {

using Results = std::vector<const CheckResult*>;

/// In the order of the first of each.
[[nodiscard]] std::vector<Results> group_alike(std::span<const CheckResult* const> results);

/// "TCP/443, TCP/8890 at a.example (192.0.2.1), b.example; UDP/53 at c.example". Long lists are cut and counted.
[[nodiscard]] std::string places(std::span<const CheckResult* const> results);

}  // namespace fdnprobe::report
