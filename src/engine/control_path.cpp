#include "engine/control_path.hpp"

#include <algorithm>
#include <utility>

namespace fdnprobe::engine {
namespace {

using net::Clock;

/// The whole way, and some hops again: what is left is for the flow under test.
constexpr std::size_t most_control_packets = 40;

/// Many checks may ask for the same hop; one answer this often is enough for all of them.
constexpr auto between_requests = std::chrono::milliseconds(300);

/// Where it has an answer already, others come first: they would wait for a device that has none left.
constexpr double left_to_tested = 1;

}  // namespace

void ControlPath::join(const std::shared_ptr<ControlPath>& path, const FlowLog& user, Clock::time_point limit,
                       Clock::duration most_patience) {
    path->users_.insert(&user);
    path->limit_ = std::max(path->limit_, limit);
    path->most_patience_ = most_patience;
    if (path->running_) {
        path->wake_.announce();
        return;
    }
    path->running_ = true;
    asio::co_spawn(path->context_.io, work(path), net::rethrow);
}

void ControlPath::leave(const FlowLog& user) {
    users_.erase(&user);
    if (!users_.empty()) return;
    requests_.clear();
    asker_.stop();
    wake_.announce();
}

void ControlPath::request(int hop) {
    requests_.insert(hop);
    wake_.announce();
}

Flow ControlPath::facts() const {
    Flow flow;
    flow.transport = asker_.flow().transport;
    flow.destination = asker_.flow().destination;
    flow.source_port = asker_.flow().source.port;
    flow.probes = log_.probes();
    return flow;
}

std::optional<Address> ControlPath::device_at(int hop) const {
    const HopProbe* const answer = log_.answer(hop);
    return answer != nullptr && answer->answer == HopAnswer::time_exceeded ? answer->from : std::nullopt;
}

bool ControlPath::may_send() const {
    if (log_.packets() >= most_control_packets) return false;
    return std::all_of(users_.begin(), users_.end(),
                       [&](const FlowLog* user) { return user->packets() + log_.packets() < most_packets; });
}

std::vector<Wish> ControlPath::requested(Clock::time_point& next) const {
    std::vector<Wish> wishes;
    for (const int hop : requests_) {
        const HopProbe* const last = log_.last(hop);
        const Clock::time_point due =
            last == nullptr ? Clock::time_point{} : context_.origin + last->at + between_requests;
        if (due <= Clock::now())
            wishes.push_back(Wish{hop, true, false, true});
        else
            next = std::min(next, due);
    }
    return wishes;
}

/// Asks one hop, or waits until there is one to ask; false: the run was ended.
net::Task<bool> ControlPath::step() {
    const Clock::time_point now = Clock::now();
    Clock::time_point next = limit_;
    Picked picked;
    if (may_send()) {
        const Decision decision = next_of_control(log_, context_.now());
        std::vector<Wish> wishes = log_.doubtful() > 0 ? std::vector<Wish>() : requested(next);
        wishes.insert(wishes.end(), decision.wishes.begin(), decision.wishes.end());
        picked = pick(
            *pace_, wishes, asker_.flow().destination.address.family(), [&](int hop) { return device_at(hop); },
            [](const Wish& wish) { return wish.again && wish.needed ? left_to_tested : 0; }, now);
        if (decision.waits) next = std::min<Clock::time_point>(next, now + between_requests);
        next = std::min(next, picked.next);
    }
    if (!picked.wish) {
        const net::Outcome waited = co_await wake_.wait(next);
        co_return waited != net::Outcome::stopped;
    }
    const int hop = picked.wish->hop;
    requests_.erase(hop);
    const int silent = log_.answer(hop) == nullptr ? log_.tries(hop) : 0;
    const Clock::duration patience = patience_for(slowest(), silent, most_patience_);
    const std::optional<Address> device = device_at(hop);
    const net::HopAsked asked = co_await asker_.ask(picked, device, patience);
    if (asked.stopped) co_return !context_.stopped();
    if (!asked.missing.empty()) missing_ = asked.missing;
    log_.hear(asked.probe);
    changed_.announce();
    co_return true;
}

net::Task<void> ControlPath::work(std::shared_ptr<ControlPath> path) {
    while (!path->users_.empty() && Clock::now() < path->limit_) {
        const bool go_on = co_await path->step();
        if (!go_on) break;
    }
    path->running_ = false;
    path->changed_.announce();
}

}  // namespace fdnprobe::engine
