// Did the proxy let the attempt through? What stands in the evidence under the stage `proxy` is between this host and
// the proxy; its answer to CONNECT is an HTTP head (RFC 9110, 9.3.6).
#pragma once

#include <optional>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"

namespace fdnprobe::judge {

/// Where the proxy's name has not become an address. It comes before everything else, since what was heard of the
/// resolver is not about the check's own host.
[[nodiscard]] std::optional<Finding> judge_proxy_name(const Check& check, const Attempt& attempt);

[[nodiscard]] std::optional<Finding> judge_proxy(const Attempt& attempt);

/// The attempt as far as it is about the far end: without what was said to the proxy and by it, and without what the
/// proxy alone has acknowledged.
[[nodiscard]] Attempt behind_proxy(const Attempt& attempt);

}  // namespace fdnprobe::judge
