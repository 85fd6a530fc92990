#include "engine/turn.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <string_view>

namespace fdnprobe::engine {
namespace {

using net::Clock;

/// Ids and nonces that differ between all attempts of a run, repeated ones too.
std::uint64_t seed_of(std::uint64_t run_seed, const Check& check, const Attempt& attempt,
                      std::chrono::nanoseconds now) {
    const SocketAddress destination = attempt.destination.value_or(SocketAddress());
    const auto& bytes = destination.address.bytes();
    const std::string_view address(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const std::uint64_t what =
        std::hash<std::string_view>{}(check.id) ^ (std::hash<std::string_view>{}(address) + destination.port);
    return run_seed ^ (what + static_cast<std::uint64_t>(now.count()));
}

bool on_this_host(const Attempt& attempt) {
    const std::optional<SocketAddress>& dialled = attempt.proxy ? attempt.proxy : attempt.destination;
    return dialled && dialled->address.is_loopback();
}

}  // namespace

net::Task<bool> await_turn(net::Context& context, Pacing& pacing, bool pace_loopback, const Attempt& attempt) {
    bool go_on = true;
    if (pace_loopback || !on_this_host(attempt)) {
        const auto delay = pacing.take(Clock::now());
        if (delay > Clock::duration::zero()) go_on = co_await context.sleep(delay);
    }
    if (go_on && !context.descriptors.try_enter()) go_on = co_await context.descriptors.enter();
    co_return go_on;
}

probes::Occasion occasion_of(const net::Context& context, const TalkSettings& settings, const Check& check,
                             const Attempt& attempt) {
    probes::Occasion occasion;
    occasion.seed = seed_of(settings.seed, check, attempt, context.now());
    occasion.now = std::chrono::system_clock::now();
    occasion.budget = std::chrono::duration_cast<std::chrono::milliseconds>(settings.stage_budget);
    return occasion;
}

}  // namespace fdnprobe::engine
