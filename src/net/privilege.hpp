// What this process may do beyond what every process may.
#pragma once

namespace fdnprobe::net {

/// Whether it may open raw and packet sockets: CAP_NET_RAW (capabilities(7)), which root has and `setcap` grants to a
/// program's file.
[[nodiscard]] bool may_send_raw();

}  // namespace fdnprobe::net
