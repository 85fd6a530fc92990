// The last result of every row, as if one run had found them all, and what of it is confirmed.
//
// A row's state is confirmed once N of the last M runs differ from what was confirmed before and this run has the state
// that most of those have, or is the latest where it is a tie: its evidence is what is told of the change. A run in
// which nothing at all works from here (`control-failed`) says nothing of rows: it is confirmed in the same way, on its
// own, and while it lasts, no row changes. The first good state of a row is confirmed at once and announced to nobody;
// a bad one has to be confirmed.
//
// A run of a few rows may be too small to tell that nothing works: three unrelated places have to be silent for that.
// Where it shows no sign of life, and the last run that could tell found none either, it says nothing of rows.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/schedule.hpp"
#include "fdnprobe/watch.hpp"
#include "fdnprobe/watch_event.hpp"
#include "watch/merge.hpp"

namespace fdnprobe::watch {

/// Whether nothing at all worked in this run, so that nothing follows from it.
[[nodiscard]] bool control_failed(const Report& run);

class Board {
  public:
    explicit Board(Confirmation confirmation);

    /// The rows that are watched from now on, in the order of this plan; what is known of the others is forgotten.
    void plan(Report plan, Confirmation confirmation);
    /// What an earlier process had confirmed. Rows that are not planned are ignored.
    void restore(const Standings& standings);

    /// Takes in a run of some of the rows. Rows of which a check was interrupted are left as they were. Returns what
    /// the run has confirmed.
    [[nodiscard]] std::vector<WatchEvent> take(const Report& run, std::chrono::system_clock::time_point now);

    /// All rows, whether checked yet or not (`unconfigured`, without checks, until then).
    [[nodiscard]] Report report() const;
    [[nodiscard]] const Standings& standings() const { return standings_; }
    /// Whether the failing of everything is confirmed.
    [[nodiscard]] bool control_lost() const;

  private:
    using WallTime = std::chrono::system_clock::time_point;
    enum class Control : std::uint8_t { failed, works, unknown };

    [[nodiscard]] bool covers_everything(const Report& run) const;
    [[nodiscard]] Control control_in(const Report& run) const;
    /// Whether a run in which control is so says anything of rows.
    [[nodiscard]] bool counts(Control control, const Report& run) const;
    [[nodiscard]] WatchEvent make_event(WatchEventKind kind, WallTime now);
    [[nodiscard]] std::optional<WatchEvent> take_control(Control control, const Report& run, WallTime now);
    [[nodiscard]] std::optional<WatchEvent> take_rows(const Report& run, bool count, WallTime now);

    Confirmation confirmation_;
    Report frame_;  ///< what is not a row's: vantage, resolvers, the time of the last run
    std::vector<RowPart> held_;
    std::map<std::string, std::size_t, std::less<>> places_;  ///< of rows in `held_`
    Standings standings_;
    std::uint64_t events_ = 0;
};

}  // namespace fdnprobe::watch
