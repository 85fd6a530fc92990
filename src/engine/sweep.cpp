#include "engine/sweep.hpp"

#include <algorithm>

namespace fdnprobe::engine {
namespace {

/// After that many silent hops in a row nothing more is to be expected: packets have been dropped, or have arrived at a
/// destination that says nothing. Providers that hide their routers hide three or four of them.
constexpr int most_silent_in_a_row = 5;

/// How far beyond the first hop without an answer the sweep looks: a router that never answers has one behind it that
/// does.
constexpr std::size_t look_ahead = 3;

/// Before the control asks a silent hop again: a router that had used up its answers has had some time.
constexpr auto breathing_space = std::chrono::milliseconds(500);

void add(Decision& decision, const Wish& wish) {
    for (Wish& one : decision.wishes) {
        if (one.hop != wish.hop) continue;
        one.needed = one.needed || wish.needed;
        return;
    }
    decision.wishes.push_back(wish);
}

Decision only(int hop) {
    Decision decision;
    decision.wishes.push_back(Wish{hop, false, false, true});
    return decision;
}

/// The farthest hops that were asked have all kept silent: how many.
int silent_tail(const FlowLog& log) {
    int count = 0;
    for (int hop = log.farthest(); hop > 0 && log.tries(hop) > 0 && log.answer(hop) == nullptr; --hop) ++count;
    return count;
}

bool went_all_the_way(const FlowLog& log) {
    if (log.unsendable()) return true;
    const int last = log.end() > 0 ? log.end() : log.farthest();
    if (log.end() == 0 && log.farthest() < most_hops && silent_tail(log) < most_silent_in_a_row) return false;
    for (int hop = 1; hop < last; ++hop)
        if (log.tries(hop) == 0) return false;
    return true;
}

ControlHop::State state_of(const ControlView& control, int hop) {
    return control.hops[static_cast<std::size_t>(hop)].state;
}

/// Something other than a router's "time exceeded" came back from hop `end`: the hops before it tell whether it came
/// back for nearer ones too.
void look_before(Decision& decision, const FlowLog& tested, const ControlView& control) {
    for (int hop = tested.end() - 1; hop > tested.reached(); --hop) {
        const int tries = tested.tries(hop);
        if (tries >= most_tries || (tries > 0 && state_of(control, hop) == ControlHop::State::silent)) continue;
        add(decision, Wish{hop, tries > 0, tries > 0, true});
    }
}

/// The hops beyond the last answer that may have one.
std::vector<int> hops_ahead(const FlowLog& tested, const ControlView& control, int limit) {
    std::vector<int> ahead;
    for (int hop = tested.reached() + 1; hop <= limit && ahead.size() < look_ahead; ++hop)
        if (state_of(control, hop) != ControlHop::State::silent) ahead.push_back(hop);
    if (ahead.empty() && tested.reached() < limit) ahead.push_back(tested.reached() + 1);
    return ahead;
}

/// Another flow was stopped at `hint`: if this one is too, its neighbour is all that is left to see.
void follow_hint(Decision& decision, const FlowLog& tested, int hint) {
    if (tested.tries(hint) == 0)
        add(decision, Wish{hint, false, true, false});
    else if (tested.tries(hint - 1) == 0)
        add(decision, Wish{hint - 1, false, false, false});
}

}  // namespace

Decision next_of_tested(const FlowLog& tested, const ControlView& control, int hint) {
    Decision decision;
    if (tested.unsendable()) return decision;
    if (tested.doubtful() > 0) return only(tested.doubtful());
    if (tested.end() > 0) {
        if (hint > 1 && hint < tested.end() && tested.tries(hint) == 0) add(decision, Wish{hint, false, false, false});
        look_before(decision, tested, control);
        decision.waits = decision.wishes.empty() && !control.finished;
        return decision;
    }
    const int reached = tested.reached();
    const bool bounded = control.same_host && control.end > reached;
    const int limit = bounded ? control.end : most_hops;
    if (hint > reached + 1 && hint <= limit) follow_hint(decision, tested, hint);
    const std::vector<int> ahead = hops_ahead(tested, control, limit);
    const int first = ahead.empty() ? 0 : ahead.front();
    const int tries = first > 0 ? tested.tries(first) : 0;
    for (std::size_t place = 0; place < ahead.size(); ++place) {
        const int hop = ahead[place];
        const bool beside = place > 0;
        if (tested.tries(hop) == 0) {
            // The third is a way on where the nearer ones need a pause, and a luxury otherwise.
            const bool quiet = (beside && tries > 0) || (hint > 0 && hop >= hint);
            add(decision, Wish{hop, false, quiet, place < 2});
            continue;
        }
        if (tested.tries(hop) >= (beside ? most_tries - 1 : most_tries)) continue;
        // Silence of a hop that the control has not shown to answer is asked about once it has had its say.
        if (state_of(control, hop) == ControlHop::State::answered || control.finished)
            add(decision, Wish{hop, true, true, !beside});
        else
            decision.waits = true;
    }
    // A silent hop is asked a second time only after a look beyond it: there may be an answer.
    if (tries > 0)
        std::stable_partition(decision.wishes.begin(), decision.wishes.end(),
                              [](const Wish& one) { return one.needed && !one.again; });
    if (first > 0 && tries >= most_tries && state_of(control, first) == ControlHop::State::answered) {
        const auto asked = control.hops[static_cast<std::size_t>(first)].asked_at;
        if (asked && *asked < tested.last(first)->at) decision.confirm = first;
    }
    // While near hops need a pause, the time is well spent there.
    if (hint > reached + 1 && hint <= limit && tested.tries(hint) > 0 && tested.tries(hint) < most_tries &&
        state_of(control, hint) == ControlHop::State::answered && !decision.wishes.empty())
        add(decision, Wish{hint, true, true, false});
    if (decision.wishes.empty() && !control.finished) decision.waits = true;
    return decision;
}

Decision next_of_control(const FlowLog& log, std::chrono::nanoseconds now) {
    Decision decision;
    if (log.unsendable()) return decision;
    if (log.doubtful() > 0) return only(log.doubtful());
    const bool open_end = log.end() == 0;
    const bool given_up = open_end && silent_tail(log) >= most_silent_in_a_row;
    const int ahead = given_up ? log.farthest() : log.farthest() + static_cast<int>(look_ahead);
    const int limit = open_end ? std::min(most_hops, ahead) : log.end() - 1;
    for (int hop = 1; hop <= limit && decision.wishes.size() < look_ahead; ++hop)
        if (log.tries(hop) == 0) add(decision, Wish{hop, false, false, true});
    // Of the hops beyond the last answer only the first is worth another try.
    const int last = open_end ? std::min(log.farthest(), log.reached() + 1) : log.end() - 1;
    for (int hop = 1; hop <= last; ++hop) {
        if (log.tries(hop) == 0 || log.answer(hop) != nullptr || log.tries(hop) >= most_tries) continue;
        if (log.last(hop)->at + breathing_space <= now)
            add(decision, Wish{hop, true, true, false});
        else
            decision.waits = true;
    }
    return decision;
}

ControlView view_of(const FlowLog& log, bool same_host) {
    ControlView view;
    view.same_host = same_host;
    view.end = log.end();
    view.finished = went_all_the_way(log);
    const bool given_up = view.finished && view.end == 0;
    for (int hop = 1; hop <= most_hops; ++hop) {
        ControlHop& one = view.hops[static_cast<std::size_t>(hop)];
        // Beyond the hop at which it fell silent there is nobody to be heard.
        if (log.tries(hop) >= most_tries || (given_up && hop > log.reached() + 1))
            one.state = ControlHop::State::silent;
        const HopProbe* const last = log.last(hop);
        if (last == nullptr) continue;
        one.asked_at = last->at;
        const HopProbe* const answer = log.answer(hop);
        if (answer == nullptr) continue;
        one.state = ControlHop::State::answered;
        if (answer->answer == HopAnswer::time_exceeded) one.device = answer->from;
    }
    return view;
}

}  // namespace fdnprobe::engine
