// The runs of a watch in a SQLite database: every run for a while, an hour's summary for longer, a day's for ever.
//
// Summaries are kept up to date with every run, so that a page with a year on it reads hundreds of lines and not a
// hundred thousand; growing older only deletes. One transaction holds a run, so that a process that is killed loses at
// most the run that it was writing. WAL lets others read meanwhile (https://www.sqlite.org/wal.html).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/expected.hpp"
#include "fdnprobe/history.hpp"
#include "fdnprobe/report.hpp"
#include "fdnprobe/schedule.hpp"
#include "fdnprobe/watch.hpp"
#include "fdnprobe/watch_event.hpp"

namespace fdnprobe::history {

/// Why a history cannot be used, and what to do about it.
struct Trouble {
    enum class Kind : std::uint8_t {
        unusable,  ///< missing, no permission, no history, or newer than this program: the wrong file was named
        damaged,   ///< what is in the file cannot be relied on
        busy,      ///< another process holds it
        full,      ///< no space is left
        failed,    ///< reading or writing failed otherwise
    };
    Kind kind = Kind::failed;
    std::string what;  ///< one or two sentences that name the file, escaped
};

struct Query {
    WallTime from;
    WallTime until;
    std::string row;                    ///< glob over row ids, peers and purposes; empty: all
    std::chrono::seconds period{3600};  ///< of timelines and latencies: a multiple of an hour, or of a day
    bool latencies = true;
    bool verdicts = true;
    bool evidence = true;
    std::size_t most_changes = 200;  ///< of each row
};

class History {
  public:
    /// For writing: made where there is none, brought up to date where it is older. An empty name: in memory, gone with
    /// the process.
    [[nodiscard]] static Expected<std::unique_ptr<History>, Trouble> open(const std::string& file,
                                                                          const Retention& retention);
    /// For reading only, beside another process that writes.
    [[nodiscard]] static Expected<std::unique_ptr<History>, Trouble> open_to_read(const std::string& file);

    History(const History&) = delete;
    History& operator=(const History&) = delete;
    virtual ~History() = default;

    /// Writes a run and where it left every row, or nothing of it. `at` is its end. `evidence` gives a check as a JSON
    /// object, and is asked for those that changed. Nothing: it is written.
    [[nodiscard]] virtual std::optional<Trouble> record(
        const Report& run, WallTime at, const Standings& standings, const std::vector<WatchEvent>& events,
        const std::function<std::string(const CheckResult&)>& evidence) = 0;

    /// Where the last process left every row.
    [[nodiscard]] virtual Expected<Standings, Trouble> standings() = 0;
    [[nodiscard]] virtual Expected<HistoryReport, Trouble> ask(const Query& query) = 0;

    /// Changes how long what is kept, from the next run on.
    virtual void retain(const Retention& retention) = 0;
    /// Ends a wait for another process that another thread is in, now and later. May be called from any thread.
    virtual void interrupt() = 0;

  protected:
    History() = default;
};

}  // namespace fdnprobe::history
