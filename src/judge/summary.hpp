// A finding as one plain sentence that names the host, the port, and what is known of the reason.
#pragma once

#include <optional>
#include <string>

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

[[nodiscard]] std::string summarise(const Check& check, const Finding& finding,
                                    const std::optional<SocketAddress>& destination);

}  // namespace fdnprobe::judge
