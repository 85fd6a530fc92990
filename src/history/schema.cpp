#include "history/schema.hpp"

#include <array>

#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>

#include "history/trouble.hpp"

namespace fdnprobe::history {
namespace {

// Times are milliseconds since 1970, lengths of checks microseconds. `hour` and `day` count hours and days (UTC) since
// 1970. States and causes are kept by their codes, which are never renamed, and not by enumerators, which may move.
//
// What grows with every run has its key in the order of time and no rowid: a run appends to few pages, and what is too
// old goes from the front.
constexpr const char* first_schema = R"sql(
CREATE TABLE codes(id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE rows(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, port_table TEXT NOT NULL, peer TEXT NOT NULL,
                  purpose TEXT NOT NULL, ports TEXT NOT NULL, state INTEGER REFERENCES codes) STRICT;
CREATE TABLE checks(id INTEGER PRIMARY KEY, row INTEGER NOT NULL REFERENCES rows, name TEXT NOT NULL UNIQUE,
                    cause INTEGER REFERENCES codes) STRICT;
CREATE INDEX checks_of_row ON checks(row);

CREATE TABLE beginning(id INTEGER PRIMARY KEY CHECK(id = 1), first_run INTEGER NOT NULL) STRICT;
CREATE TABLE runs(id INTEGER PRIMARY KEY, started INTEGER NOT NULL, ended INTEGER NOT NULL, elapsed INTEGER NOT NULL,
                  site TEXT NOT NULL, control_failed INTEGER NOT NULL, rows INTEGER NOT NULL,
                  checks INTEGER NOT NULL) STRICT;
CREATE INDEX runs_by_end ON runs(ended);
CREATE TABLE row_results(run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE, row INTEGER NOT NULL REFERENCES rows,
                         state INTEGER NOT NULL REFERENCES codes, flipped INTEGER NOT NULL,
                         PRIMARY KEY(run, row)) STRICT, WITHOUT ROWID;
CREATE TABLE check_results(run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
                           chk INTEGER NOT NULL REFERENCES checks, cause INTEGER NOT NULL REFERENCES codes,
                           took INTEGER NOT NULL, PRIMARY KEY(run, chk)) STRICT, WITHOUT ROWID;

CREATE TABLE runs_hourly(hour INTEGER PRIMARY KEY, runs INTEGER NOT NULL, control_failed INTEGER NOT NULL) STRICT;
CREATE TABLE rows_hourly(hour INTEGER NOT NULL, row INTEGER NOT NULL REFERENCES rows,
                         state INTEGER NOT NULL REFERENCES codes, runs INTEGER NOT NULL, flips INTEGER NOT NULL,
                         PRIMARY KEY(hour, row, state)) STRICT, WITHOUT ROWID;
CREATE TABLE checks_hourly(hour INTEGER NOT NULL, chk INTEGER NOT NULL REFERENCES checks, runs INTEGER NOT NULL,
                           sum INTEGER NOT NULL, least INTEGER NOT NULL, most INTEGER NOT NULL,
                           PRIMARY KEY(hour, chk)) STRICT, WITHOUT ROWID;
CREATE TABLE runs_daily(day INTEGER PRIMARY KEY, runs INTEGER NOT NULL, control_failed INTEGER NOT NULL) STRICT;
CREATE TABLE rows_daily(day INTEGER NOT NULL, row INTEGER NOT NULL REFERENCES rows,
                        state INTEGER NOT NULL REFERENCES codes, runs INTEGER NOT NULL, flips INTEGER NOT NULL,
                        PRIMARY KEY(day, row, state)) STRICT, WITHOUT ROWID;
CREATE TABLE checks_daily(day INTEGER NOT NULL, chk INTEGER NOT NULL REFERENCES checks, runs INTEGER NOT NULL,
                          sum INTEGER NOT NULL, least INTEGER NOT NULL, most INTEGER NOT NULL,
                          PRIMARY KEY(day, chk)) STRICT, WITHOUT ROWID;

CREATE TABLE row_changes(id INTEGER PRIMARY KEY, row INTEGER NOT NULL REFERENCES rows, at INTEGER NOT NULL,
                         since INTEGER NOT NULL, from_state INTEGER REFERENCES codes,
                         to_state INTEGER NOT NULL REFERENCES codes, cause INTEGER REFERENCES codes,
                         summary TEXT NOT NULL) STRICT;
CREATE INDEX row_changes_of_row ON row_changes(row, at);
CREATE TABLE verdict_changes(id INTEGER PRIMARY KEY, row INTEGER NOT NULL REFERENCES rows,
                             chk INTEGER NOT NULL REFERENCES checks, at INTEGER NOT NULL,
                             from_cause INTEGER REFERENCES codes, to_cause INTEGER NOT NULL REFERENCES codes,
                             summary TEXT NOT NULL, evidence TEXT NOT NULL) STRICT;
CREATE INDEX verdict_changes_of_row ON verdict_changes(row, at);
CREATE INDEX verdict_changes_of_check ON verdict_changes(chk);

CREATE TABLE standings(row INTEGER PRIMARY KEY REFERENCES rows, confirmed INTEGER REFERENCES codes,
                       since INTEGER NOT NULL, latest INTEGER NOT NULL REFERENCES codes, checked INTEGER NOT NULL,
                       recent TEXT NOT NULL, changing INTEGER NOT NULL) STRICT;
CREATE TABLE control_standing(id INTEGER PRIMARY KEY CHECK(id = 1), confirmed INTEGER REFERENCES codes,
                              since INTEGER NOT NULL, recent TEXT NOT NULL, changing INTEGER NOT NULL) STRICT;
)sql";

constexpr std::array steps{first_schema};

int number(SQLite::Database& database, const char* query) { return database.execAndGet(query).getInt(); }

}  // namespace

std::span<const Step> schema_steps() { return steps; }

Schema schema_of(SQLite::Database& database) {
    Schema schema;
    schema.application = number(database, "PRAGMA application_id");
    schema.version = number(database, "PRAGMA user_version");
    schema.empty = number(database, "SELECT count(*) FROM sqlite_schema") == 0;
    return schema;
}

std::optional<Trouble> objection(const std::string& file, const Schema& schema, int known) {
    if (schema.fresh()) return std::nullopt;
    if (schema.application != application_id) return foreign(file);
    if (schema.version > known) return newer(file, schema.version, known);
    return std::nullopt;
}

void bring_up_to_date(SQLite::Database& database, std::span<const Step> missing_of) {
    // Looked at once more inside the transaction: another process may have been at it meanwhile.
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    const int version = number(database, "PRAGMA user_version");
    const auto known = static_cast<int>(missing_of.size());
    if (version < known) {
        for (int next = version; next < known; ++next) database.exec(missing_of[static_cast<std::size_t>(next)]);
        database.exec(fmt::format("PRAGMA application_id = {}", application_id));
        database.exec(fmt::format("PRAGMA user_version = {}", known));
    }
    transaction.commit();
}

}  // namespace fdnprobe::history
