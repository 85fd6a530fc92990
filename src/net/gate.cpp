#include "net/gate.hpp"

namespace fdnprobe::net {

bool Gate::try_enter() {
    if (shut_ || free_ == 0 || !waiters_.empty()) return false;
    --free_;
    return true;
}

Task<bool> Gate::enter() {
    const bool at_once = try_enter();
    if (at_once || shut_) co_return at_once;
    Waiter waiter{Timer(io_, Clock::time_point::max())};
    const auto place = waiters_.insert(waiters_.end(), &waiter);
    [[maybe_unused]] const auto [error] = co_await waiter.timer.async_wait(use_task);
    if (!waiter.served) waiters_.erase(place);
    co_return waiter.served;
}

void Gate::leave() {
    if (waiters_.empty() || shut_) {
        ++free_;
        return;
    }
    Waiter* next = waiters_.front();
    waiters_.pop_front();
    next->served = true;
    next->timer.cancel();
}

void Gate::shut() {
    shut_ = true;
    for (Waiter* waiter : waiters_) waiter->timer.cancel();
}

}  // namespace fdnprobe::net
