// How fast attempts may begin: a token bucket. The time is an argument, so that it can be tested without waiting.
#pragma once

#include <chrono>

namespace fdnprobe::engine {

class Pacing {
  public:
    using Clock = std::chrono::steady_clock;

    /// `per_second` new attempts a second after the first `burst`; 0: as fast as they come.
    Pacing(double per_second, double burst) : per_second_(per_second), burst_(burst), tokens_(burst) {}

    /// Takes one; how long to wait before using it.
    [[nodiscard]] Clock::duration take(Clock::time_point now);

  private:
    double per_second_;
    double burst_;
    double tokens_;  // below zero: taken in advance
    Clock::time_point last_{};
    bool started_ = false;
};

}  // namespace fdnprobe::engine
