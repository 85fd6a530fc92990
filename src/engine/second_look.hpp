// Once every check has ended: goes after the evidence that would decide what they left open. All of it at once, and
// within one more stage's budget.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "engine/locator.hpp"
#include "engine/pacing.hpp"
#include "engine/talk.hpp"
#include "fdnprobe/check.hpp"
#include "fdnprobe/resolvers.hpp"
#include "judge/further.hpp"

namespace fdnprobe::engine {

struct SecondLook {
    net::Context& context;
    const TalkSettings& talk;
    Pacing& pacing;
    bool pace_loopback = false;
    judge::Locate locate = judge::Locate::automatic;
    ResolverFacts resolvers{};  ///< what they have answered so far
};

/// Adds what it finds to the attempts of these results, and concludes them anew. `open`: indices of those that want a
/// second look. `done` is called for each as it is settled.
[[nodiscard]] net::Task<void> look_again(const SecondLook& look, std::vector<CheckResult>& results,
                                         std::vector<std::size_t> open,
                                         const std::function<void(const CheckResult&)>& done);

}  // namespace fdnprobe::engine
