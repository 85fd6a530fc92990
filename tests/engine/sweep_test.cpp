#include "engine/sweep.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

#include "catch.hpp"
#include "engine/scripted_flow.hpp"

using namespace fdnprobe;
using namespace fdnprobe::engine;
using namespace std::chrono_literals;

namespace {

/// What a packet of a flow meets: by hop, and by how often that hop was asked before.
using Network = std::function<HopAnswer(int hop, int before)>;

/// Routers up to `distance`, where `last` is the answer.
Network open_way(int distance, HopAnswer last = HopAnswer::accepted) {
    return [=](int hop, int) { return hop < distance ? HopAnswer::time_exceeded : last; };
}

/// Dropped behind the router at `filter`.
Network dropped_behind(int filter) {
    return [=](int hop, int) { return hop <= filter ? HopAnswer::time_exceeded : HopAnswer::silence; };
}

/// Both flows, asked in turns for as long as they have wishes; a wish is granted unless `may` forbids it.
struct Sweeps {
    FlowLog tested{Transport::tcp};
    FlowLog control{Transport::tcp};
    int now = 0;
    int hint = 0;
    bool same_host = true;
    std::function<bool(int hop)> may = [](int) { return true; };

    [[nodiscard]] ControlView view() const { return view_of(control, same_host); }
    [[nodiscard]] Decision decision() const { return next_of_tested(tested, view(), hint); }

    void ask(FlowLog& log, const Network& network, int hop) {
        const HopAnswer answer = network(hop, log.tries(hop));
        log.hear(heard(hop, answer, now));
        now += answer == HopAnswer::silence ? 200 : 1;
    }

    static const Wish* first_allowed(const Decision& decision, const std::function<bool(int)>& may) {
        const auto found = std::find_if(decision.wishes.begin(), decision.wishes.end(),
                                        [&](const Wish& wish) { return may(wish.hop); });
        return found == decision.wishes.end() ? nullptr : &*found;
    }

    void run_control(const Network& network) {
        for (;;) {
            const Decision next = next_of_control(control, std::chrono::milliseconds(now));
            if (!next.wishes.empty())
                ask(control, network, next.wishes.front().hop);
            else if (next.waits)
                now += 100;
            else
                break;
        }
    }

    /// True when the sweep came to its end.
    bool run_tested(const Network& network, const Network& for_control) {
        for (int count = 0; count < 100; ++count) {
            const Decision next = decision();
            if (next.done()) return true;
            if (next.confirm > 0) ask(control, for_control, next.confirm);
            const Wish* const wish = first_allowed(next, may);
            if (wish == nullptr && next.confirm == 0) return false;
            if (wish == nullptr) continue;
            const Wish chosen = *wish;
            ask(tested, network, chosen.hop);
            if (tested.tries(chosen.hop) == most_tries) ask(control, for_control, chosen.hop);
        }
        return false;
    }
};

}  // namespace

TEST_CASE("an open way is walked once, hop by hop") {
    Sweeps sweeps;
    sweeps.run_control(open_way(4));
    CHECK(sweeps.control.packets() == 4);
    CHECK(sweeps.view().end == 4);
    CHECK(sweeps.view().finished);
    CHECK(sweeps.run_tested(open_way(4), open_way(4)));
    CHECK(sweeps.tested.packets() == 4);
    CHECK(sweeps.tested.reached() == 3);
    CHECK(sweeps.tested.end() == 4);
}

TEST_CASE("a destination on the link is one hop away") {
    Sweeps sweeps;
    sweeps.run_control(open_way(1));
    CHECK(sweeps.run_tested(dropped_behind(0), open_way(1)));
    CHECK(sweeps.tested.tries(1) == most_tries);
    CHECK(sweeps.tested.farthest() == 1);
}

TEST_CASE("the first silent hop is asked three times, and one behind it, with the control in between and after") {
    Sweeps sweeps;
    sweeps.run_control(open_way(4));
    CHECK(sweeps.run_tested(dropped_behind(2), open_way(4)));
    CHECK(sweeps.tested.reached() == 2);
    CHECK(sweeps.tested.tries(3) == most_tries);
    CHECK(sweeps.tested.tries(4) >= 1);
    CHECK(sweeps.tested.end() == 0);
    CHECK(sweeps.control.tries(3) >= 2);
    CHECK(sweeps.control.last(3)->at >= sweeps.tested.last(3)->at);
    CHECK(sweeps.control.probes().front().at < sweeps.tested.probes().front().at);
    CHECK(sweeps.tested.packets() + sweeps.control.packets() <= 20);
}

TEST_CASE("a router that never answers is passed over") {
    const auto hidden = [](int hop, int) {
        if (hop == 2) return HopAnswer::silence;
        return hop < 5 ? HopAnswer::time_exceeded : HopAnswer::accepted;
    };
    Sweeps sweeps;
    sweeps.run_control(hidden);
    CHECK(sweeps.control.tries(2) == most_tries);
    CHECK(sweeps.view().hops[2].state == ControlHop::State::silent);
    CHECK(sweeps.run_tested(hidden, hidden));
    CHECK(sweeps.tested.end() == 5);
    // Beyond it, what is dropped is still found.
    Sweeps dropped;
    dropped.run_control(hidden);
    CHECK(dropped.run_tested([&](int hop, int before) { return hop > 3 ? HopAnswer::silence : hidden(hop, before); },
                             hidden));
    CHECK(dropped.tested.reached() == 3);
    CHECK(dropped.tested.tries(4) == most_tries);
}

TEST_CASE("an answer that is lost once is had by asking again") {
    const auto lossy = [](int hop, int before) {
        if (before == 0 && hop % 2 == 0) return HopAnswer::silence;
        return hop < 6 ? HopAnswer::time_exceeded : HopAnswer::accepted;
    };
    Sweeps sweeps;
    sweeps.run_control(lossy);
    // The destination's first answer was lost, and hop 7 was asked before hop 6 again.
    CHECK(sweeps.control.answer(7) != nullptr);
    CHECK(sweeps.view().end == 6);
    for (int hop = 1; hop < 6; ++hop) CHECK(sweeps.view().hops[static_cast<std::size_t>(hop)].device == router_at(hop));
    CHECK(sweeps.run_tested(lossy, lossy));
    CHECK(sweeps.tested.end() > 0);
    CHECK(sweeps.tested.reached() >= 5);
}

TEST_CASE("the hop before an answer is asked, so that it is known to be the nearest") {
    Sweeps sweeps;
    sweeps.run_control(open_way(8));
    // Hop 1 may not be asked: the second is, and already resets.
    sweeps.may = [](int hop) { return hop != 1; };
    const Network forged = [](int hop, int) { return hop < 2 ? HopAnswer::time_exceeded : HopAnswer::reset; };
    CHECK_FALSE(sweeps.run_tested(forged, open_way(8)));
    CHECK(sweeps.tested.end() == 2);
    CHECK(sweeps.decision().wishes == std::vector<Wish>{Wish{1, false, false, true}});
    sweeps.may = [](int) { return true; };
    CHECK(sweeps.run_tested(forged, open_way(8)));
    CHECK(sweeps.tested.reached() == 1);
}

TEST_CASE("where another flow was stopped is asked first, and its neighbour; near hops are spared") {
    Sweeps sweeps;
    sweeps.hint = 9;
    sweeps.run_control(open_way(12));
    CHECK(sweeps.run_tested(dropped_behind(8), open_way(12)));
    CHECK(sweeps.tested.reached() == 8);
    CHECK(sweeps.tested.tries(9) == most_tries);
    for (int hop = 1; hop < 8; ++hop) CHECK(sweeps.tested.tries(hop) == 0);
    // A hint that is wrong costs little and changes nothing.
    for (const int hint : {1, 3, 12, 20, 32}) {
        Sweeps misled;
        misled.hint = hint;
        misled.run_control(open_way(12));
        CHECK(misled.run_tested(dropped_behind(5), open_way(12)));
        CHECK(misled.tested.reached() == 5);
        CHECK(misled.tested.tries(6) == most_tries);
        CHECK(misled.tested.packets() + misled.control.packets() < 60);
    }
    Sweeps resets;
    resets.hint = 4;
    resets.run_control(open_way(12));
    const Network forged = [](int hop, int) { return hop < 4 ? HopAnswer::time_exceeded : HopAnswer::reset; };
    CHECK(resets.run_tested(forged, open_way(12)));
    CHECK(resets.tested.packets() == 2);
    CHECK(resets.tested.reached() == 3);
}

TEST_CASE("silence says nothing before the control has had its say") {
    Sweeps sweeps;
    sweeps.control.hear(heard(1, HopAnswer::time_exceeded, 0));
    sweeps.tested.hear(heard(1, HopAnswer::time_exceeded, 1));
    for (const int hop : {2, 3, 4}) sweeps.tested.hear(heard(hop, HopAnswer::silence, 200 * hop));
    const Decision waiting = sweeps.decision();
    CHECK(waiting.wishes.empty());
    CHECK(waiting.waits);
    CHECK_FALSE(waiting.done());
    sweeps.control.hear(heard(2, HopAnswer::time_exceeded, 2000));
    CHECK(sweeps.decision().wishes.front() == Wish{2, true, true, true});
}

TEST_CASE("a control that is silent as well leaves three tries at the first silent hop") {
    Sweeps sweeps;
    sweeps.run_control(dropped_behind(2));
    CHECK(sweeps.control.packets() < 12);
    CHECK(sweeps.view().finished);
    CHECK(sweeps.run_tested(dropped_behind(2), dropped_behind(2)));
    CHECK(sweeps.tested.tries(3) == most_tries);
    CHECK(sweeps.tested.packets() < 12);
}

TEST_CASE("a control to another host does not bound the way") {
    Sweeps sweeps;
    sweeps.same_host = false;
    sweeps.run_control(open_way(2));
    CHECK(sweeps.run_tested(dropped_behind(4), open_way(2)));
    CHECK(sweeps.tested.reached() == 4);
    CHECK(sweeps.tested.tries(5) == most_tries);
}

TEST_CASE("a way without an end is followed for 32 hops") {
    const Network loop = [](int, int) { return HopAnswer::time_exceeded; };
    Sweeps sweeps;
    sweeps.run_control(loop);
    CHECK(sweeps.control.farthest() == most_hops);
    CHECK(sweeps.view().finished);
    CHECK(sweeps.run_tested(loop, loop));
    CHECK(sweeps.tested.farthest() == most_hops);
}

TEST_CASE("what this host cannot send is not tried again") {
    Sweeps sweeps;
    const Network own_filter = [](int, int) { return HopAnswer::not_sent; };
    sweeps.run_control(own_filter);
    CHECK(sweeps.control.packets() == 1);
    CHECK(sweeps.run_tested(own_filter, own_filter));
    CHECK(sweeps.tested.packets() == 1);
}

TEST_CASE("an answer in doubt is asked for before anything else") {
    FlowLog tested(Transport::udp);
    tested.hear(heard(1, HopAnswer::silence, 0));
    tested.hear(heard(2, HopAnswer::time_exceeded, 200));
    REQUIRE(tested.doubtful() == 2);
    const Decision decision = next_of_tested(tested, view_of(FlowLog(Transport::udp), true));
    CHECK(decision.wishes == std::vector<Wish>{Wish{2, false, false, true}});
}
