// The tables of a history, and how an older one is brought up to date.
//
// `PRAGMA user_version` is the schema's number and `application_id` says whose file it is. Step N makes schema N of
// schema N-1, and a new file goes through all of them, so that a file that grew and one that was made are the same.
// Steps are added at the end and never changed.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <SQLiteCpp/Database.h>

#include "history/history.hpp"

namespace fdnprobe::history {

/// SQL statements that take a file from one schema to the next.
using Step = const char*;
[[nodiscard]] std::span<const Step> schema_steps();

/// "fdnp" (https://www.sqlite.org/fileformat.html#application_id).
inline constexpr std::int32_t application_id = 0x66646e70;

struct Schema {
    std::int32_t application = 0;
    int version = 0;
    bool empty = false;  ///< there is no table at all

    [[nodiscard]] bool fresh() const { return application == 0 && version == 0 && empty; }
};
[[nodiscard]] Schema schema_of(SQLite::Database& database);

/// Whose it is, and of which version: nothing where it may be used as it is.
[[nodiscard]] std::optional<Trouble> objection(const std::string& file, const Schema& schema, int known);

/// Goes through the steps that are missing, in one transaction: all of them or none. SQLite::Exception where one fails.
void bring_up_to_date(SQLite::Database& database, std::span<const Step> steps);

}  // namespace fdnprobe::history
