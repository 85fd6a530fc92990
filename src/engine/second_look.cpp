#include "engine/second_look.hpp"

#include <deque>
#include <string>
#include <utility>

#include "engine/turn.hpp"
#include "judge/attempt.hpp"
#include "judge/changes.hpp"
#include "judge/judge.hpp"
#include "net/condition.hpp"
#include "net/recorder.hpp"
#include "net/socket.hpp"
#include "probes/http_date.hpp"
#include "probes/registry.hpp"

namespace fdnprobe::engine {
namespace {

using net::Clock;
using net::Outcome;

/// What is found out for one result. It lives apart from the results until all of it is in: until then the locator may
/// be reading them.
struct Job {
    CheckResult& result;
    std::size_t attempt = 0;
    bool follows = false;                 ///< its way is looked at
    std::vector<Comparison> comparisons;  ///< each is written to while it is made; never resized
    std::shared_ptr<const PathFacts> path;
    std::size_t under_way = 0;
};

/// What a comparison says of itself in reports.
std::string text_of(Change change) {
    switch (change) {
        case Change::other_name: return std::string(judge::other_name);
        case Change::small_segments: return std::to_string(judge::small_segment) + " bytes";
        case Change::no_name:
        case Change::http_date:
        case Change::unchanged:
        case Change::other_address: break;
    }
    return {};
}

TalkSettings settings_for(Change change, TalkSettings settings) {
    settings.until = Clock::now() + settings.stage_budget;
    if (change == Change::other_name) settings.server_name = std::string(judge::other_name);
    if (change == Change::no_name) settings.server_name = std::string();
    if (change == Change::small_segments) settings.dial.segment = judge::small_segment;
    return settings;
}

/// That the certificate is out of date is known already where the time is asked for.
Check check_judged(const Check& check, Change change) {
    Check judged = check;
    if (change == Change::http_date) judged.trust.any = true;
    return judged;
}

class SecondLooks {
  public:
    SecondLooks(const SecondLook& look, std::vector<CheckResult>& results,
                const std::function<void(const CheckResult&)>& done)
        : look_(look),
          results_(results),
          done_(done),
          locator_(look.context, {look.talk.dial, look.talk.stage_budget}),
          settled_(look.context) {}

    net::Task<void> run(const std::vector<std::size_t>& open) {
        for (const std::size_t index : open) prepare(results_[index]);
        for (Job& job : jobs_) start(job);
        while (unsettled_ > 0) {
            const Outcome waited = co_await settled_.wait();
            // A stopped run still waits for what is ending.
            if (waited == Outcome::stopped) co_await look_.context.turn();
        }
    }

  private:
    void prepare(CheckResult& result) {
        const judge::Further further = judge::further_evidence(result, look_.locate, look_.resolvers);
        if (look_.context.stopped() || !further.any() || !result.conclusion.attempt) {
            if (done_) done_(result);
            return;
        }
        Job& job = jobs_.emplace_back(Job{result, *result.conclusion.attempt, further.path, {}, nullptr, 0});
        const Attempt& attempt = result.attempts[job.attempt];
        for (const Change change : further.changes) {
            Comparison& comparison = job.comparisons.emplace_back();
            comparison.change = change;
            comparison.with = text_of(change);
            comparison.attempt.destination = attempt.destination;
            comparison.attempt.proxy = attempt.proxy;
        }
        for (const Address& address : further.addresses) {
            Comparison& comparison = job.comparisons.emplace_back();
            comparison.change = Change::other_address;
            comparison.with = address.to_string();
            comparison.attempt.destination = SocketAddress{address, result.check.dial_port};
            comparison.attempt.proxy = attempt.proxy;
        }
        job.under_way = job.comparisons.size() + (further.path ? 1 : 0);
        ++unsettled_;
    }

    void start(Job& job) {
        const auto ended = [this, &job](const std::exception_ptr& failure) {
            net::rethrow(failure);
            if (--job.under_way == 0) settle(job);
        };
        if (job.follows) asio::co_spawn(look_.context.io, follow(job), ended);
        for (Comparison& comparison : job.comparisons)
            asio::co_spawn(look_.context.io, compare(job, comparison), ended);
    }

    net::Task<void> follow(Job& job) {
        const std::span<const CheckResult> all(results_);
        std::shared_ptr<const PathFacts> path = co_await locator_.follow(job.result, job.attempt, all);
        job.path = std::move(path);
    }

    net::Task<void> compare(Job& job, Comparison& comparison) {
        Attempt& attempt = comparison.attempt;
        const Check& check = job.result.check;
        net::Context& context = look_.context;
        const bool entered = co_await await_turn(context, look_.pacing, look_.pace_loopback, attempt);
        if (!entered) co_return;
        const probes::Probe& probe =
            comparison.change == Change::http_date ? probes::http_date : *probes::find(check.probe);
        const TalkSettings settings = settings_for(comparison.change, look_.talk);
        const probes::Occasion occasion = occasion_of(context, settings, check, attempt);
        net::Recorder recorder(context, attempt);
        {
            net::Socket socket(context);
            co_await talk(settings, check, probe, occasion, socket, recorder);
        }
        context.descriptors.leave();
        if (context.stopped()) recorder.note(What::cancelled, 0, 0, "the run was ended");
        attempt.finding = judge::judge_attempt_with(probe.judge, check_judged(check, comparison.change), attempt);
    }

    /// All of it is in.
    void settle(Job& job) {
        CheckResult& result = job.result;
        // What the end of the run came before was never made.
        std::erase_if(job.comparisons, [](const Comparison& one) { return one.attempt.evidence.empty(); });
        if (job.path || !job.comparisons.empty()) {
            Attempt& attempt = result.attempts[job.attempt];
            attempt.path = std::move(job.path);
            attempt.comparisons = std::move(job.comparisons);
            result.conclusion = judge::conclude(result.check, result.attempts);
        }
        if (done_) done_(result);
        --unsettled_;
        settled_.announce();
    }

    const SecondLook& look_;
    std::vector<CheckResult>& results_;
    const std::function<void(const CheckResult&)>& done_;
    Locator locator_;
    net::Condition settled_;
    std::deque<Job> jobs_;
    std::size_t unsettled_ = 0;
};

}  // namespace

net::Task<void> look_again(const SecondLook& look, std::vector<CheckResult>& results, std::vector<std::size_t> open,
                           const std::function<void(const CheckResult&)>& done) {
    SecondLooks looks(look, results, done);
    co_await looks.run(open);
}

}  // namespace fdnprobe::engine
