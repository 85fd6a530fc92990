// What the resolvers in use said, each asked apart: over UDP and over TCP, every answer kept, those included that came
// after the first. Observations; what follows from them is for judge/resolvers.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/row.hpp"

namespace fdnprobe {

/// One answer to one question.
struct DnsAnswer {
    std::chrono::nanoseconds at{};  ///< since the run began
    std::int32_t rcode = 0;
    std::vector<Address> addresses;
};

/// One question to one resolver.
struct DnsQuestion {
    SocketAddress resolver;
    Transport transport = Transport::udp;
    std::string name;
    std::int32_t type = 1;              ///< 1 A, 28 AAAA
    std::chrono::nanoseconds at{};      ///< when it was first sent
    std::vector<DnsAnswer> answers;     ///< in the order in which they came; of one question, more than one is a sign
    bool truncated = false;             ///< the answer over UDP did not fit (RFC 1035, 4.1.1, TC)
    std::int32_t error = 0;             ///< errno; 0: none
    std::optional<Address> error_from;  ///< the sender of the ICMP message behind it
    std::string malformed;              ///< what was wrong with bytes that are not DNS
    bool cut_short = false;             ///< the run ended before its time was up: silence says nothing
};

/// Of a whole run.
struct ResolverFacts {
    std::vector<DnsQuestion> questions;
    std::vector<DnsQuestion> blackhole;  ///< to the site's address that runs no resolver; nothing should answer
};

}  // namespace fdnprobe
