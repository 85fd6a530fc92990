// What is announced, and when: confirmed changes are grouped, held back in quiet windows, and limited in number.
//
// A change that is taken back before it was announced is not announced: what counts is where a row stood at the last
// announcement, and where it stands now. That is also why nothing grows while a long quiet window or the limit holds
// things back: there is one change of a row at most.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "fdnprobe/schedule.hpp"
#include "fdnprobe/watch_event.hpp"

namespace fdnprobe::watch {

class Announcer {
  public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Announcer(const NotifySettings& settings);
    void configure(const NotifySettings& settings);

    void add(std::vector<WatchEvent> events, Time now);
    /// What is to be sent now, at most one event of each kind; empties itself of it.
    [[nodiscard]] std::vector<WatchEvent> due(Time now, bool quiet);
    /// When to ask again; nothing while there is nothing to announce or a quiet window holds everything back.
    [[nodiscard]] std::optional<Time> next(bool quiet) const;
    /// What is held back, for a process that ends: it goes to the receivers' spool rather than be lost.
    [[nodiscard]] std::vector<WatchEvent> take_all();
    /// How much it remembers: changes that wait, and messages that count towards the limit.
    [[nodiscard]] std::size_t size() const;

  private:
    void hold_rows(WatchEvent event);
    void hold_control(WatchEvent event);
    [[nodiscard]] std::vector<WatchEvent> merged() const;

    NotifySettings settings_;
    std::vector<WatchEvent> held_;  ///< in the order of time, each with those of its changes that still stand
    std::optional<Time> first_;     ///< when the first of them came
    std::deque<Time> sent_;         ///< within `per`
};

}  // namespace fdnprobe::watch
