// What a history answers: when did it break, what changed, how often does it flap, how slow has it become.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/verdict.hpp"

namespace fdnprobe {

using WallTime = std::chrono::system_clock::time_point;

/// How often a row was in each state between two moments.
struct StatePeriod {
    WallTime from;
    WallTime until;
    std::map<State, std::uint32_t> runs;  ///< empty: it was not checked then
};

/// How long a check took between two moments; only runs in which it was reachable count.
struct LatencyPeriod {
    WallTime from;
    WallTime until;
    std::uint32_t runs = 0;
    double least_ms = 0;
    double mean_ms = 0;
    double most_ms = 0;
};

/// A row's confirmed change.
struct StateChange {
    WallTime at;  ///< the run that confirmed it
    WallTime since;
    std::optional<State> from;
    State to = State::unconfigured;
    std::optional<Cause> cause{};  ///< of the check that decided; nothing: nothing failed
    std::string summary{};         ///< of that check, escaped
};

/// A check's change from one run to the next, with what was seen.
struct VerdictChange {
    WallTime at;
    std::string check;
    std::optional<Cause> from;
    Cause to = Cause::internal;
    std::string summary;   ///< escaped
    std::string evidence;  ///< the check as a JSON object; empty where it was not asked for
};

struct CheckHistory {
    std::string id;
    std::vector<LatencyPeriod> latency;  ///< in the order of time; periods without an answer are left out
    std::optional<double> usual_ms;      ///< the median of the earlier periods; nothing: too few to compare
    std::optional<double> recent_ms;     ///< the mean of the last period
};

struct RowHistory {
    std::string id;  ///< `TABLE/ROW`
    std::string table;
    std::string peer;
    std::string purpose;
    std::string ports;
    std::optional<State> confirmed;
    WallTime since{};
    std::vector<StateChange> changes;     ///< the newest first
    std::vector<VerdictChange> verdicts;  ///< the newest first
    std::vector<StatePeriod> timeline;    ///< in the order of time, without a gap
    std::vector<CheckHistory> checks;
    std::size_t runs = 0;       ///< in the time that was asked for
    std::size_t good_runs = 0;  ///< reachable or degraded
    std::size_t flips = 0;      ///< how often a run found another state than the one before it
};

struct HistoryReport {
    WallTime from;
    WallTime until;
    std::string site;
    std::size_t runs = 0;
    std::size_t control_failures = 0;   ///< runs in which nothing at all worked from here
    std::optional<WallTime> first_run;  ///< of the whole history
    std::vector<RowHistory> rows;
};

}  // namespace fdnprobe
