#include "engine/locator.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "judge/trace.hpp"

namespace fdnprobe::engine {
namespace {

using net::Clock;

/// Of the answers that a device gives at once, one is left to the control where it needs one: without it, silence says
/// nothing.
double left_to_control(const ControlView& view, const Wish& wish) {
    const bool heard = view.hops[static_cast<std::size_t>(wish.hop)].state == ControlHop::State::answered;
    return wish.again || !heard ? 1 : 0;
}

/// A tested flow that this host does not even send.
std::shared_ptr<const PathFacts> unsent(net::Context& context, Transport transport, const SocketAddress& destination,
                                        int error) {
    auto facts = std::make_shared<PathFacts>();
    facts->tested.transport = transport;
    facts->tested.destination = destination;
    HopProbe& probe = facts->tested.probes.emplace_back();
    probe.hop = 1;
    probe.answer = HopAnswer::not_sent;
    probe.code = error;
    probe.at = context.now();
    return facts;
}

/// The way that the control knows is there, and nothing where there is no control.
ControlView view_of(ControlPath* control, bool same_host) {
    if (control != nullptr) return control->view(same_host);
    ControlView none;
    none.finished = true;
    return none;
}

bool satisfied(const Decision& decision) {
    const bool needed =
        std::any_of(decision.wishes.begin(), decision.wishes.end(), [](const Wish& one) { return one.needed; });
    return !needed && !decision.waits && decision.confirm == 0;
}

}  // namespace

/// Devices that have sent ICMP messages to the checks have fewer left for this.
void Locator::count_earlier_answers(std::span<const CheckResult> all) {
    std::vector<std::pair<std::chrono::nanoseconds, Address>> messages;
    for (const CheckResult& result : all)
        for (const Attempt& attempt : result.attempts)
            for (const Event& event : attempt.evidence)
                if (event.what == What::icmp_error && event.from) messages.emplace_back(event.at, *event.from);
    std::sort(messages.begin(), messages.end());
    for (const auto& [at, device] : messages) pace_->spent(device, context_.origin + at);
}

std::shared_ptr<ControlPath> Locator::control_path(const ControlFlow& what) {
    const FlowKey key(what.transport, what.destination);
    if (const auto known = controls_.find(key); known != controls_.end()) return known->second;
    auto flow = net::hop_flow(what.transport, what.destination, settings_.dial, what.payload);
    if (!flow) return nullptr;
    auto path = std::make_shared<ControlPath>(context_, pace_, std::move(*flow), what);
    controls_.emplace(key, path);
    return path;
}

int Locator::hint_for(const Address& destination) const {
    const auto found = hints_.find(destination);
    return found == hints_.end() ? hint_ : found->second;
}

/// Others that go the same way are probably stopped at the same place.
void Locator::note_boundary(const FlowLog& log, const Address& destination) {
    int hop = log.end();
    // A destination's own answer is where it is, and stops nobody.
    if (hop > 0 && log.answer(hop)->answer != HopAnswer::reset && log.answer(hop)->answer != HopAnswer::unreachable)
        return;
    if (hop == 0) {
        const int first = log.reached() + 1;
        // Once may have been chance.
        if (log.tries(first) < 2) return;
        hop = first;
    }
    hints_[destination] = hop;
    hint_ = hop;
}

net::Task<void> Locator::sweep_tested(HopAsker& asker, FlowLog& log, ControlPath* control, bool same_host,
                                      Clock::time_point limit, PathFacts& facts) {
    const Address destination = asker.flow().destination.address;
    const Clock::duration most = most_patience(settings_.budget);
    net::Condition nobody(context_);
    while (!context_.stopped()) {
        const ControlView view = view_of(control, same_host);
        const int hint = hint_for(destination);
        const Decision decision = next_of_tested(log, view, hint);
        if (decision.done()) break;
        const Clock::time_point now = Clock::now();
        const std::size_t packets = log.packets() + (control == nullptr ? 0 : control->log().packets());
        const auto slowest = std::max(log.slowest(), control == nullptr ? log.slowest() : control->slowest());
        // An answer that could not be waited for would pass for silence.
        if (now + patience_for(slowest, 0, most) > limit || packets >= most_packets) break;
        if (control != nullptr && decision.confirm > 0) control->request(decision.confirm);
        const auto device_of = [&](int hop) { return view.hops[static_cast<std::size_t>(hop)].device; };
        const auto reserve_of = [&](const Wish& wish) { return left_to_control(view, wish); };
        const Picked picked = pick(*pace_, decision.wishes, destination.family(), device_of, reserve_of, now);
        if (!picked.wish) {
            net::Condition& news = control == nullptr ? nobody : control->changed();
            [[maybe_unused]] const net::Outcome waited = co_await news.wait(std::min(picked.next, limit));
            continue;
        }
        const int hop = picked.wish->hop;
        const std::optional<Address> device = device_of(hop);
        const Clock::duration patience = std::min(patience_for(slowest, log.tries(hop), most), limit - now);
        // Right behind the last packet, so that the device is known to answer when it is asked.
        if (control != nullptr && log.tries(hop) + 1 == most_tries) control->request(hop);
        const net::HopAsked asked = co_await asker.ask(picked, device, patience);
        if (asked.stopped) break;
        if (!asked.missing.empty()) facts.missing = asked.missing;
        log.hear(asked.probe, device);
        note_boundary(log, destination);
    }
    facts.complete = satisfied(next_of_tested(log, view_of(control, same_host), hint_for(destination)));
}

net::Task<std::shared_ptr<const PathFacts>> Locator::sweep(net::HopFlow flow, ControlFlow what) {
    const Clock::time_point limit = Clock::now() + settings_.budget;
    auto facts = std::make_shared<PathFacts>();
    FlowLog log(flow.transport);
    HopAsker asker(context_, pace_, std::move(flow));
    const std::shared_ptr<ControlPath> control = control_path(what);
    if (control != nullptr) ControlPath::join(control, log, limit, most_patience(settings_.budget));
    co_await sweep_tested(asker, log, control.get(), what.same_host, limit, *facts);
    if (control != nullptr) {
        control->leave(log);
        facts->control = control->facts();
        facts->control_is = what.is;
        if (facts->missing.empty()) facts->missing = control->missing();
    }
    facts->tested.transport = asker.flow().transport;
    facts->tested.destination = asker.flow().destination;
    facts->tested.source_port = asker.flow().source.port;
    facts->tested.probes = log.probes();
    co_return facts;
}

net::Task<std::shared_ptr<const PathFacts>> Locator::follow(const CheckResult& result, std::size_t attempt,
                                                            std::span<const CheckResult> all) {
    std::shared_ptr<const PathFacts> facts;
    const Transport transport = result.check.transport();
    const std::optional<SocketAddress> there = judge::dialled(result.attempts[attempt]);
    if (transport != Transport::tcp && transport != Transport::udp) co_return facts;
    if (!there || there->address.is_loopback() || there->address.is_unspecified() || context_.stopped())
        co_return facts;
    if (pace_ == nullptr) {
        pace_ = std::make_shared<HopPace>();
        count_earlier_answers(all);
    }
    std::string payload(result.attempts[attempt].sent_bytes());
    if (payload.empty()) payload = explaining_payload();
    auto flow = net::hop_flow(transport, *there, settings_.dial, std::move(payload));
    if (!flow) {
        facts = unsent(context_, transport, *there, flow.error());
        co_return facts;
    }
    // An address of this host's own.
    if (flow->source.address == there->address) co_return facts;
    ControlFlow what = choose_control(result, attempt, all);
    if (transport == Transport::udp) {
        facts = co_await sweep(std::move(*flow), std::move(what));
    } else {
        // The first packets of connections are all alike: checks that go to one port share its way.
        std::shared_ptr<Shared>& place = shared_[FlowKey(transport, *there)];
        const bool first = place == nullptr;
        if (first) place = std::make_shared<Shared>(context_);
        const std::shared_ptr<Shared> shared = place;
        if (first) {
            shared->facts = co_await sweep(std::move(*flow), std::move(what));
            shared->done = true;
            shared->changed.announce();
        }
        while (!shared->done) {
            const net::Outcome waited = co_await shared->changed.wait();
            if (waited == net::Outcome::stopped) break;
        }
        facts = shared->facts;
    }
    if (context_.stopped()) facts = nullptr;
    co_return facts;
}

}  // namespace fdnprobe::engine
