// What an ICMP error says. RFC 792 and RFC 1812 (5.2.7) name the IPv4 codes, RFC 4443 those of IPv6; here the two
// families become one small set of meanings. Whether "port unreachable" speaks for the destination or for a device on
// the path is not in the code but in the sender.
#pragma once

#include <string>

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

enum class IcmpMeaning : std::uint8_t {
    note,            ///< no failure: packet too big, reassembly, or nothing that is known here
    net,             ///< a router has no route
    host,            ///< a router does not find the host
    port,            ///< nobody listens, or a filter pretends so
    protocol,        ///< the host does not know the protocol, or a filter pretends so
    prohibited,      ///< a filter says that it is one
    hops_exhausted,  ///< the packet went round until its TTL was gone
};

struct IcmpError {
    IcmpMeaning meaning = IcmpMeaning::note;
    std::string text;  ///< "ICMP 3/13, communication prohibited by a filter"
    bool v6 = false;
};

[[nodiscard]] IcmpError read_icmp(const Event& icmp_error);

/// "Fragmentation needed" or "packet too big": the path has a smaller MTU, which is no failure.
[[nodiscard]] bool is_mtu_signal(const Event& icmp_error);

/// The first ICMP error that explains why an attempt failed; nullptr when there is none. Where a TCP connection came
/// about all the same, or another datagram was answered, the error explains nothing.
[[nodiscard]] const Event* find_icmp(const Check& check, const Attempt& attempt);

}  // namespace fdnprobe::judge
