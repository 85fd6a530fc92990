// What the packets of a flow met at each hop, and what two flows say of each other. Two flows between the same hosts
// take the same way unless devices differ at a hop that both were answered from; a flow to another host need not.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "fdnprobe/path.hpp"

namespace fdnprobe::judge {

/// Silence that is repeated this often is not a router's rate limit or one lost packet: Linux answers at least one such
/// packet a second.
inline constexpr int enough_tries = 3;

struct Hop {
    int silent = 0;                 ///< tries that nothing came back for
    int spoken = 0;                 ///< tries that something came back for
    std::vector<Address> devices;   ///< who said that a packet's hops were used up, each once
    bool accepted = false;          ///< a connection
    bool reset = false;             ///< a connection
    bool replied = false;           ///< to a datagram
    bool from_destination = false;  ///< an ICMP error that the destination's address sent
    /// The destination answered, or something in its name.
    [[nodiscard]] bool answered() const { return accepted || reset || replied || from_destination; }
    [[nodiscard]] bool spoke() const { return answered() || !devices.empty(); }
};

struct Way {
    std::map<int, Hop> hops;      ///< those that were asked
    int reached = 0;              ///< the farthest hop that used up a packet and said so; 0: none did
    std::optional<int> answered;  ///< the nearest hop at which the destination answered, or something in its name
    bool steady = true;           ///< one device at each hop, each of them once, and none behind the destination
    bool translated = false;      ///< a device on the way spoke from the destination's address: there is a NAT

    /// nullptr: that hop was not asked.
    [[nodiscard]] const Hop* at(int hop) const;
    /// The one device at that hop, where it is known.
    [[nodiscard]] std::optional<Address> device(int hop) const;
};
[[nodiscard]] Way read_way(const Flow& flow);

/// Two flows beside each other.
struct Ways {
    Way tested;
    std::optional<Way> control;
    bool same_destination = false;   ///< both go to one address
    bool agree = true;               ///< no hop names one device to one flow and another to the other
    bool whole = true;               ///< the sweep was finished, and this host could do all that it takes
    std::optional<int> distance;     ///< of the tested flow's destination, where nothing speaks against it
    bool distance_is_exact = false;  ///< one hop less was seen to be too little
    [[nodiscard]] bool comparable() const { return control && same_destination && agree; }
    /// Nothing about the two casts doubt on what follows from them.
    [[nodiscard]] bool sound() const { return comparable() && whole && tested.steady && control->steady; }
    /// Both were answered by one and the same device at that hop.
    [[nodiscard]] bool share(int hop) const;
};
[[nodiscard]] Ways compare_ways(const PathFacts& facts);

}  // namespace fdnprobe::judge
