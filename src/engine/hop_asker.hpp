// Asking one hop, at the pace that routers bear: what the sweeps of a tested and of a control flow have in common.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/flow_log.hpp"
#include "engine/hop_pace.hpp"
#include "engine/sweep.hpp"
#include "net/hop_probe.hpp"

namespace fdnprobe::engine {

/// A wish that may be carried out now, or when one of them may be.
struct Picked {
    std::optional<Wish> wish;
    double weight = 0;  ///< what was set aside for it
    net::Clock::time_point next = net::Clock::time_point::max();
};

/// The first wish whose device may be asked; `device_of`: who is at a hop, as far as is known; `reserve_of`: how many
/// of the answers there are left to others.
[[nodiscard]] Picked pick(HopPace& pace, const std::vector<Wish>& wishes, Family family,
                          const std::function<std::optional<Address>(int)>& device_of,
                          const std::function<double(const Wish&)>& reserve_of, net::Clock::time_point now);

/// How long an answer is waited for: three of the longest round trips seen and a tenth of a second, and longer each
/// time that the hop is asked again, since a hop may be much farther away than those before it.
[[nodiscard]] net::Clock::duration patience_for(std::chrono::nanoseconds slowest, int tries,
                                                net::Clock::duration most_patience);

/// The longest patience within that budget.
[[nodiscard]] net::Clock::duration most_patience(net::Clock::duration budget);

/// One flow, and who carries its packets.
class HopAsker {
  public:
    HopAsker(net::Context& context, std::shared_ptr<HopPace> pace, net::HopFlow flow)
        : context_(context), pace_(std::move(pace)), flow_(std::move(flow)) {}

    /// Asks the picked hop, and settles with its device what was set aside. `stopped`: nothing came of it.
    [[nodiscard]] net::Task<net::HopAsked> ask(Picked picked, std::optional<Address> device,
                                               net::Clock::duration patience);
    /// Ends what is under way.
    void stop();

    [[nodiscard]] const net::HopFlow& flow() const { return flow_; }

  private:
    net::Context& context_;
    std::shared_ptr<HopPace> pace_;
    net::HopFlow flow_;
    net::Socket* socket_ = nullptr;
};

}  // namespace fdnprobe::engine
