#include "engine/race.hpp"

#include <functional>

#include <utility>

#include "judge/judge.hpp"

namespace fdnprobe::engine {
namespace {

using net::Clock;
using net::Outcome;

/// All head starts of a check together: enough for an answer from the other side of the world, and little beside a
/// stage's budget, so that a check with many dead addresses takes no longer than one with a single one.
constexpr auto all_head_starts = std::chrono::milliseconds(200);

/// Ids and nonces that differ between attempts and are the same when the run is repeated.
std::uint64_t seed_of(const Check& check, const SocketAddress& destination) {
    const auto& bytes = destination.address.bytes();
    const std::string_view address(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return std::hash<std::string_view>{}(check.id) ^ (std::hash<std::string_view>{}(address) + destination.port);
}

}  // namespace

net::Task<void> Race::attempt(Runner& runner) {
    const SocketAddress destination = *runner.attempt.destination;
    net::Recorder recorder(context_, runner.attempt);
    bool go_on = true;
    if (pace_loopback_ || !destination.address.is_loopback()) {
        const auto delay = pacing_.take(Clock::now());
        if (delay > Clock::duration::zero()) go_on = co_await context_.sleep(delay);
    }
    if (go_on && !context_.descriptors.try_enter()) go_on = co_await context_.descriptors.enter();
    const bool entered = go_on;
    if (go_on && (!won_ || keep_all_)) {
        net::Socket socket(context_);
        runner.socket = &socket;
        co_await talk(settings_, check_, probe_, socket, recorder, seed_of(check_, destination));
        runner.socket = nullptr;
    }
    if (entered) context_.descriptors.leave();
    if (context_.stopped() || (won_ && !keep_all_)) {
        runner.attempt.abandoned = !context_.stopped();
        recorder.note(What::cancelled, 0, 0, context_.stopped() ? "the run was ended" : "another address had answered");
    }
    // Alone, it has nobody to win against, and the conclusion judges every attempt in any case.
    if (runners_.size() > 1) runner.attempt.finding = judge::judge_attempt(check_, runner.attempt);
}

void Race::end_others() {
    for (Runner& runner : runners_)
        if (runner.socket != nullptr) runner.socket->stop();
}

void Race::launch(Runner& runner) {
    ++running_;
    asio::co_spawn(context_.io, attempt(runner), [this, &runner](const std::exception_ptr& failure) {
        net::rethrow(failure);
        --running_;
        if (!runner.attempt.abandoned && verdict_of(runner.attempt.finding.cause) == Verdict::reachable && !won_) {
            won_ = true;
            if (!keep_all_) end_others();
        }
        changed_.announce();
    });
}

net::Task<std::vector<Attempt>> Race::run(const std::vector<Address>& addresses, const std::vector<Event>& resolution,
                                          std::chrono::nanoseconds resolve_time, bool all_addresses) {
    keep_all_ = all_addresses;
    runners_.resize(addresses.size());
    for (std::size_t index = 0; index < addresses.size(); ++index) {
        Attempt& attempt = runners_[index].attempt;
        attempt.destination = SocketAddress{addresses[index], check_.dial_port};
        attempt.evidence.reserve(resolution.size() + 4);  // what a plain connect adds
        attempt.evidence.assign(resolution.begin(), resolution.end());
        attempt.timing.resolve = resolve_time;
    }
    std::size_t launched = 0;
    if (runners_.size() == 1) {
        co_await attempt(runners_.front());
        launched = 1;
    } else {
        const auto head_start = all_head_starts / static_cast<long>(runners_.size() - 1);
        std::size_t running_before = 0;
        auto next_launch = Clock::now();
        for (;;) {
            const bool more = launched < runners_.size() && (!won_ || keep_all_) && !context_.stopped();
            const bool fell = running_ < running_before;
            if (more && (keep_all_ || fell || launched == 0 || Clock::now() >= next_launch)) {
                next_launch = Clock::now() + head_start;
                launch(runners_[launched++]);
                running_before = running_;
                continue;
            }
            running_before = running_;
            if (running_ == 0) break;
            const Clock::time_point limit = more ? next_launch : Clock::time_point::max();
            const Outcome waited = co_await changed_.wait(limit);
            // A stopped run still waits for its attempts, which are ending.
            if (waited == Outcome::stopped) co_await context_.turn();
        }
    }
    std::vector<Attempt> attempts;
    for (std::size_t index = 0; index < launched; ++index) attempts.push_back(std::move(runners_[index].attempt));
    co_return attempts;
}

}  // namespace fdnprobe::engine
