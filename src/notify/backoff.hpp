// How long a receiver is left alone after a failed attempt: twice as long each time, and not to the second what others
// who lost the same receiver wait.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

namespace fdnprobe::notify {

class Backoff {
  public:
    using Span = std::chrono::milliseconds;

    /// `chance` gives numbers in [0, 1).
    Backoff(Span first, Span longest, std::function<double()> chance);

    /// How long to wait now: half of the present step and up to as much again. A receiver that asked for more
    /// (Retry-After) gets it, up to the longest step: a mistake there must not silence it for a year.
    [[nodiscard]] Span after_failure(std::optional<std::chrono::seconds> asked_for);
    void after_success() { step_ = first_; }

  private:
    Span first_;
    Span longest_;
    Span step_;
    std::function<double()> chance_;
};

}  // namespace fdnprobe::notify
