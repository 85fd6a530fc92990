#include "engine/hop_asker.hpp"

#include <algorithm>
#include <utility>

namespace fdnprobe::engine {
namespace {

using net::Clock;
using std::chrono::milliseconds;

constexpr Clock::duration least_patience = milliseconds(200);

/// Below one second, after which Linux sends a SYN again.
constexpr Clock::duration longest_patience = milliseconds(700);

constexpr Clock::duration second_thoughts = milliseconds(50);

/// Of an answer, for a packet that will probably get none: because others of its kind got none at that hop, or because
/// it got none itself.
constexpr double quiet_weight = 0.25;
constexpr double silent_weight = 0.05;

}  // namespace

Picked pick(HopPace& pace, const std::vector<Wish>& wishes, Family family,
            const std::function<std::optional<Address>(int)>& device_of,
            const std::function<double(const Wish&)>& reserve_of, Clock::time_point now) {
    Picked picked;
    for (const Wish& wish : wishes) {
        const double weight = wish.quiet && wish.again ? silent_weight : wish.quiet ? quiet_weight : 1;
        const double reserve = reserve_of(wish);
        const HopPace::Place place{family, wish.hop, device_of(wish.hop)};
        if (pace.take(place, weight, reserve, now)) {
            picked.wish = wish;
            picked.weight = weight;
            return picked;
        }
        // Others may give back before then what they have set aside.
        picked.next = std::min({picked.next, pace.ready(place, weight, reserve, now), now + second_thoughts});
    }
    return picked;
}

Clock::duration patience_for(std::chrono::nanoseconds slowest, int tries, Clock::duration most) {
    const Clock::duration once = std::clamp<Clock::duration>(3 * slowest + milliseconds(100), least_patience, most);
    return std::min(most, once * (tries + 1));
}

/// A silent hop is asked three times, and the one behind it once: all of that has to fit.
Clock::duration most_patience(Clock::duration budget) {
    return std::clamp<Clock::duration>(budget / 5, least_patience, longest_patience);
}

net::Task<net::HopAsked> HopAsker::ask(Picked picked, std::optional<Address> device, Clock::duration patience) {
    net::HopAsked asked;
    const HopPace::Place place{flow_.destination.address.family(), picked.wish->hop, device};
    bool entered = context_.descriptors.try_enter();
    if (!entered) entered = co_await context_.descriptors.enter();
    if (!entered) {
        asked.stopped = true;
        co_return asked;
    }
    {
        net::Socket socket(context_);
        socket_ = &socket;
        asked = co_await net::ask_hop(context_, socket, flow_, picked.wish->hop, Clock::now() + patience);
        socket_ = nullptr;
    }
    context_.descriptors.leave();
    const bool icmp = asked.probe.answer == HopAnswer::time_exceeded || asked.probe.answer == HopAnswer::unreachable;
    pace_->settle(place, picked.weight, icmp ? asked.probe.from : std::nullopt, Clock::now());
    co_return asked;
}

void HopAsker::stop() {
    if (socket_ != nullptr) socket_->stop();
}

}  // namespace fdnprobe::engine
