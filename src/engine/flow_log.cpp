#include "engine/flow_log.hpp"

#include <algorithm>

namespace fdnprobe::engine {
namespace {

/// An answer that takes longer than this comes from no router that is up.
constexpr auto latest = std::chrono::seconds(3);

/// An answer that changes with every packet is put down to silence in the end.
constexpr int most_doubts = 3;

bool is_word(const HopProbe& probe) {
    return probe.answer != HopAnswer::silence && probe.answer != HopAnswer::not_sent;
}

bool same_answer(const HopProbe& one, const HopProbe& other) {
    return one.hop == other.hop && one.answer == other.answer && one.from == other.from && one.type == other.type &&
           one.code == other.code;
}

}  // namespace

/// TCP's sequence numbers keep late answers out.
bool FlowLog::may_be_late(const HopProbe& probe, const std::optional<Address>& known) const {
    if (transport_ == Transport::tcp || !is_word(probe)) return false;
    if (probe.answer == HopAnswer::time_exceeded && known && probe.from == known) return false;
    for (const HopProbe& before : probes_) {
        if (before.hop == probe.hop && same_answer(before, probe)) return false;
        // One of the same hop belongs here in any case.
        if (before.hop != probe.hop && before.answer == HopAnswer::silence && probe.at - before.at < latest)
            return true;
    }
    return false;
}

void FlowLog::hear(const HopProbe& probe, const std::optional<Address>& known) {
    ++packets_;
    if (doubt_ && doubt_->hop == probe.hop) {
        if (same_answer(*doubt_, probe)) {
            probes_.push_back(*doubt_);
            probes_.push_back(probe);
            doubt_.reset();
            doubts_ = 0;
            return;
        }
        doubt_.reset();  // that one was another packet's
        ++doubts_;
    }
    if (!may_be_late(probe, known)) {
        probes_.push_back(probe);
        doubts_ = 0;
        return;
    }
    if (doubts_ < most_doubts) {
        doubt_ = probe;
        return;
    }
    HopProbe& silent = probes_.emplace_back();
    silent.hop = probe.hop;
    silent.at = probe.at;
    silent.took = probe.took;
    doubts_ = 0;
}

int FlowLog::tries(int hop) const {
    return static_cast<int>(
        std::count_if(probes_.begin(), probes_.end(), [&](const HopProbe& one) { return one.hop == hop; }));
}

const HopProbe* FlowLog::answer(int hop) const {
    for (const HopProbe& one : probes_)
        if (one.hop == hop && is_word(one)) return &one;
    return nullptr;
}

const HopProbe* FlowLog::last(int hop) const {
    const auto found =
        std::find_if(probes_.rbegin(), probes_.rend(), [&](const HopProbe& one) { return one.hop == hop; });
    return found == probes_.rend() ? nullptr : &*found;
}

int FlowLog::reached() const {
    const int limit = end();
    int farthest = 0;
    for (const HopProbe& one : probes_)
        if (one.answer == HopAnswer::time_exceeded && (limit == 0 || one.hop < limit))
            farthest = std::max(farthest, one.hop);
    return farthest;
}

int FlowLog::end() const {
    int nearest = 0;
    for (const HopProbe& one : probes_)
        if (is_word(one) && one.answer != HopAnswer::time_exceeded && (nearest == 0 || one.hop < nearest))
            nearest = one.hop;
    return nearest;
}

int FlowLog::farthest() const {
    int most = 0;
    for (const HopProbe& one : probes_) most = std::max(most, one.hop);
    return most;
}

bool FlowLog::unsendable() const {
    return std::any_of(probes_.begin(), probes_.end(),
                       [](const HopProbe& one) { return one.answer == HopAnswer::not_sent; });
}

std::chrono::nanoseconds FlowLog::slowest() const {
    std::chrono::nanoseconds longest{};
    for (const HopProbe& one : probes_)
        if (is_word(one)) longest = std::max(longest, one.took);
    return longest;
}

}  // namespace fdnprobe::engine
