// The way of a control flow: swept once, and asked again where those who compare themselves with it need to know that
// it still gets through. Shared by all of them.
#pragma once

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/control_flow.hpp"
#include "engine/hop_asker.hpp"
#include "net/condition.hpp"

namespace fdnprobe::engine {

/// The packets that one check may cost, those of its control among them.
inline constexpr std::size_t most_packets = 60;

class ControlPath {
  public:
    ControlPath(net::Context& context, std::shared_ptr<HopPace> pace, net::HopFlow flow, const ControlFlow& what)
        : context_(context),
          pace_(std::move(pace)),
          round_trip_(what.round_trip),
          asker_(context, pace_, std::move(flow)),
          log_(what.transport),
          changed_(context),
          wake_(context) {}

    /// From now on there is somebody who needs it, until `limit` at the latest. `user`: its own packets, which count.
    static void join(const std::shared_ptr<ControlPath>& path, const FlowLog& user, net::Clock::time_point limit,
                     net::Clock::duration most_patience);
    void leave(const FlowLog& user);

    /// That hop is to be asked once more, soon.
    void request(int hop);

    [[nodiscard]] ControlView view(bool same_host) const { return view_of(log_, same_host); }
    [[nodiscard]] const FlowLog& log() const { return log_; }
    [[nodiscard]] const std::string& missing() const { return missing_; }
    [[nodiscard]] Flow facts() const;
    /// The longest round trip that it knows of.
    [[nodiscard]] std::chrono::nanoseconds slowest() const { return std::max(round_trip_, log_.slowest()); }
    /// Announced with every answer and every silence.
    [[nodiscard]] net::Condition& changed() { return changed_; }

  private:
    [[nodiscard]] static net::Task<void> work(std::shared_ptr<ControlPath> path);
    [[nodiscard]] net::Task<bool> step();
    [[nodiscard]] std::vector<Wish> requested(net::Clock::time_point& next) const;
    [[nodiscard]] bool may_send() const;
    [[nodiscard]] std::optional<Address> device_at(int hop) const;

    net::Context& context_;
    std::shared_ptr<HopPace> pace_;
    std::chrono::nanoseconds round_trip_;
    HopAsker asker_;
    FlowLog log_;
    net::Condition changed_;
    net::Condition wake_;
    std::set<const FlowLog*> users_;
    std::set<int> requests_;
    std::string missing_;
    net::Clock::time_point limit_{};
    net::Clock::duration most_patience_{};
    bool running_ = false;
};

}  // namespace fdnprobe::engine
