// From where to send: the source address and the interface that were chosen, and what the routing table makes of them.
#pragma once

#include <optional>
#include <string>

#include "base/expected.hpp"
#include "fdnprobe/address.hpp"

namespace fdnprobe::net {

struct DialOptions {
    std::optional<Address> source;  ///< nothing: the system chooses
    std::string interface;          ///< empty: the system chooses
    int segment = 0;                ///< TCP: the largest segment, both ways, in bytes; 0: the system chooses
};

/// Has the socket send from there; errno of what failed, or 0.
[[nodiscard]] int apply_origin(int descriptor, Family family, const DialOptions& options);

/// The address from which this host would send there; errno where it has none.
[[nodiscard]] Expected<SocketAddress, int> source_towards(const SocketAddress& destination, const DialOptions& options);

}  // namespace fdnprobe::net
