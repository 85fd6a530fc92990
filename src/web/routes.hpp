// What there is to ask for.
#pragma once

#include <cstdint>
#include <string_view>

namespace fdnprobe::web {

enum class Route : std::uint8_t {
    page,     ///< `/`
    row,      ///< `/rows/TABLE/ROW`
    asset,    ///< the files beside the page
    report,   ///< `/api/v1/report`
    history,  ///< `/api/v1/history`
    events,   ///< `/api/v1/events`
    alive,    ///< `/healthz`
    ready,    ///< `/readyz`
    metrics,  ///< `/metrics`
    nothing,
};

[[nodiscard]] Route route_of(std::string_view path);
/// The row of `/rows/TABLE/ROW`: `TABLE/ROW`. Whether there is one is the snapshot's to say.
[[nodiscard]] std::string_view row_of(std::string_view path);

/// Without a token and under any name: these reveal a word.
[[nodiscard]] bool is_open_to_all(Route route);

/// Each kind of work has a thread of its own, so that none waits for a slower one.
enum class Work : std::uint8_t {
    light,    ///< from memory, as it is
    heavy,    ///< text is made of a whole run
    history,  ///< waits for a file, and for whoever holds it
};
[[nodiscard]] Work work_of(Route route, bool has_history);

}  // namespace fdnprobe::web
