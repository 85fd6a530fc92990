// Where every row stands, so that a watch that starts again knows what it had confirmed.
#pragma once

#include <SQLiteCpp/Database.h>

#include "fdnprobe/watch.hpp"
#include "history/statements.hpp"
#include "history/words.hpp"

namespace fdnprobe::history {

/// Rows that no run has ever tried have no place in a history, and neither has their standing. What stands of rows that
/// are not among these stays.
void write_standings(Statements& statements, Words& words, const Standings& standings);
[[nodiscard]] Standings read_standings(SQLite::Database& database, const Words& words);

}  // namespace fdnprobe::history
