// When which rows are checked next.
//
// Each row has an interval: its own, or the site's. Rows that come due within a tenth of the shortest interval of each
// other go in one run, because the checks of a run explain each other (a dead uplink is seen by all of them). A row
// comes due at its planned time, put off by some jitter; the plan knows nothing of jitter, so that it does not drift,
// and rows that are planned together stay together whatever jitter they have. A run that is late does not make the next
// ones come faster: what was missed is skipped and counted.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "fdnprobe/report.hpp"
#include "fdnprobe/schedule.hpp"

namespace fdnprobe::watch {

/// Monotonic; only differences count.
using Moment = std::chrono::steady_clock::time_point;

struct Due {
    Moment at;
    std::vector<std::size_t> rows;  ///< indices into the plan's rows
};

class Timetable {
  public:
    /// `chance` gives numbers in [0, 1): each run is put off by up to `jitter` of its interval, so that a thousand
    /// sites that started together do not stay together.
    Timetable(const std::vector<RowResult>& rows, const Schedule& schedule, std::chrono::seconds every, double jitter,
              std::function<double()> chance);

    /// Everything is due at `now`.
    void start(Moment now);
    /// The next run. Calling it changes nothing. Without rows there is none: it is due at the end of time.
    [[nodiscard]] Due next() const;
    /// That run was begun at `now`: its rows are due again one interval after they were planned; later, where the run
    /// came so late that this would be within a quarter of the interval.
    void begun(const Due& due, Moment now);
    /// A pause has ended: what came due in it is planned for now, and nothing was missed.
    void resume(Moment now);
    /// Runs of which nothing became, because their time passed while another was going on.
    [[nodiscard]] std::uint64_t missed() const;

  private:
    struct Entry {
        std::chrono::seconds every;
        Moment planned;  ///< without jitter
        Moment due;
    };
    [[nodiscard]] std::chrono::nanoseconds put_off(const Entry& entry, double chance) const;
    /// How many times it was planned for in vain.
    std::uint64_t plan_next(Entry& entry, Moment now, double chance) const;

    std::vector<Entry> entries_;
    double jitter_;
    std::function<double()> chance_;
    std::chrono::nanoseconds together_{};
    std::uint64_t missed_ = 0;
};

}  // namespace fdnprobe::watch
