// What the pages ask of a history, and what they do when it does not answer.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catch.hpp"
#include "web/api_history.hpp"
#include "web/pages.hpp"
#include "web/routes.hpp"

namespace fdnprobe::web {
namespace {

using namespace std::chrono_literals;

const WallTime now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + 6h + 25min + 30s;

/// Remembers what it was asked.
class Scripted final : public history::History {
  public:
    std::optional<history::Trouble> record(
        const Report& /*run*/, WallTime /*at*/, const Standings& /*standings*/,
        const std::vector<WatchEvent>& /*events*/,
        const std::function<std::string(const CheckResult&)>& /*evidence*/) override {
        return std::nullopt;
    }
    Expected<Standings, history::Trouble> standings() override { return Standings{}; }
    Expected<HistoryReport, history::Trouble> ask(const history::Query& query) override {
        asked.push_back(query);
        if (trouble) return Unexpected<history::Trouble>(*trouble);
        HistoryReport report;
        report.from = query.from;
        report.until = query.until;
        return report;
    }
    void retain(const Retention& /*retention*/) override {}
    void interrupt() override {}

    std::vector<history::Query> asked;
    std::optional<history::Trouble> trouble;
};

Snapshot snapshot(std::uint64_t serial) {
    Snapshot made;
    made.serial = serial;
    RowResult row;
    row.row.table = "table";
    row.row.id = "outgoing/peer/purpose";
    row.row.peer = "Peer";
    row.row.purpose = "Purpose";
    made.report.rows = {row};
    return made;
}

TEST_CASE("the page of all rows asks for a day, a week and a month, whole periods each") {
    Scripted history;
    Pages pages(&history);
    const Snapshot first = snapshot(1);
    CHECK(pages.rows(&first, first.watch, now).status == 200);
    REQUIRE(history.asked.size() == 3);
    CHECK(history.asked[0].period == 1h);
    CHECK(history.asked[0].until == now - 25min - 30s + 1h);
    CHECK(history.asked[0].from == history.asked[0].until - 24h);
    CHECK(history.asked[1].period == 6h);
    CHECK(history.asked[1].until == now - 25min - 30s + 6h);
    CHECK(history.asked[1].from == history.asked[1].until - 7 * 24h);
    CHECK(history.asked[2].period == 24h);
    CHECK(history.asked[2].until == now - 6h - 25min - 30s + 24h);
    CHECK(history.asked[2].from == history.asked[2].until - 30 * 24h);
    for (const history::Query& query : history.asked)
        CHECK_FALSE((query.latencies || query.verdicts || query.evidence));
}

TEST_CASE("what was asked serves all who look within the minute, until the next run") {
    Scripted history;
    Pages pages(&history);
    const Snapshot first = snapshot(1);
    const Snapshot second = snapshot(2);
    for (int index = 0; index < 5; ++index) (void)pages.rows(&first, first.watch, now + index * 5s);
    CHECK(history.asked.size() == 3);
    (void)pages.rows(&first, first.watch, now + 30s);
    CHECK(history.asked.size() == 6);
    (void)pages.rows(&second, second.watch, now + 31s);
    CHECK(history.asked.size() == 9);
}

TEST_CASE("a page comes without its history, says so, and does not wait for it again at once") {
    Scripted history;
    history.trouble = {history::Trouble::Kind::busy, "The history is held by somebody."};
    Pages pages(&history);
    const Snapshot first = snapshot(1);
    const Answer answer = pages.rows(&first, first.watch, now);
    CHECK(answer.status == 200);
    CHECK(answer.body.find("The history is held by somebody.") != std::string::npos);
    CHECK(history.asked.size() == 1);
    CHECK(pages.rows(&first, first.watch, now + 4s).status == 200);
    CHECK(pages.row(&first, "/rows/table/outgoing/peer/purpose", now + 4s).status == 200);
    CHECK(history.asked.size() == 1);
    history.trouble.reset();
    CHECK(pages.rows(&first, first.watch, now + 5s).body.find("held by") == std::string::npos);
    CHECK(history.asked.size() == 4);
    // A clock that was set back does not keep it waiting.
    history.trouble = {history::Trouble::Kind::busy, "Held."};
    (void)pages.row(&first, "/rows/table/outgoing/peer/purpose", now);
    history.trouble.reset();
    (void)pages.row(&first, "/rows/table/outgoing/peer/purpose", now - 1h);
    CHECK(history.asked.size() == 6);
}

TEST_CASE("a row that is not watched is not asked about") {
    Scripted history;
    Pages pages(&history);
    const Snapshot first = snapshot(1);
    for (const char* const path :
         {"/rows/table", "/rows/*", "/rows/table/outgoing/peer/purpose/", "/rows/Table/outgoing/peer/purpose"})
        CHECK(pages.row(&first, path, now).status == 404);
    CHECK(history.asked.empty());
    CHECK(pages.row(nullptr, "/rows/table/outgoing/peer/purpose", now).status == 503);
    CHECK(pages.row(&first, "/rows/table/outgoing/peer/purpose", now).status == 200);
    REQUIRE(history.asked.size() == 1);
    CHECK(history.asked[0].row == "table/outgoing/peer/purpose");
}

TEST_CASE("a history in trouble is a refusal of the API, and a busy one says when to come back") {
    Scripted history;
    history.trouble = {history::Trouble::Kind::unusable, "history.db is damaged."};
    const Answer damaged = api_history(&history, {}, now);
    CHECK(damaged.status == 503);
    CHECK(damaged.body == "{\"error\":\"history.db is damaged.\"}\n");
    CHECK(damaged.headers.empty());
    history.trouble->kind = history::Trouble::Kind::busy;
    const Answer held = api_history(&history, {}, now);
    CHECK(held.status == 503);
    CHECK(held.headers == std::vector<std::pair<std::string, std::string>>{{"Retry-After", "2"}});
}

TEST_CASE("whatever may wait for the history does so in one place") {
    for (const char* const path : {"/", "/rows/a/b", "/api/v1/history"}) {
        CHECK(work_of(route_of(path), true) == Work::history);
        CHECK(work_of(route_of(path), false) == Work::heavy);
    }
    for (const char* const path : {"/api/v1/report", "/metrics"}) CHECK(work_of(route_of(path), true) == Work::heavy);
    for (const char* const path :
         {"/healthz", "/readyz", "/api/v1/events", "/nothing", "/page.css", "/%61pi/v1/history"})
        CHECK(work_of(route_of(path), true) == Work::light);
}

}  // namespace
}  // namespace fdnprobe::web
