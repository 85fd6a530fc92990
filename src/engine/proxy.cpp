#include "engine/proxy.hpp"

#include <algorithm>
#include <utility>

namespace fdnprobe::engine {

using net::Clock;
using net::Outcome;

net::Task<const ProxyTrial*> Proxy::trial() {
    if (!begun_) {
        begun_ = true;
        const Clock::time_point began = Clock::now();
        co_await find();
        trial_.took = Clock::now() - began;
        ended_ = true;
        tried_.announce();
    }
    while (!ended_) {
        const Outcome waited = co_await tried_.wait();
        // A stopped run still waits for the trial, which is ending.
        if (waited == Outcome::stopped) co_await context_.turn();
    }
    co_return &trial_;
}

net::Task<void> Proxy::find() {
    std::vector<Address> addresses;
    if (const auto literal = Address::parse(settings_.address.host)) {
        addresses.push_back(*literal);
    } else {
        const auto resolution = co_await resolver_.resolve(settings_.address.host);
        trial_.evidence = resolution->evidence;
        for (Event& event : trial_.evidence) event.stage = Stage::proxy;
        trial_.stopped = resolution->stopped;
        addresses = resolution->addresses;
    }
    if (trial_.stopped || addresses.empty()) co_return;
    const bool entered = co_await context_.descriptors.enter();
    trial_.stopped = !entered;
    if (!entered) co_return;
    co_await try_addresses(addresses);
    context_.descriptors.leave();
}

/// The first address that accepts is the proxy from then on. When none does, the last at which a packet was sent says
/// more than one that this host has no way to.
net::Task<void> Proxy::try_addresses(const std::vector<Address>& addresses) {
    const std::vector<Event> resolution = trial_.evidence;
    for (const Address& address : addresses) {
        const SocketAddress place{address, settings_.address.port};
        Attempt attempt;
        net::Recorder recorder(context_, attempt);
        net::Socket socket(context_);
        const Outcome outcome = co_await net::connect_tcp(socket, place, dial_, recorder, budget_, Stage::proxy);
        if (outcome == Outcome::stopped) {
            trial_.stopped = true;
            co_return;
        }
        trial_.up = outcome == Outcome::ok;
        if (trial_.up || attempt.local || !trial_.address) {
            trial_.address = place;
            trial_.local = attempt.local;
            trial_.evidence = resolution;
            trial_.evidence.insert(trial_.evidence.end(), attempt.evidence.begin(), attempt.evidence.end());
        }
        if (trial_.up) co_return;
    }
}

/// Whether the caller is the one who finds out what the proxy thinks of the credentials; waits while somebody else
/// does.
net::Task<bool> Proxy::takes_the_risk() {
    if (settings_.credentials.empty()) co_return false;
    while (standing_ == Standing::unknown && asking_) {
        const Outcome waited = co_await answered_.wait();
        if (waited == Outcome::stopped) co_return false;
    }
    if (standing_ != Standing::unknown) co_return false;
    asking_ = true;
    co_return true;
}

Proxy::Standing Proxy::standing_after(const net::Tunnel& tunnel) {
    constexpr int wants_credentials = 407;
    if (tunnel.status == wants_credentials) return Standing::refused;
    // It has gone to the destination, or is on its way there, which it would not for somebody unknown. A 403 may come
    // before anybody has looked at the credentials.
    const bool went = (tunnel.status >= 200 && tunnel.status < 300) || (tunnel.status >= 502 && tunnel.status <= 504);
    return went || tunnel.outcome == Outcome::expired ? Standing::accepted : Standing::unknown;
}

net::Task<net::Tunnel> Proxy::open(net::Socket& socket, net::Recorder& recorder, std::string authority,
                                   const net::DialOptions& dial, Clock::time_point until) {
    const SocketAddress place = *recorder.attempt().proxy;
    const bool finds_out = co_await takes_the_risk();
    net::TunnelRequest request;
    request.authority = std::move(authority);
    if (!settings_.credentials.empty()) {
        request.use = standing_ == Standing::refused ? net::Credentials::withheld : net::Credentials::sent;
        if (request.use == net::Credentials::sent) request.credentials = settings_.credentials;
    }
    net::Tunnel tunnel;
    const Clock::duration left = std::min(budget_, until - Clock::now());
    tunnel.outcome = co_await net::connect_tcp(socket, place, dial, recorder, left, Stage::proxy);
    const bool connected = tunnel.outcome == Outcome::ok;
    const Clock::time_point limit = std::min(Clock::now() + budget_, until);
    if (connected) tunnel = co_await net::open_tunnel(socket, request, limit, recorder);
    if (finds_out) {
        if (connected) standing_ = standing_after(tunnel);
        asking_ = false;
        answered_.announce();
    }
    co_return tunnel;
}

Proxies::Proxies(net::Context& context, net::Resolver& resolver, const std::optional<ProxySettings>& own,
                 net::DialOptions dial, net::Clock::duration budget)
    : context_(context), resolver_(resolver), dial_(std::move(dial)), budget_(budget) {
    if (own) own_ = std::make_unique<Proxy>(context_, resolver_, *own, dial_, budget_);
}

Proxy* Proxies::of(const Check& check) {
    if (check.transport() != Transport::tcp) return nullptr;
    if (!check.proxy) return own_.get();
    std::unique_ptr<Proxy>& proxy = of_checks_[check.proxy->to_string()];
    // The device has its credentials, and this host has not been given them.
    if (!proxy)
        proxy = std::make_unique<Proxy>(context_, resolver_, ProxySettings{*check.proxy, {}, false}, dial_, budget_);
    return proxy.get();
}

}  // namespace fdnprobe::engine
