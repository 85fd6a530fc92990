#include "net/condition.hpp"

namespace fdnprobe::net {

struct Condition::Waiter final : Stoppable {
    Waiter(Context& shared, Clock::time_point limit) : context(shared), timer(shared.io, limit) { context.add(*this); }
    ~Waiter() override { context.remove(*this); }
    void stop() override { timer.cancel(); }

    Context& context;
    Timer timer;
    bool announced = false;
};

Task<Outcome> Condition::wait(Clock::time_point limit) {
    if (context_.stopped()) co_return Outcome::stopped;
    Waiter waiter(context_, limit);
    const auto place = waiters_.insert(waiters_.end(), &waiter);
    [[maybe_unused]] const auto [error] = co_await waiter.timer.async_wait(use_task);
    if (waiter.announced) co_return Outcome::ok;
    waiters_.erase(place);
    co_return context_.stopped() ? Outcome::stopped : Outcome::expired;
}

void Condition::announce() {
    for (Waiter* waiter : waiters_) {
        waiter->announced = true;
        waiter->timer.cancel();
    }
    waiters_.clear();
}

}  // namespace fdnprobe::net
