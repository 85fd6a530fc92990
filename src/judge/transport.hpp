// Did the path carry it? What TCP, UDP and ICMP say, whatever the service is.
#pragma once

#include <optional>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

/// The transport did not come about (TCP), or no datagram was answered (UDP and below).
[[nodiscard]] std::optional<Finding> judge_path(const Check& check, const Attempt& attempt);

/// The connection stood, and broke before the service had said anything. What a service said before it hung up, or
/// that it stayed silent, is for the probe's own judge.
[[nodiscard]] std::optional<Finding> judge_connection(const Check& check, const Attempt& attempt);

/// What the path said besides, though it carried everything.
[[nodiscard]] std::vector<std::string> path_warnings(const Attempt& attempt);

}  // namespace fdnprobe::judge
