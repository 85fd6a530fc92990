#include "engine/survey.hpp"

#include <algorithm>
#include <utility>

#include "wire/dns.hpp"

namespace fdnprobe::engine {
namespace {

namespace dns = wire::dns;
using net::Clock;
using net::Outcome;

/// The C library uses three; whoever lists more has a reason, and nobody lists dozens.
constexpr std::size_t most_resolvers = 6;
/// A whole table has a few dozen names.
constexpr std::size_t most_names = 60;
/// How many truncated answers are asked for again over TCP, at each resolver: two show what there is to see.
constexpr std::size_t most_repeated = 2;
/// What is left for second answers when the checks have ended: the way to the other side of the world and back.
constexpr auto grace = std::chrono::milliseconds(300);

}  // namespace

Survey::Survey(net::Context& context, Pacing& pacing, const SurveySettings& settings)
    : context_(context), pacing_(pacing), settings_(settings), changed_(context) {
    if (settings_.resolvers.size() > most_resolvers) settings_.resolvers.resize(most_resolvers);
    if (settings_.names.size() > most_names) settings_.names.resize(most_names);
}

void Survey::spawn(net::Task<void> task) {
    ++running_;
    asio::co_spawn(context_.io, std::move(task), [this](const std::exception_ptr& failure) {
        net::rethrow(failure);
        --running_;
        changed_.announce();
    });
}

net::DnsServer Survey::server_at(const SocketAddress& address) {
    // Far enough apart for all ids of one server.
    constexpr std::uint64_t stride = 1U << 20U;
    return {address, settings_.dial, settings_.seed + stride * ++servers_};
}

std::unique_ptr<net::DnsOverUdp> Survey::client_for(const net::DnsServer& server) {
    auto client = std::make_unique<net::DnsOverUdp>(context_, server);
    if (settings_.pace_loopback || !server.address.address.is_loopback())
        client->pace = [this](Clock::time_point now) { return pacing_.take(now); };
    return client;
}

net::Task<void> Survey::ask_over_tcp(net::DnsServer server, std::string name, std::uint16_t type) {
    if (settings_.pace_loopback || !server.address.address.is_loopback()) {
        const auto delay = pacing_.take(Clock::now());
        if (Clock::now() + delay >= limit_) co_return;
        if (delay > Clock::duration::zero()) {
            const bool go_on = co_await context_.sleep(delay);
            if (!go_on) co_return;
        }
    }
    DnsQuestion question = co_await net::ask_over_tcp(context_, std::move(server), std::move(name), type, limit_);
    over_tcp_.push_back(std::move(question));
}

void Survey::ask_resolver(const SocketAddress& address) {
    const net::DnsServer server = server_at(address);
    net::DnsOverUdp& client = *clients_.emplace_back(client_for(server));
    std::vector<std::uint16_t> types;
    if (settings_.ipv4) types.push_back(dns::type_a);
    if (settings_.ipv6) types.push_back(dns::type_aaaa);
    if (types.empty()) return;
    for (const std::string& name : settings_.names)
        for (const std::uint16_t type : types) client.ask(name, type);
    client.leading = types.size();
    const std::string& first = settings_.names.front();
    client.on_answer = [this, server, first, first_type = types.front(),
                        repeated = std::size_t{0}](const DnsQuestion& question) mutable {
        const bool asked_already = question.name == first && question.type == first_type;
        if (!question.truncated || asked_already || repeated == most_repeated) return;
        ++repeated;
        spawn(ask_over_tcp(server, question.name, static_cast<std::uint16_t>(question.type)));
    };
    spawn(client.run(limit_));
    spawn(ask_over_tcp(server, first, types.front()));
}

void Survey::ask_blackhole() {
    blackhole_ = client_for(server_at(*settings_.blackhole));
    blackhole_->expects_silence = true;
    blackhole_->ask(settings_.blackhole_name, dns::type_a);
    spawn(blackhole_->run(limit_));
}

net::Task<void> Survey::run() {
    limit_ = Clock::now() + settings_.budget;
    if (!settings_.names.empty())
        for (const SocketAddress& address : settings_.resolvers) ask_resolver(address);
    if (settings_.blackhole) ask_blackhole();
    while (running_ > 0) {
        const Outcome waited = co_await changed_.wait();
        // After a stop all of them are ending on their own.
        if (waited == Outcome::stopped) co_await context_.turn();
    }
}

void Survey::checks_ended() {
    for (const auto& client : clients_) client->hurry(grace);
    if (blackhole_) blackhole_->hurry(grace);
}

ResolverFacts Survey::facts() const {
    ResolverFacts facts;
    for (const auto& client : clients_)
        for (DnsQuestion& question : client->questions()) facts.questions.push_back(std::move(question));
    const auto over_udp = static_cast<std::ptrdiff_t>(facts.questions.size());
    facts.questions.insert(facts.questions.end(), over_tcp_.begin(), over_tcp_.end());
    // By when they were asked: the order in which connections end is chance.
    std::sort(facts.questions.begin() + over_udp, facts.questions.end(),
              [](const DnsQuestion& one, const DnsQuestion& other) { return one.at < other.at; });
    if (blackhole_) facts.blackhole = blackhole_->questions();
    return facts;
}

}  // namespace fdnprobe::engine
