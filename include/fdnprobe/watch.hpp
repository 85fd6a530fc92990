// What `fdnprobe watch` knows at a moment: the last result of every row, what is confirmed, and how the watch itself
// does. The page, the API and the metrics are pure functions of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/report.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe {

/// How one row stands.
struct Standing {
    std::optional<State> confirmed;                 ///< nothing: not confirmed yet
    std::chrono::system_clock::time_point since{};  ///< when the first run saw the confirmed state
    State latest = State::unconfigured;             ///< what the last run says
    std::chrono::system_clock::time_point checked{};
    std::vector<State> recent;  ///< the last runs that said something of it, the newest last; at most Confirmation::of
    std::chrono::system_clock::time_point changing{};  ///< the first run in a row of ones that differ from `confirmed`
    friend bool operator==(const Standing&, const Standing&) = default;
};

/// What has to outlive a process, so that a change is confirmed once, whoever watches.
struct Standings {
    std::map<std::string, Standing, std::less<>> rows;  ///< by `TABLE/ROW`
    Standing control;  ///< `reachable`: something works from here; `local`: nothing does
    friend bool operator==(const Standings&, const Standings&) = default;
};

/// What became of one receiver of notifications.
struct ReceiverFacts {
    std::string name;  ///< "webhook 1": never its address, which may hold a secret
    std::uint64_t delivered = 0;
    std::uint64_t failed = 0;    ///< attempts
    std::uint64_t given_up = 0;  ///< messages that were dropped
    std::size_t waiting = 0;     ///< messages
    std::string last_problem;    ///< empty: none
};

/// How the watch itself does.
struct WatchFacts {
    std::string site;  ///< empty: no site file
    std::chrono::system_clock::time_point started{};
    std::chrono::seconds every{};
    std::uint64_t runs = 0;
    std::uint64_t runs_skipped = 0;  ///< their time came while a run before them was going on
    std::uint64_t control_failures = 0;
    bool control_failed = false;  ///< the last run's
    bool paused = false;
    bool quiet = false;
    std::optional<std::chrono::system_clock::time_point> last_run;  ///< its end
    std::chrono::nanoseconds last_elapsed{};
    std::optional<std::chrono::system_clock::time_point> next_run;
    std::chrono::system_clock::time_point configured{};  ///< when tables and site were last read
    std::string reload_problem;                          ///< why the last SIGHUP changed nothing; empty: it did
    std::string history_problem;                         ///< why runs are not being recorded; empty: they are
    std::size_t unrecorded = 0;                          ///< runs that wait to be recorded
    std::uint64_t events = 0;                            ///< confirmed changes since the start
    std::vector<ReceiverFacts> receivers;
};

struct Snapshot {
    std::uint64_t serial = 0;  ///< grows with every run
    Report report;             ///< the last result of every row, as if one run had found them
    Standings standings;
    WatchFacts watch;
};

}  // namespace fdnprobe
