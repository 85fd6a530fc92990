#include "history/schema.hpp"

#include <array>
#include <string>

#include "catch.hpp"
#include "history/runs.hpp"
#include "scratch_folder.hpp"

namespace fdnprobe::history {
namespace {

using namespace fixture;

std::vector<Step> with(Step last) {
    std::vector<Step> steps(schema_steps().begin(), schema_steps().end());
    steps.push_back(last);
    return steps;
}

/// A history of the present schema with one run.
std::string present(const ScratchFolder& folder) {
    const std::string file = folder.path("history.db");
    const auto history = open_with(file, {}, quick()).value();
    REQUIRE(!record(*history, run_of(Cause::timeout), beginning));
    return file;
}

std::size_t runs_in(History& history) { return history.ask(query(beginning, beginning + 1h)).value().runs; }

int version_of(const std::string& file) {
    SQLite::Database database(file);
    return database.execAndGet("PRAGMA user_version").getInt();
}

}  // namespace

TEST_CASE("schema: a history says whose it is and which version") {
    const ScratchFolder folder;
    const std::string file = present(folder);
    SQLite::Database database(file);
    const Schema schema = schema_of(database);
    CHECK(schema.application == application_id);
    CHECK(schema.version == static_cast<int>(schema_steps().size()));
    CHECK(!schema.fresh());
    CHECK(database.execAndGet("PRAGMA journal_mode").getString() == "wal");
    CHECK(database.execAndGet("PRAGMA auto_vacuum").getInt() == 2);
}

TEST_CASE("schema: an older history is brought up to date, with all that is in it") {
    const ScratchFolder folder;
    const std::string file = present(folder);
    const int before = version_of(file);
    // A real step: it moves data that is there.
    const auto steps = with(
        "ALTER TABLE runs ADD COLUMN kind TEXT NOT NULL DEFAULT 'whole';"
        "CREATE TABLE sites(name TEXT PRIMARY KEY) STRICT; INSERT INTO sites SELECT DISTINCT site FROM runs;");
    Settings newer = quick();
    newer.steps = steps;
    {
        const auto read = open_to_read_with(file, newer);
        REQUIRE(!read);
        CHECK(read.error().kind == Trouble::Kind::unusable);
        CHECK_THAT(read.error().what, Contains(file) && Contains("older fdnprobe (schema 1; this one reads 2)"));
        CHECK(version_of(file) == before);
    }
    const auto history = open_with(file, {}, newer);
    REQUIRE(history);
    CHECK(runs_in(**history) == 1);
    CHECK(version_of(file) == before + 1);
    SQLite::Database database(file);
    CHECK(database.execAndGet("SELECT name FROM sites").getString() == "branch-17");
    CHECK(database.execAndGet("SELECT kind FROM runs").getString() == "whole");
    CHECK(open_to_read_with(file, newer));
}

TEST_CASE("schema: a step that fails leaves the file as it was") {
    const ScratchFolder folder;
    const std::string file = present(folder);
    const int before = version_of(file);
    const auto steps = with("CREATE TABLE more(id INTEGER) STRICT; INSERT INTO nowhere VALUES(1);");
    Settings newer = quick();
    newer.steps = steps;
    const auto history = open_with(file, {}, newer);
    REQUIRE(!history);
    CHECK_THAT(history.error().what, Contains(file) && Contains("older fdnprobe (schema 1)") &&
                                         Contains("as it was before") && Contains("nowhere"));
    CHECK(version_of(file) == before);
    SQLite::Database database(file);
    CHECK(!database.tableExists("more"));
    CHECK(runs_in(**open_with(file, {}, quick())) == 1);
}

TEST_CASE("schema: a newer history is left as it is") {
    const ScratchFolder folder;
    const std::string file = present(folder);
    SQLite::Database(file, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 2");
    for (const auto& refused : {History::open(file, {}), History::open_to_read(file)}) {
        REQUIRE(!refused);
        CHECK(refused.error().kind == Trouble::Kind::unusable);
        CHECK_THAT(refused.error().what, Contains(file) && Contains("newer fdnprobe (schema 2; this one knows 1)"));
    }
    CHECK(version_of(file) == 2);
}

TEST_CASE("schema: a database of another program is left as it is") {
    const ScratchFolder folder;
    const std::string file = folder.path("mail.db");
    SQLite::Database(file, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE mail(id INTEGER)");
    const auto bytes = std::filesystem::file_size(file);
    for (const auto& refused : {History::open(file, {}), History::open_to_read(file)}) {
        REQUIRE(!refused);
        CHECK(refused.error().kind == Trouble::Kind::unusable);
        CHECK_THAT(refused.error().what, Contains(file) && Contains("another program"));
    }
    CHECK(std::filesystem::file_size(file) == bytes);
    SQLite::Database database(file);
    CHECK(database.execAndGet("PRAGMA journal_mode").getString() == "delete");
}

TEST_CASE("schema: an empty file becomes a history") {
    const ScratchFolder folder;
    const std::string file = folder.write("history.db", "");
    const auto read = History::open_to_read(file);
    REQUIRE(!read);
    CHECK_THAT(read.error().what, Contains("there is no history") && Contains("fdnprobe watch"));
    CHECK(History::open(file, {}));
}

}  // namespace fdnprobe::history
