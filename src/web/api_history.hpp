// `/api/v1/history`: what `fdnprobe history --format json` prints.
#pragma once

#include <string>

#include "base/expected.hpp"
#include "history/history.hpp"
#include "web/answer.hpp"
#include "web/target.hpp"

namespace fdnprobe::web {

/// `row=GLOB`, `since=24h`, `until=…`, `period=hour|day`. The error is one sentence.
[[nodiscard]] Expected<history::Query, std::string> history_query(const Parameters& parameters, WallTime now);

/// `history` is null where none is kept.
[[nodiscard]] Answer api_history(history::History* history, const Parameters& parameters, WallTime now);

}  // namespace fdnprobe::web
