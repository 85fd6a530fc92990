// A confirmed change, as it is announced: to people and programs that asked to be told, and to an open page.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fdnprobe/report.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe {

enum class WatchEventKind : std::uint8_t {
    rows_changed,      ///< rows have another state than before
    control_failed,    ///< nothing at all works from here; nothing is said of rows until that ends
    control_restored,  ///< something works from here again
};

[[nodiscard]] std::string_view to_string(WatchEventKind);

/// One row's confirmed change.
struct RowChange {
    std::string row;  ///< `TABLE/ROW`
    std::string peer;
    std::string purpose;
    std::string ports;
    std::optional<State> from;  ///< nothing: its first confirmed state
    State to = State::unconfigured;
    std::optional<Cause> cause;  ///< of the check that decides; nothing: nothing failed
    Owner owner = Owner::nobody;
    std::string summary;                          ///< of that check, escaped
    std::string advice;                           ///< of that check, escaped; empty: there is none
    std::optional<Where> where;                   ///< of that check
    std::chrono::system_clock::time_point since;  ///< when it was first seen to be so
};

struct WatchEvent {
    std::string id;  ///< unique for ever: receivers may see an event twice, and know it by this
    std::chrono::system_clock::time_point at;
    std::string site;  ///< empty: no site file
    std::string host;  ///< of the vantage
    WatchEventKind kind = WatchEventKind::rows_changed;
    std::vector<RowChange> rows;
    std::vector<Reason> reasons;  ///< what explains several of the rows at once; Reason::checks is empty here
};

}  // namespace fdnprobe
