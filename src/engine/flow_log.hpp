// What the packets of one flow have shown so far. Pure.
//
// Of datagrams, a late answer to an earlier packet cannot be told from the answer to the one under way: an answer that
// comes soon after another hop had kept silent is believed when its sender is known to be at this hop, and otherwise
// only when asking again brings it again.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "fdnprobe/path.hpp"

namespace fdnprobe::engine {

/// As far as a way is followed; few in the Internet are half as long.
inline constexpr int most_hops = 32;

/// How often a silent hop is asked in all.
inline constexpr int most_tries = 3;

class FlowLog {
  public:
    explicit FlowLog(Transport transport) : transport_(transport) {}

    /// `known`: who is at that hop, as far as another flow has shown it.
    void hear(const HopProbe& probe, const std::optional<Address>& known = std::nullopt);

    /// In the order in which they were sent; without those whose answer was another's.
    [[nodiscard]] const std::vector<HopProbe>& probes() const { return probes_; }
    /// How many were sent, those included.
    [[nodiscard]] std::size_t packets() const { return packets_; }

    /// The hop whose last answer is to be seen again before it is believed; 0: none.
    [[nodiscard]] int doubtful() const { return doubt_ ? doubt_->hop : 0; }
    /// How often the hop was asked.
    [[nodiscard]] int tries(int hop) const;
    /// The hop's first answer; nullptr: it has none.
    [[nodiscard]] const HopProbe* answer(int hop) const;
    /// The last time that it was asked; nullptr: never.
    [[nodiscard]] const HopProbe* last(int hop) const;
    /// The farthest router that has answered as one; 0: none.
    [[nodiscard]] int reached() const;
    /// The nearest hop from which something else came back; 0: none.
    [[nodiscard]] int end() const;
    /// The farthest hop that was asked; 0: none.
    [[nodiscard]] int farthest() const;
    /// This host could not send.
    [[nodiscard]] bool unsendable() const;
    /// The longest that an answer took.
    [[nodiscard]] std::chrono::nanoseconds slowest() const;

  private:
    [[nodiscard]] bool may_be_late(const HopProbe& probe, const std::optional<Address>& known) const;

    Transport transport_;
    std::vector<HopProbe> probes_;
    std::size_t packets_ = 0;
    std::optional<HopProbe> doubt_;
    int doubts_ = 0;
};

}  // namespace fdnprobe::engine
