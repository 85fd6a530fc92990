// Which hop to ask next: the decisions of a sweep, from what its flow has shown and, for the tested flow, from what the
// control has. Pure.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <vector>

#include "engine/flow_log.hpp"

namespace fdnprobe::engine {

/// What the control flow says of one hop.
struct ControlHop {
    enum class State {
        unknown,   ///< nothing yet
        silent,    ///< it has been asked often enough
        answered,  ///< it has an answer
    };
    State state = State::unknown;
    std::optional<Address> device;                     ///< the router there
    std::optional<std::chrono::nanoseconds> asked_at;  ///< the last time, since the run began
};

/// What the control flow has shown so far.
struct ControlView {
    std::array<ControlHop, most_hops + 1> hops;  ///< by hop
    int end = 0;                                 ///< where its destination answered; 0: not known
    bool finished = false;                       ///< nothing new will come, but for hops that are asked again
    bool same_host = true;                       ///< it goes to the destination of the tested flow
};

/// A hop that may be asked.
struct Wish {
    int hop = 0;
    bool again = false;  ///< it kept silent before: the control is to be asked beside it
    bool quiet = false;  ///< it will probably say nothing
    bool needed = true;  ///< without it, the sweep is not complete
    friend bool operator==(const Wish&, const Wish&) = default;
};

struct Decision {
    std::vector<Wish> wishes;  ///< the best first; another one where routers need a pause
    int confirm = 0;           ///< the control is to answer there once more; 0: nowhere
    bool waits = false;        ///< the control has to show more first
    [[nodiscard]] bool done() const { return wishes.empty() && confirm == 0 && !waits; }
};

/// For the flow under test. `hint`: the hop at which another flow was stopped, of which it may be the neighbour; 0:
/// none. Near hops then need not answer for each flow.
[[nodiscard]] Decision next_of_tested(const FlowLog& tested, const ControlView& control, int hint = 0);

/// For the control flow: hop after hop up to its destination, then those that kept silent once more.
[[nodiscard]] Decision next_of_control(const FlowLog& log, std::chrono::nanoseconds now);

/// What a control flow's log comes to.
[[nodiscard]] ControlView view_of(const FlowLog& log, bool same_host);

}  // namespace fdnprobe::engine
