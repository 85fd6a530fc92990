// Checks that were not tried, told compactly: which ports, why, and what a site would have to say to change it.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "fdnprobe/report.hpp"

namespace fdnprobe::report {

/// Ports that are not tried for one and the same reason.
struct SkippedPorts {
    std::string end;  ///< the peer or product that they belong to
    Cause cause = Cause::not_applicable;
    std::string reason;  ///< a sentence; empty for `not-configured`, where `configure_hint` says more
    std::vector<std::string> ports;
};

/// The checks of these rows that are not tried, in the order of the first of each reason.
/// `with_others`: also those that only other devices than the site's use.
[[nodiscard]] std::vector<SkippedPorts> skipped_ports(const Report& report, std::span<const std::size_t> rows,
                                                      bool with_others = true);

/// "TCP/443, UDP/53", cut and counted when it is long.
[[nodiscard]] std::string port_list(const SkippedPorts& skipped);

/// `--peer FortiAnalyzer=ADDRESS`, quoted for a shell where the name needs it.
[[nodiscard]] std::string peer_option(const std::string& name);

}  // namespace fdnprobe::report
