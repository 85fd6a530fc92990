// What a run shows of the world around this host: which addresses lie on its own links, which device stands at the end
// of those, and whether anything at all came back from beyond it.
//
// A run knows its own addresses and not their prefix lengths. What shares a /24 or a /64 with one of them is taken for
// a neighbour, which is how nearly every network is cut, unless a router was seen to take a hop off its packets.
#pragma once

#include <map>
#include <optional>
#include <set>

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

/// The /24 or the /64 that an address is in: its first address.
[[nodiscard]] Address network_of(const Address& address);

class Surroundings {
  public:
    explicit Surroundings(const Report& report);

    [[nodiscard]] bool is_own(const Address& address) const;
    /// On one of this host's own links, or this host itself: an answer from there proves no uplink.
    [[nodiscard]] bool is_local(const Address& address) const;
    /// The first device on the way that answered, by family.
    [[nodiscard]] std::optional<Address> first_hop(Family family) const;

    /// Anything but silence from beyond this host's own links. What is in doubt counts as a sign.
    [[nodiscard]] bool shows_life(const Report& report) const;

  private:
    void learn(const Attempt& attempt);
    void learn(const Flow& flow);
    [[nodiscard]] bool shows_life(const Check& check, const Attempt& attempt) const;
    [[nodiscard]] bool shows_life(const Flow& flow) const;
    [[nodiscard]] bool shows_life(const DnsQuestion& question) const;
    [[nodiscard]] bool resolver_shows_life(const Event& event) const;

    std::set<Address> own_;
    std::set<Address> networks_;  ///< of the own addresses
    std::set<Address> routed_;    ///< destinations that a router was seen in front of
    std::map<Family, Address> first_hops_;
};

}  // namespace fdnprobe::judge
