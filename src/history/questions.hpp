// What a history is asked, answered from the smallest table that knows it.
#pragma once

#include <SQLiteCpp/Database.h>

#include "fdnprobe/history.hpp"
#include "history/history.hpp"

namespace fdnprobe::history {

/// Inside a transaction of the caller, so that it is one moment's answer.
[[nodiscard]] HistoryReport answer(SQLite::Database& database, const Query& query);

}  // namespace fdnprobe::history
