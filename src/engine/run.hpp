// Carries out a plan: everything in flight at once, up to the limits, and every trace kept.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "engine/proxy.hpp"
#include "engine/talk.hpp"
#include "fdnprobe/check.hpp"
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
    std::optional<std::chrono::nanoseconds> deadline;  ///< for the whole run
    /// Called as each check ends, in the order of their ending.
    std::function<void(const CheckResult&)> on_result;
};

/// The results, in the order of a plan's checks. What the end of the run came before is `local`/`interrupted`.
/// `context.stop()` ends the run early.
[[nodiscard]] net::Task<std::vector<CheckResult>> run(net::Context& context, net::Resolver& resolver,
                                                      std::vector<Check> checks, const RunSettings& settings);

}  // namespace fdnprobe::engine
