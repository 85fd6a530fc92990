// Asks each of the resolvers in use apart, over UDP and over TCP, beside the checks: these take the first usable
// answer, and this is about who gave which. Every public name of the run is asked for, and one address that runs no
// resolver is asked too, where the site has named one.
//
// It holds up nobody: it ends within one stage's budget, and when the checks have ended it only waits for resolvers
// that have not said anything yet.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/pacing.hpp"
#include "fdnprobe/resolvers.hpp"
#include "net/condition.hpp"
#include "net/context.hpp"
#include "net/dns_client.hpp"
#include "net/origin.hpp"

namespace fdnprobe::engine {

struct SurveySettings {
    net::DialOptions dial;
    net::Clock::duration budget = std::chrono::milliseconds(3500);  ///< for all of it
    std::uint64_t seed = 0;                                         ///< of the questions' ids
    bool pace_loopback = false;
    std::vector<SocketAddress> resolvers;
    std::vector<std::string> names;          ///< each once
    std::optional<SocketAddress> blackhole;  ///< runs no resolver
    std::string blackhole_name;              ///< what it is asked for
    bool ipv4 = true;                        ///< ask for addresses of this family
    bool ipv6 = true;
    /// There is nothing to ask, or nobody.
    [[nodiscard]] bool empty() const { return (names.empty() || resolvers.empty()) && !blackhole; }
};

class Survey {
  public:
    Survey(net::Context& context, Pacing& pacing, const SurveySettings& settings);

    [[nodiscard]] net::Task<void> run();
    /// From now on only what nobody has answered yet is waited for, and second answers for a moment.
    void checks_ended();
    /// What has come so far.
    [[nodiscard]] ResolverFacts facts() const;

  private:
    void spawn(net::Task<void> task);
    void ask_resolver(const SocketAddress& address);
    void ask_blackhole();
    [[nodiscard]] std::unique_ptr<net::DnsOverUdp> client_for(const net::DnsServer& server);
    [[nodiscard]] net::DnsServer server_at(const SocketAddress& address);
    [[nodiscard]] net::Task<void> ask_over_tcp(net::DnsServer server, std::string name, std::uint16_t type);

    net::Context& context_;
    Pacing& pacing_;
    SurveySettings settings_;
    net::Condition changed_;
    net::Clock::time_point limit_;
    std::vector<std::unique_ptr<net::DnsOverUdp>> clients_;
    std::unique_ptr<net::DnsOverUdp> blackhole_;
    std::vector<DnsQuestion> over_tcp_;
    std::uint64_t servers_ = 0;  // so that no two share their ids
    std::size_t running_ = 0;
};

}  // namespace fdnprobe::engine
