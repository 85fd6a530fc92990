// The proxy of a run, which all TCP checks go through. Its host is found and tried once, before anything else: where
// that fails, it is all that can be said of every check behind it, and nobody tries again.
//
// Credentials are offered with care. Directories lock an account after a few wrong passwords, and a table has more
// checks than that: until the proxy has been seen to take them, one request at a time carries them, and once it has
// refused them none does.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"
#include "fdnprobe/site.hpp"
#include "net/condition.hpp"
#include "net/context.hpp"
#include "net/origin.hpp"
#include "net/proxy.hpp"
#include "net/resolver.hpp"

namespace fdnprobe::engine {

struct ProxySettings {
    ProxyAddress address;
    std::string credentials;      ///< USER:PASSWORD; empty: there are none
    bool resolves_names = false;  ///< names go to it as they are
};

/// What the one try at the proxy's host showed.
struct ProxyTrial {
    bool up = false;
    bool stopped = false;                  ///< the run ended before it was known
    std::optional<SocketAddress> address;  ///< where it was tried; nothing: its name has no address
    std::optional<SocketAddress> local;
    std::vector<Event> evidence;  ///< all of it of the stage `proxy`
    net::Clock::duration took{};
};

class Proxy {
  public:
    Proxy(net::Context& context, net::Resolver& resolver, ProxySettings settings, net::DialOptions dial,
          net::Clock::duration budget)
        : context_(context),
          resolver_(resolver),
          settings_(std::move(settings)),
          dial_(std::move(dial)),
          budget_(budget),
          tried_(context),
          answered_(context) {}

    [[nodiscard]] bool resolves_names() const { return settings_.resolves_names; }

    /// The first to ask tries, and all others wait for what it finds.
    [[nodiscard]] net::Task<const ProxyTrial*> trial();

    /// Dials the proxy at `recorder.attempt().proxy` and asks for a tunnel to HOST:PORT. Neither takes longer than the
    /// budget, nor lasts beyond `until`.
    [[nodiscard]] net::Task<net::Tunnel> open(net::Socket& socket, net::Recorder& recorder, std::string authority,
                                              const net::DialOptions& dial, net::Clock::time_point until);

  private:
    /// What the proxy thinks of the credentials.
    enum class Standing : std::uint8_t { unknown, accepted, refused };

    [[nodiscard]] net::Task<void> find();
    [[nodiscard]] net::Task<void> try_addresses(const std::vector<Address>& addresses);
    [[nodiscard]] net::Task<bool> takes_the_risk();
    [[nodiscard]] static Standing standing_after(const net::Tunnel& tunnel);

    net::Context& context_;
    net::Resolver& resolver_;
    ProxySettings settings_;
    net::DialOptions dial_;
    net::Clock::duration budget_;

    ProxyTrial trial_;
    bool begun_ = false;
    bool ended_ = false;
    net::Condition tried_;

    Standing standing_ = Standing::unknown;
    bool asking_ = false;  ///< somebody is finding out
    net::Condition answered_;
};

/// The proxies of a run: its own, and those that a site's device uses for some of what it asks.
class Proxies {
  public:
    /// `own`: what all TCP checks go through that have no proxy of their own; nothing: they go straight.
    Proxies(net::Context& context, net::Resolver& resolver, const std::optional<ProxySettings>& own,
            net::DialOptions dial, net::Clock::duration budget);

    /// nullptr: the check goes straight.
    [[nodiscard]] Proxy* of(const Check& check);

  private:
    net::Context& context_;
    net::Resolver& resolver_;
    net::DialOptions dial_;
    net::Clock::duration budget_;
    std::unique_ptr<Proxy> own_;
    std::map<std::string, std::unique_ptr<Proxy>> of_checks_;  ///< by their URL
};

}  // namespace fdnprobe::engine
