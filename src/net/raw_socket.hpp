// Raw and packet sockets need CAP_NET_RAW, which is granted to a program's file.
#pragma once

#include <string>

namespace fdnprobe::net {

/// The file of this program, for the command that grants it something; `fdnprobe` where it cannot be told.
[[nodiscard]] std::string program_file();

/// What evidence calls a raw socket that could not be opened: `raw socket of /usr/bin/fdnprobe`, so that a judge can
/// say which file lacks the right.
[[nodiscard]] std::string raw_socket_name();

}  // namespace fdnprobe::net
