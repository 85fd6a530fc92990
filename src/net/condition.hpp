// Waiting until something is true: every waiter wakes when it is announced, when its own limit passes, or when the run
// is stopped.
#pragma once

#include <list>

#include "net/context.hpp"
#include "net/socket.hpp"

namespace fdnprobe::net {

class Condition {
  public:
    explicit Condition(Context& context) : context_(context) {}
    Condition(const Condition&) = delete;
    Condition& operator=(const Condition&) = delete;

    /// `ok`: announced; `expired` or `stopped` otherwise.
    [[nodiscard]] Task<Outcome> wait(Clock::time_point limit = Clock::time_point::max());
    void announce();

  private:
    struct Waiter;
    Context& context_;
    std::list<Waiter*> waiters_;
};

}  // namespace fdnprobe::net
