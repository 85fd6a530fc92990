// What a device's configuration says of the site: how it reaches FortiGuard, its peers, its own ports. Only addresses,
// ports, names and modes are read; what else is in a configuration is not even kept.
#pragma once

#include <string>
#include <string_view>

#include "base/expected.hpp"
#include "config/site_text.hpp"
#include "model/problem.hpp"

namespace fdnprobe::config {

/// What the user says of the file, where it does not.
struct ConfigurationWishes {
    std::string product;  ///< empty: the file says it
    std::string version;  ///< empty: the file says it
    std::string vdom;     ///< whose peers; empty: the management VDOM's
};

/// The site of the device. A text that is no configuration, or not enough of one, is refused with what to export
/// instead. What is not in the file and follows from its release is marked as assumed, and the rest is left out.
[[nodiscard]] Expected<SiteDraft, Problem> read_device_configuration(std::string_view text, const std::string& file,
                                                                     const ConfigurationWishes& wishes,
                                                                     Problems& warnings);

}  // namespace fdnprobe::config
