// How fast hops may be asked so that the devices there answer. Routers answer a few packets whose time has run out and
// then one a second (Linux: a burst of six to one host, RFC 1812, 4.3.2.8; RFC 4443, 2.4), and silence that was only
// that must not pass for a filter. A token bucket for each device, and one for each hop whose device is not known. The
// time is an argument, so that it can be tested without waiting.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "fdnprobe/address.hpp"

namespace fdnprobe::engine {

class HopPace {
  public:
    using Clock = std::chrono::steady_clock;

    /// Whom a packet is going to ask.
    struct Place {
        Family family = Family::ipv4;
        int hop = 0;
        std::optional<Address> device;  ///< as far as is known
    };

    /// Sets `weight` of an answer aside, unless that would leave less than `reserve`.
    [[nodiscard]] bool take(const Place& place, double weight, double reserve, Clock::time_point now);
    /// When `take` would succeed, if nobody else takes any.
    [[nodiscard]] Clock::time_point ready(const Place& place, double weight, double reserve, Clock::time_point now);
    /// What was set aside is given back, and the device that has sent an ICMP message is charged for it.
    void settle(const Place& place, double weight, const std::optional<Address>& sender, Clock::time_point now);
    /// A device has sent an ICMP message at that time, for whatever reason.
    void spent(const Address& device, Clock::time_point at);

  private:
    struct Bucket {
        double tokens = 0;
        double aside = 0;  ///< for packets under way
        Clock::time_point last{};
    };

    static void refill(Bucket& bucket, Family family, Clock::time_point now);
    [[nodiscard]] Bucket& bucket_of(const Place& place, Clock::time_point now);

    std::map<std::pair<Family, int>, Bucket> hops_;
    std::map<Address, Bucket> devices_;
};

}  // namespace fdnprobe::engine
