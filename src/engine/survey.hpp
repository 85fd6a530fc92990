// Asks each of the resolvers in use apart, over UDP and over TCP, beside the checks: c-ares has one answer for a name,
// and this is about who gave which. Every public name of the run is asked for, and one address that runs no resolver is
// asked too, where the site has named one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/pacing.hpp"
#include "fdnprobe/resolvers.hpp"
#include "net/context.hpp"
#include "net/origin.hpp"

namespace fdnprobe::engine {

struct SurveySettings {
    net::DialOptions dial;
    net::Clock::duration budget = std::chrono::milliseconds(3500);  ///< for all of it
    std::vector<SocketAddress> resolvers;
    std::vector<std::string> names;    ///< each once
    std::optional<Address> blackhole;  ///< an address that runs no resolver
    bool ipv4 = true;                  ///< ask for addresses of this family
    bool ipv6 = true;
};

[[nodiscard]] net::Task<ResolverFacts> survey(net::Context& context, Pacing& pacing, const SurveySettings& settings);

}  // namespace fdnprobe::engine
