// Carries out a plan: everything in flight at once, up to the limits, and every trace kept.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "engine/proxy.hpp"
#include "engine/talk.hpp"
#include "fdnprobe/check.hpp"
#include "fdnprobe/resolvers.hpp"
#include "judge/further.hpp"
#include "net/context.hpp"
#include "net/resolver.hpp"

namespace fdnprobe::engine {

struct RunSettings {
    TalkSettings talk;
    std::optional<ProxySettings> proxy;  ///< what TCP checks go through
    std::size_t concurrency = 1024;      ///< checks at once
    std::optional<double> rate;          ///< new attempts a second; nothing: modest, and without a limit on loopback
    int retries = 0;                     ///< how often a silent attempt is tried again
    bool all_addresses = false;
    judge::Locate locate = judge::Locate::automatic;
    std::optional<Address> blackhole;  ///< an address that runs no resolver, to be asked for names
    std::uint16_t blackhole_port = 53;
    std::optional<std::chrono::nanoseconds> deadline;  ///< for the whole run
    /// Called as each check ends, in the order of their ending.
    std::function<void(const CheckResult&)> on_result;
};

struct RunResult {
    std::vector<CheckResult> checks;  ///< in the order of the plan's
    ResolverFacts resolvers;
};

/// Carries out these checks. What the end of the run came before is `local`/`interrupted`.
/// `context.stop()` ends the run early.
[[nodiscard]] net::Task<RunResult> run(net::Context& context, net::Resolver& resolver, std::vector<Check> checks,
                                       const RunSettings& settings);

}  // namespace fdnprobe::engine
