// Follows the packets of an attempt hop by hop, beside those of a flow that gets through: packets with a small TTL, and
// who complains about them. No privilege is needed: the answers are on the sockets' own error queues.
//
// Routers answer a few such packets and then one a second (Linux: a burst of six to one host), and silence that was
// only that must not pass for a filter: hops are asked at a pace that they answer, and a silent one is asked again.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <utility>

#include "engine/control_path.hpp"
#include "engine/hop_pace.hpp"
#include "fdnprobe/check.hpp"
#include "net/condition.hpp"
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
    /// Both are read before the first packet leaves, and not again. nullptr: it has no way that could be followed
    /// (loopback, Ethernet), or the run was stopped.
    [[nodiscard]] net::Task<std::shared_ptr<const PathFacts>> follow(const CheckResult& result, std::size_t attempt,
                                                                     std::span<const CheckResult> all);

  private:
    using FlowKey = std::pair<Transport, SocketAddress>;

    /// One way that several checks have in common.
    struct Shared {
        explicit Shared(net::Context& context) : changed(context) {}
        std::shared_ptr<const PathFacts> facts;
        bool done = false;
        net::Condition changed;
    };

    [[nodiscard]] net::Task<std::shared_ptr<const PathFacts>> sweep(net::HopFlow flow, ControlFlow what);
    [[nodiscard]] net::Task<void> sweep_tested(HopAsker& asker, FlowLog& log, ControlPath* control, bool same_host,
                                               net::Clock::time_point limit, PathFacts& facts);
    [[nodiscard]] std::shared_ptr<ControlPath> control_path(const ControlFlow& what);
    void count_earlier_answers(std::span<const CheckResult> all);
    void note_boundary(const FlowLog& log, const Address& destination);
    [[nodiscard]] int hint_for(const Address& destination) const;

    net::Context& context_;
    LocatorSettings settings_;
    std::shared_ptr<HopPace> pace_;
    std::map<FlowKey, std::shared_ptr<ControlPath>> controls_;
    std::map<FlowKey, std::shared_ptr<Shared>> shared_;
    std::map<Address, int> hints_;
    int hint_ = 0;  ///< where the last flow was found to be stopped
};

}  // namespace fdnprobe::engine
