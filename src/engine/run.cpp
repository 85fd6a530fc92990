#include "engine/run.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "engine/race.hpp"
#include "engine/responders.hpp"
#include "engine/second_look.hpp"
#include "engine/survey.hpp"
#include "judge/judge.hpp"
#include "judge/sinkhole.hpp"
#include "net/condition.hpp"
#include "probes/dns_question.hpp"
#include "probes/registry.hpp"
#include "wire/dns_name.hpp"

namespace fdnprobe::engine {
namespace {

using net::Clock;
using net::Outcome;

/// Modest: a site's whole table is a few dozen attempts, and a thousand packets a second are nothing to any router. All
/// checks that may be in flight at once may begin at once.
constexpr double default_rate = 1000;

/// Would another try tell more? Silence may have been a lost packet; an explicit answer stays what it is.
bool worth_repeating(Cause cause) {
    switch (cause) {
        case Cause::timeout:
        case Cause::no_reply:
        case Cause::hello_timeout:
        case Cause::no_answer:
        case Cause::no_banner:
        case Cause::dns_timeout: return true;
        default: return false;
    }
}

/// There is no address, and no resolver has said why.
bool stayed_unanswered(const net::Resolution& resolution) {
    return resolution.addresses.empty() && !resolution.stopped &&
           std::any_of(resolution.evidence.begin(), resolution.evidence.end(),
                       [](const Event& event) { return event.what == What::resolve_timeout; });
}

class Runner {
  public:
    Runner(net::Context& context, net::Resolver& resolver, std::vector<Check> checks, const RunSettings& settings)
        : context_(context),
          resolver_(resolver),
          checks_(std::move(checks)),
          settings_(settings),
          pacing_(settings.rate.value_or(default_rate),
                  settings.rate ? std::max(1.0, *settings.rate / 10) : static_cast<double>(settings.concurrency)),
          all_done_(context),
          results_(checks_.size()),
          talk_(settings.talk),
          proxies_(context, resolver, settings.proxy, settings.talk.dial, settings.talk.stage_budget) {
        talk_.proxies = &proxies_;
    }

    net::Task<RunResult> run() {
        net::Timer deadline(context_.io);
        if (settings_.deadline) {
            deadline.expires_at(context_.origin + *settings_.deadline);
            deadline.async_wait([this](const asio::error_code& error) {
                if (!error) context_.stop();
            });
        }
        const SurveySettings asked = survey_settings();
        std::optional<Survey> survey;
        bool surveyed = asked.empty();
        if (!surveyed) {
            survey.emplace(context_, pacing_, asked);
            asio::co_spawn(context_.io, survey->run(), [this, &surveyed](const std::exception_ptr& failure) {
                net::rethrow(failure);
                surveyed = true;
                all_done_.announce();
            });
        }
        const std::size_t count = std::min(settings_.concurrency, checks_.size());
        workers_ += count;
        for (std::size_t index = 0; index < count; ++index) {
            asio::co_spawn(context_.io, work(), [this](const std::exception_ptr& failure) {
                net::rethrow(failure);
                --workers_;
                all_done_.announce();
            });
        }
        while (workers_ > 0) {
            const Outcome waited = co_await all_done_.wait();
            // After a stop the workers are ending on their own.
            if (waited == Outcome::stopped) co_await context_.turn();
        }
        if (survey) survey->checks_ended();
        const SecondLook look{context_,         talk_,
                              pacing_,          settings_.rate.has_value(),
                              settings_.locate, survey ? survey->facts() : ResolverFacts()};
        co_await look_again(look, results_, std::move(open_), settings_.on_result);
        while (!surveyed) {
            const Outcome waited = co_await all_done_.wait();
            if (waited == Outcome::stopped) co_await context_.turn();
        }
        if (survey) result_.resolvers = survey->facts();
        deadline.cancel();
        result_.checks = std::move(results_);
        co_return std::move(result_);
    }

  private:
    /// Takes one check after the other until none is left.
    net::Task<void> work() {
        while (next_ < checks_.size()) {
            const std::size_t index = next_++;
            CheckResult& result = results_[index];
            result.check = std::move(checks_[index]);
            if (result.check.skip)
                result.conclusion = judge::conclude_skipped(result.check);
            else if (context_.stopped())
                result.conclusion = judge::conclude_interrupted(result.check);
            else
                co_await check(result);
            if (!context_.stopped() && judge::may_want_further_evidence(result, settings_.locate))
                open_.push_back(index);
            else if (settings_.on_result)
                settings_.on_result(result);
        }
    }

    /// What the resolvers are asked beside the checks: the public names that these need. A site's own names may mean
    /// different things to different resolvers, and are nobody's business but the one's that serves them.
    [[nodiscard]] SurveySettings survey_settings() const {
        SurveySettings asked;
        const bool proxy_resolves = settings_.proxy && settings_.proxy->resolves_names;
        std::set<std::string_view> known;
        for (const Check& check : checks_) {
            if (check.skip) continue;
            // A DNS server that answers proves more where nobody answers in its place.
            if (check.probe == "dns" && asked.blackhole_name.empty())
                asked.blackhole_name = probes::dns_question(check).name;
            if (!check.public_name || !check.pinned.empty() || proxy_resolves || !wire::dns::is_name(check.host))
                continue;
            if (known.insert(check.host).second) asked.names.push_back(check.host);
        }
        if (!asked.names.empty()) asked.blackhole_name = asked.names.front();
        if (settings_.blackhole && !asked.blackhole_name.empty())
            asked.blackhole = SocketAddress{*settings_.blackhole, settings_.blackhole_port};
        if (!asked.names.empty()) asked.resolvers = resolver_.server_addresses();
        asked.dial = settings_.talk.dial;
        asked.budget = settings_.talk.stage_budget;
        asked.seed = settings_.talk.seed;
        asked.pace_loopback = settings_.rate.has_value();
        asked.ipv4 = resolver_.asks_ipv4();
        asked.ipv6 = resolver_.asks_ipv6();
        return asked;
    }

    net::Task<void> check(CheckResult& result) {
        const probes::Probe* probe = probes::find(result.check.probe);
        std::vector<Address> addresses = result.check.pinned;
        std::vector<Event> evidence;
        std::chrono::nanoseconds resolve_time{};
        const ProxyTrial* way = nullptr;
        Proxy* const proxy = proxies_.of(result.check);
        if (proxy != nullptr) {
            way = co_await proxy->trial();
            if (way->stopped) {
                result.conclusion = judge::conclude_interrupted(result.check);
                co_return;
            }
            if (!way->up) {
                give_up_at(*way, result);
                co_return;
            }
        }
        const bool proxy_resolves = way != nullptr && proxy->resolves_names() && addresses.empty();
        const bool on_segment = result.check.transport() == Transport::ethernet;
        if (on_segment) {
            addresses.clear();  // the peer's only tells the interface
        } else if (!addresses.empty()) {
            Event& event = evidence.emplace_back();
            event.at = context_.now();
            event.stage = Stage::resolve;
            event.what = result.check.host_is_address ? What::resolve_literal : What::resolve_pinned;
            event.from = addresses.front();
        } else if (!proxy_resolves) {
            const auto resolution = co_await look_up(result.check);
            evidence = resolution->evidence;
            resolve_time = resolution->took;
            // An answer that cannot be the service's is evidence, and no place to send anything to. What stands in this
            // host's own hosts file was put there by whoever runs it.
            const bool own = std::any_of(evidence.begin(), evidence.end(),
                                         [](const Event& event) { return event.what == What::resolve_hosts; });
            for (const Address& address : resolution->addresses)
                if (own || !result.check.public_name || !judge::is_sinkhole(address, result.check))
                    addresses.push_back(address);
            if (resolution->stopped) {
                result.conclusion = judge::conclude_interrupted(result.check);
                co_return;
            }
        }
        if (addresses.empty() && !proxy_resolves && !on_segment) {
            Attempt& attempt = result.attempts.emplace_back();
            attempt.evidence = std::move(evidence);
            attempt.timing.resolve = resolve_time;
            attempt.timing.total = resolve_time;
        } else {
            for (int round = 0; round <= settings_.retries && !context_.stopped(); ++round) {
                Race race(context_, talk_, pacing_, settings_.rate.has_value(), result.check, *probe,
                          way == nullptr ? std::nullopt : way->address,
                          may_have_responder(result.check) ? &responders_ : nullptr);
                std::vector<Attempt> attempts =
                    co_await race.run(addresses, evidence, resolve_time, settings_.all_addresses);
                if (result.attempts.empty())
                    result.attempts = std::move(attempts);
                else
                    std::move(attempts.begin(), attempts.end(), std::back_inserter(result.attempts));
                result.conclusion = judge::conclude(result.check, result.attempts);
                if (!worth_repeating(result.conclusion.cause)) break;
            }
            co_return;
        }
        result.conclusion = judge::conclude(result.check, result.attempts);
    }

    /// Silence of the resolvers is asked again, as silence of the far end is.
    net::Task<std::shared_ptr<const net::Resolution>> look_up(const Check& check) {
        std::shared_ptr<const net::Resolution> resolution = co_await resolver_.resolve(check.host, check.public_name);
        for (int round = 0; round < settings_.retries && stayed_unanswered(*resolution); ++round) {
            resolver_.forget(check.host, check.public_name, resolution);
            resolution = co_await resolver_.resolve(check.host, check.public_name);
        }
        co_return resolution;
    }

    /// The proxy cannot be reached, which is known from one try and holds for every check that needs it.
    static void give_up_at(const ProxyTrial& trial, CheckResult& result) {
        Attempt& attempt = result.attempts.emplace_back();
        attempt.proxy = trial.address;
        attempt.local = trial.local;
        attempt.evidence = trial.evidence;
        attempt.timing.connect = trial.took;
        attempt.timing.total = trial.took;
        result.conclusion = judge::conclude(result.check, result.attempts);
    }

    net::Context& context_;
    net::Resolver& resolver_;
    std::vector<Check> checks_;
    const RunSettings& settings_;
    Pacing pacing_;
    net::Condition all_done_;
    std::vector<CheckResult> results_;
    std::size_t next_ = 0;
    std::vector<std::size_t> open_;  ///< indices of results that want a second look
    RunResult result_;
    std::size_t workers_ = 0;
    TalkSettings talk_;
    Proxies proxies_;
    Responders responders_;
};

}  // namespace

net::Task<RunResult> run(net::Context& context, net::Resolver& resolver, std::vector<Check> checks,
                         const RunSettings& settings) {
    Runner runner(context, resolver, std::move(checks), settings);
    RunResult result = co_await runner.run();
    co_return result;
}

}  // namespace fdnprobe::engine
