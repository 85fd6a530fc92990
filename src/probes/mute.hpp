// Services that never say anything to a stranger, however well they are: what comes from their port is somebody else's,
// and their silence is as good as any other.
#pragma once

#include <string_view>

#include "fdnprobe/evidence.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe::probes {

/// `service`: "a syslog receiver"; `deciding`: a clause on which further evidence would decide.
[[nodiscard]] Finding judge_mute_datagrams(const Attempt& attempt, std::string_view service, std::string_view deciding);

/// A connection on which the service has nothing to say. `besides`: a clause, perhaps empty.
[[nodiscard]] Finding judge_mute_connection(const Attempt& attempt, std::string_view service, std::string_view besides);

}  // namespace fdnprobe::probes
