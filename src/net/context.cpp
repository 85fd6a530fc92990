#include "net/context.hpp"

#include <dirent.h>
#include <sys/resource.h>

#include <algorithm>
#include <vector>

namespace fdnprobe::net {

namespace {

class Sleeper final : public Stoppable {
  public:
    Sleeper(Context& context, Clock::duration span) : context_(context), timer_(context.io, Clock::now() + span) {
        context_.add(*this);
    }
    ~Sleeper() override { context_.remove(*this); }
    void stop() override { timer_.cancel(); }
    [[nodiscard]] Timer& timer() { return timer_; }

  private:
    Context& context_;
    Timer timer_;
};

}  // namespace

Task<bool> Context::sleep(Clock::duration span) {
    if (stopped_) co_return false;
    Sleeper sleeper(*this, span);
    [[maybe_unused]] const auto [error] = co_await sleeper.timer().async_wait(use_task);
    co_return !stopped_;
}

Task<void> Context::turn() {
    constexpr asio::use_awaitable_t<Executor> awaited;
    co_await asio::post(io, awaited);
}

void Context::stop() {
    stopped_ = true;
    descriptors.shut();
    // Stopping one may end others.
    const std::vector<Stoppable*> all(live_.begin(), live_.end());
    for (Stoppable* one : all)
        if (live_.contains(one)) one->stop();
}

std::size_t available_descriptors(std::size_t reserve) {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 64;
    if (limit.rlim_cur < limit.rlim_max) {
        rlimit raised = limit;
        // Past this no run can use them, and some systems have "unlimited" here.
        raised.rlim_cur = std::min<rlim_t>(limit.rlim_max, 65536);
        if (raised.rlim_cur > limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    std::size_t open_now = 0;
    if (DIR* folder = opendir("/proc/self/fd"); folder != nullptr) {
        while (readdir(folder) != nullptr) ++open_now;
        closedir(folder);
    }
    const auto allowed = static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur, 65536));
    return allowed > open_now + reserve + 4 ? allowed - open_now - reserve : 4;
}

}  // namespace fdnprobe::net
