// Follows the packets of an attempt hop by hop, beside those of a flow that gets through: packets with a small TTL, and
// who complains about them. No privilege is needed: the answers are on the sockets' own error queues.
//
// Routers answer a few such packets and then one a second (Linux: a burst of six to one host), and silence that was
// only that must not pass for a filter: hops are asked at a pace that they answer, and a silent one is asked again.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "fdnprobe/check.hpp"
#include "net/context.hpp"
#include "net/origin.hpp"

namespace fdnprobe::engine {

struct LocatorSettings {
    net::DialOptions dial;
    net::Clock::duration budget = std::chrono::milliseconds(3500);  ///< for one attempt's way, all of it
};

/// One for a run: control paths are kept, one for each destination.
class Locator {
  public:
    Locator(net::Context& context, const LocatorSettings& settings) : context_(context), settings_(settings) {}

    /// The way of that attempt of `result`. `all`: every check of the run, among which a flow that works is looked for.
    /// nullptr: it has no way that could be followed (loopback, Ethernet), or the run was stopped.
    [[nodiscard]] net::Task<std::shared_ptr<const PathFacts>> follow(const CheckResult& result, std::size_t attempt,
                                                                     std::span<const CheckResult> all);

  private:
    net::Context& context_;
    LocatorSettings settings_;
};

}  // namespace fdnprobe::engine
