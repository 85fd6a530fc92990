// `/api/v1/events`: what happens, as it happens, as server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "web/answer.hpp"
#include "web/live.hpp"

namespace fdnprobe::web {

/// The answer that begins a stream. `last_event_id` is the header's text: a reader that was here before goes on where
/// it was, and is told to read everything anew where that is not possible.
[[nodiscard]] Answer api_events(const Live& live, std::string_view last_event_id);

/// What has come since item `after`, which moves on; empty: nothing has.
[[nodiscard]] std::string more_events(const Live& live, std::uint64_t& after);

/// A comment, so that nobody on the way takes the connection for dead.
inline constexpr std::string_view heartbeat_line = ":\n\n";

}  // namespace fdnprobe::web
