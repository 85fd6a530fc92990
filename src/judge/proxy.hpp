// Did the proxy let the attempt through? What stands in the evidence under the stage `proxy` is between this host and
// the proxy; its answer to CONNECT is an HTTP status line (RFC 9110, 9.3.6).
#pragma once

#include <optional>

#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

[[nodiscard]] std::optional<Finding> judge_proxy(const Attempt& attempt);

}  // namespace fdnprobe::judge
