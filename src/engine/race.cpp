#include "engine/race.hpp"

#include <algorithm>
#include <utility>

#include "engine/turn.hpp"
#include "judge/judge.hpp"
#include "probes/responder.hpp"

namespace fdnprobe::engine {
namespace {

using net::Clock;
using net::Outcome;

/// All head starts of a check together: enough for an answer from the other side of the world, and little beside a
/// stage's budget, so that a check with many dead addresses takes no longer than one with a single one.
constexpr auto all_head_starts = std::chrono::milliseconds(200);

/// Long enough for a reply from the other side of the world, and little beside a stage's budget.
constexpr auto responder_head_start = std::chrono::milliseconds(500);

/// The transport was up and nothing came of it, neither an answer nor an end.
bool kept_silent(const Attempt& attempt) {
    for (const What what : {What::received, What::closed, What::reset, What::icmp_error, What::send_error})
        if (attempt.find(what) != nullptr) return false;
    return attempt.find(What::connect_ok) != nullptr && attempt.find(What::silent) != nullptr;
}

/// Whom the attempt was meant for; a frame has no such address, but its peer may have one.
std::optional<Address> place_of(const Check& check, const Attempt& attempt) {
    if (attempt.destination) return attempt.destination->address;
    if (check.transport() == Transport::ethernet && !check.pinned.empty()) return check.pinned.front();
    return std::nullopt;
}

/// That no responder was there is no news of the service.
bool says_nothing(const Finding& finding) {
    const Verdict verdict = verdict_of(finding.cause);
    return verdict == Verdict::inconclusive || verdict == Verdict::skipped;
}

}  // namespace

net::Task<void> Race::attempt(Lane& lane, Runner& runner) {
    runner.begun = true;
    net::Recorder recorder(context_, runner.attempt);
    const bool entered = co_await await_turn(context_, pacing_, pace_loopback_, runner.attempt);
    if (entered && !over(lane)) {
        const probes::Occasion occasion = occasion_of(context_, settings_, check_, runner.attempt);
        {
            net::Socket socket(context_);
            runner.socket = &socket;
            co_await talk(settings_, check_, runner.probe, occasion, socket, recorder);
            runner.socket = nullptr;
        }
        if (runner.attempt.responder && kept_silent(runner.attempt) && !over(lane))
            co_await look_for_arrivals(runner, occasion, recorder);
    }
    if (entered) context_.descriptors.leave();
    if (context_.stopped() || over(lane)) {
        runner.attempt.abandoned = !context_.stopped();
        recorder.note(What::cancelled, 0, 0,
                      context_.stopped() ? "the run was ended"
                      : lane.won         ? "another attempt had answered"
                                         : "another address had answered");
    }
    // Alone, it has nobody to win against, and the conclusion judges every attempt in any case.
    if (lanes_.size() > 1 || lane.responder != nullptr)
        runner.attempt.finding = judge::judge_attempt(check_, runner.attempt);
}

/// The reply may be lost where the request was not.
net::Task<void> Race::look_for_arrivals(Runner& runner, const probes::Occasion& occasion, net::Recorder& recorder) {
    const auto place = place_of(check_, runner.attempt);
    const auto asked_at = place ? responders_->at(*place) : std::nullopt;
    if (!asked_at) co_return;
    net::Socket socket(context_);
    runner.socket = &socket;
    co_await ask_arrivals(settings_, check_, occasion, *asked_at, socket, recorder);
    runner.socket = nullptr;
}

/// An attempt has ended: was it the answer?
void Race::settle(Lane& lane, Runner& runner) {
    const Attempt& attempt = runner.attempt;
    if (attempt.abandoned || verdict_of(attempt.finding.cause) != Verdict::reachable) return;
    if (responders_ != nullptr && attempt.responder && !attempt.proxy && attempt.destination &&
        check_.transport() == Transport::tcp)
        responders_->confirm(*attempt.destination);
    lane.won = true;
    end(lane);
    if (won_) return;
    won_ = true;
    if (!keep_all_)
        for (Lane& other : lanes_) end(other);
}

void Race::end(Lane& lane) {
    if (lane.service.socket != nullptr) lane.service.socket->stop();
    if (lane.responder != nullptr && lane.responder->socket != nullptr) lane.responder->socket->stop();
}

/// Until the responder's attempt has ended, or has had its head start on a transport that is up: without one, the
/// service would not be reached either.
net::Task<void> Race::hear_responder(Lane& lane) {
    Runner& runner = *lane.responder;
    asio::co_spawn(context_.io, attempt(lane, runner), [this, &lane, &runner](const std::exception_ptr& failure) {
        net::rethrow(failure);
        settle(lane, runner);
        runner.ended = true;
        changed_.announce();
    });
    auto next_look = Clock::now() + responder_head_start;
    while (!runner.ended) {
        const Outcome waited = co_await changed_.wait(next_look);
        if (waited == Outcome::stopped) co_await context_.turn();
        if (Clock::now() < next_look) continue;
        if (runner.attempt.find(What::connect_ok) != nullptr) break;
        next_look += responder_head_start;
    }
}

net::Task<void> Race::run_lane(Lane& lane) {
    if (lane.responder != nullptr) {
        co_await hear_responder(lane);
        const bool open = !lane.responder->ended || says_nothing(lane.responder->attempt.finding);
        if (!open || over(lane) || lane.service.probe.description.responder_only) {
            while (!lane.responder->ended) {
                const Outcome waited = co_await changed_.wait();
                if (waited == Outcome::stopped) co_await context_.turn();
            }
            co_return;
        }
    }
    co_await attempt(lane, lane.service);
    settle(lane, lane.service);
    while (lane.responder != nullptr && !lane.responder->ended) {
        const Outcome waited = co_await changed_.wait();
        if (waited == Outcome::stopped) co_await context_.turn();
    }
}

void Race::launch(Lane& lane) {
    ++running_;
    asio::co_spawn(context_.io, run_lane(lane), [this](const std::exception_ptr& failure) {
        net::rethrow(failure);
        --running_;
        changed_.announce();
    });
}

net::Task<std::vector<Attempt>> Race::run(const std::vector<Address>& addresses, const std::vector<Event>& resolution,
                                          std::chrono::nanoseconds resolve_time, bool all_addresses) {
    keep_all_ = all_addresses;
    const std::size_t count = std::max<std::size_t>(1, addresses.size());
    lanes_.reserve(count);
    for (std::size_t index = 0; index < count; ++index) {
        Lane& lane = lanes_.emplace_back(probe_);
        Attempt& attempt = lane.service.attempt;
        if (!addresses.empty()) attempt.destination = SocketAddress{addresses[index], check_.dial_port};
        attempt.proxy = proxy_;
        attempt.evidence.reserve(resolution.size() + 4);  // what a plain connect adds
        attempt.evidence.assign(resolution.begin(), resolution.end());
        attempt.timing.resolve = resolve_time;
        if (responders_ == nullptr) continue;
        lane.responder = std::make_unique<Runner>(probes::responder);
        lane.responder->attempt = attempt;
        lane.responder->attempt.responder = true;
    }
    std::size_t launched = 0;
    if (lanes_.size() == 1 && responders_ == nullptr) {
        co_await attempt(lanes_.front(), lanes_.front().service);
    } else if (lanes_.size() == 1) {
        co_await run_lane(lanes_.front());
    } else {
        const auto head_start = all_head_starts / static_cast<long>(lanes_.size() - 1);
        std::size_t running_before = 0;
        auto next_launch = Clock::now();
        for (;;) {
            const bool more = launched < lanes_.size() && (!won_ || keep_all_) && !context_.stopped();
            const bool fell = running_ < running_before;
            if (more && (keep_all_ || fell || launched == 0 || Clock::now() >= next_launch)) {
                next_launch = Clock::now() + head_start;
                launch(lanes_[launched++]);
                running_before = running_;
                continue;
            }
            running_before = running_;
            if (running_ == 0) break;
            const Clock::time_point limit = more ? next_launch : Clock::time_point::max();
            const Outcome waited = co_await changed_.wait(limit);
            // A stopped run still waits for its attempts, which are ending.
            if (waited == Outcome::stopped) co_await context_.turn();
        }
    }
    std::vector<Attempt> attempts;
    for (Lane& lane : lanes_) {
        if (lane.responder != nullptr && lane.responder->begun) attempts.push_back(std::move(lane.responder->attempt));
        if (lane.service.begun) attempts.push_back(std::move(lane.service.attempt));
    }
    co_return attempts;
}

}  // namespace fdnprobe::engine
