// The socket error queue: which ICMP message ended a connection attempt or met a datagram, and who sent it. errno alone
// cannot tell a router's refusal from the destination's (ip(7), IP_RECVERR; ipv6(7), IPV6_RECVERR).
#pragma once

#include <optional>
#include <vector>

#include "fdnprobe/address.hpp"

namespace fdnprobe::net {

struct IcmpError {
    bool version6 = false;  ///< ICMPv6 (RFC 4443) rather than ICMP (RFC 792)
    int type = 0;
    int code = 0;
    int error = 0;  ///< the errno that the kernel made of it
    std::optional<Address> sender;
};

/// Switches the queue on. To be called before the first packet leaves.
void watch_errors(int descriptor, Family family, bool on = true);

/// Takes everything off the queue; what did not come from ICMP is left out.
[[nodiscard]] std::vector<IcmpError> drain_errors(int descriptor);

}  // namespace fdnprobe::net
