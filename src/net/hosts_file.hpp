// The hosts file (hosts(5)), read as the system's own resolver reads it: a name may stand on several lines, and all of
// its addresses count. c-ares stops at the first line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/address.hpp"

namespace fdnprobe::net {

/// The addresses of a name in the text of a hosts file, in its order.
[[nodiscard]] std::vector<Address> find_in_hosts(std::string_view text, std::string_view name);

/// The text of /etc/hosts; empty where there is none. Bounded: a hosts file of megabytes is a block list, and what lies
/// beyond the first of them is not read.
[[nodiscard]] std::string read_hosts_file();

}  // namespace fdnprobe::net
