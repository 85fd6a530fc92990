#include "web/page.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "report/full_fixture.hpp"
#include "report/hostile.hpp"
#include "report/well_formed.hpp"
#include "web/page_latency.hpp"
#include "web/page_parts.hpp"
#include "web/page_timeline.hpp"

namespace fdnprobe::web {
namespace {

namespace fixture = report::fixture;
using well_formed::Document;

const WallTime noon{fixture::day(2026, 11, 20) + std::chrono::hours(12)};

WatchFacts facts() {
    WatchFacts made;
    made.started = noon - std::chrono::hours(72);
    made.every = std::chrono::minutes(5);
    made.runs = 864;
    made.last_run = noon;
    made.last_elapsed = std::chrono::milliseconds(4234);
    made.next_run = noon + std::chrono::minutes(5);
    return made;
}

Snapshot snapshot_of(Report report) {
    Snapshot snapshot;
    snapshot.serial = 864;
    snapshot.watch = facts();
    for (const RowResult& row : report.rows) {
        Standing& standing = snapshot.standings.rows[row.row.full_id()];
        standing.confirmed = standing.latest = row.state;
        standing.since = noon - std::chrono::hours(5);
        standing.checked = noon;
    }
    snapshot.report = std::move(report);
    return snapshot;
}

StatePeriod period(int hour, std::map<State, std::uint32_t> runs) {
    return {noon + std::chrono::hours(hour), noon + std::chrono::hours(hour + 1), std::move(runs)};
}

RowHistory history_of(const RowResult& row, const Report& report, const std::string& text) {
    RowHistory history;
    history.id = row.row.full_id();
    history.runs = 24;
    history.timeline = {period(0, {{State::reachable, 12}}), period(1, {{State::reachable, 11}, {State::blocked, 1}}),
                        period(2, {}), period(3, {{State::blocked, 12}})};
    history.changes = {{noon, noon - std::chrono::minutes(5), State::reachable, State::blocked},
                       {noon - std::chrono::hours(9), noon - std::chrono::hours(9), std::nullopt, State::reachable}};
    for (const std::size_t index : row.checks) {
        CheckHistory& check = history.checks.emplace_back();
        check.id = report.checks[index].check.id;
        check.latency = {{noon, noon + std::chrono::hours(1), 12, 10, 12.5, 19},
                         {noon + std::chrono::hours(1), noon + std::chrono::hours(2), 12, 11, 14, 40}};
        check.usual_ms = 12.5;
        check.recent_ms = 14;
    }
    history.verdicts = {{noon, text, Cause::answered, Cause::timeout, text, text},
                        {noon, row.checks.empty() ? text : report.checks[row.checks[0]].check.id, std::nullopt,
                         Cause::answered, text, text}};
    return history;
}

Timelines timelines_of(const Report& report) {
    Timelines timelines;
    for (HistoryReport* const span : {&timelines.day, &timelines.week, &timelines.month})
        for (const RowResult& row : report.rows) span->rows.push_back(history_of(row, report, "It answered."));
    return timelines;
}

/// What holds for every page: well-formed, no script but its own, nothing that a strict policy would refuse.
void check_page(const Document& document) {
    CHECK(document.mistakes == std::vector<std::string>());
    for (const std::string& name : document.names) {
        INFO(name);
        CHECK(name.find(" on") == std::string::npos);
        CHECK(name.find(" style") == std::string::npos);
        CHECK(name != "style");
        CHECK_FALSE(name.starts_with("img"));
        CHECK_FALSE(name.starts_with("iframe"));
    }
    for (const std::string& link : document.links) {
        INFO(link);
        CHECK((link.starts_with("#") || (link.starts_with("/") && !link.starts_with("//"))));
    }
    CHECK(std::count(document.links.begin(), document.links.end(), "/page.js") == 1);
}

bool says(const std::string& page, const std::string& text) {
    return well_formed::read(page).text.find(text) != std::string::npos;
}

TEST_CASE("page: well-formed, with and without a history, before and after the first run") {
    check_page(well_formed::read(page_of_rows(nullptr, facts(), nullptr)));
    CHECK(says(page_of_rows(nullptr, facts(), nullptr), "The first run has not ended yet"));
    check_page(well_formed::read(page_of_error(404, "There is no such page.")));
    CHECK(says(page_of_error(404, "There is no <such> page."), "There is no <such> page."));
    for (const Report& report : {fixture::busy_site(), fixture::looked_at_again(), fixture::quiet_night(), Report{}}) {
        const Snapshot snapshot = snapshot_of(report);
        const Timelines timelines = timelines_of(report);
        const Timelines empty;
        for (const Timelines* history : {static_cast<const Timelines*>(nullptr), &timelines, &empty})
            check_page(well_formed::read(page_of_rows(&snapshot, facts(), history)));
        for (const RowResult& row : report.rows) {
            const RowHistory history = history_of(row, report, "It answered.");
            check_page(well_formed::read(page_of_row(snapshot, row.row.full_id(), &history)));
            check_page(well_formed::read(page_of_row(snapshot, row.row.full_id(), nullptr)));
        }
    }
}

TEST_CASE("page: nothing that comes from elsewhere becomes a part of it") {
    const auto pages_with = [](const std::string& text) {
        Report report = fixture::poisoned(text);
        Snapshot snapshot = snapshot_of(report);
        WatchFacts known = facts();
        known.reload_problem = known.history_problem = text;
        known.unrecorded = 3;
        known.receivers = {{text, 1, 2, 3, 4, text}};
        known.control_failed = known.paused = known.quiet = true;
        snapshot.watch = known;
        const Timelines timelines = timelines_of(report);
        const RowResult& row = report.rows.front();
        const RowHistory history = history_of(row, report, text);
        return std::vector<std::string>{page_of_rows(&snapshot, known, &timelines),
                                        page_of_row(snapshot, row.row.full_id(), &history), page_of_error(400, text)};
    };
    std::set<std::string> names;
    std::set<std::string> classes;
    for (const std::string& page : pages_with("harmless")) {
        const Document document = well_formed::read(page);
        names.insert(document.names.begin(), document.names.end());
        classes.insert(document.classes.begin(), document.classes.end());
    }
    std::vector<std::string> texts = well_formed::escape_attempts();
    for (const std::string& text : fixture::hostile_texts()) texts.push_back(text);
    for (const std::string& text : texts) {
        INFO("hostile text " << hex(text.substr(0, 32)));
        for (const std::string& page : pages_with(text)) {
            const Document document = well_formed::read(page);
            check_page(document);
            for (const std::string& name : document.names) {
                INFO(name);
                CHECK(names.contains(name));
            }
            for (const std::string& name : document.classes) CHECK(classes.contains(name));
        }
    }
}

TEST_CASE("page: the address of a row holds nothing that means something in an address") {
    CHECK(address_of_row("fortiproxy-7.4/outgoing/a_b~c") == "/rows/fortiproxy-7.4/outgoing/a_b~c");
    CHECK(address_of_row("a b?c#d%e&\"<\xc3\xa9") == "/rows/a%20b%3Fc%23d%25e%26%22%3C%C3%A9");
}

TEST_CASE("page: rows with their state, cause, advice, time and where to read more") {
    const Snapshot snapshot = snapshot_of(fixture::busy_site());
    const std::string page = page_of_rows(&snapshot, facts(), nullptr);
    CHECK(page.find("href=\"/rows/fortiproxy-7.4/outgoing/fortiguard/cloud-app-db\"") != std::string::npos);
    CHECK(page.find("<time datetime=\"2026-11-20T07:00:00.000Z\">2026-11-20 07:00 UTC</time>") != std::string::npos);
    for (const char* said : {"Cloud App DB", "reset-on-path", "Ask whoever runs 10.0.0.1", "Every5m", "864 runs",
                             "What to do first", "2026-11-20 12:05 UTC"}) {
        INFO(said);
        CHECK(says(page, said));
    }
    CHECK(page_of_row(snapshot, "no/such/row", nullptr).empty());
}

TEST_CASE("page: what is not confirmed yet is said to be so") {
    Standing standing;
    const auto text = [&] {
        Html html;
        html_since(html, &standing);
        return html.take();
    };
    CHECK(text().find("not checked yet") != std::string::npos);
    standing.checked = noon;
    standing.latest = State::blocked;
    CHECK(text().find("not confirmed yet<") != std::string::npos);
    standing.confirmed = State::reachable;
    standing.changing = noon;
    CHECK(text().find("not confirmed yet; was reachable") != std::string::npos);
    CHECK(text().find("2026-11-20 12:00 UTC") != std::string::npos);
    standing.confirmed = State::blocked;
    standing.since = noon - std::chrono::hours(1);
    CHECK(text().find("2026-11-20 11:00 UTC") != std::string::npos);
    CHECK(text().find("confirmed") == std::string::npos);
}

TEST_CASE("page: what has to be known before the rows are believed stands before them") {
    const auto page_with = [](auto change) {
        WatchFacts known = facts();
        change(known);
        return page_of_rows(nullptr, known, nullptr);
    };
    CHECK(page_with([](WatchFacts&) {}).find("class=\"banner ") == std::string::npos);
    CHECK(says(page_with([](WatchFacts& known) { known.control_failed = true; }), "Nothing at all works from here."));
    CHECK(says(page_with([](WatchFacts& known) { known.paused = true; }), "Paused."));
    CHECK(says(page_with([](WatchFacts& known) { known.quiet = true; }), "Quiet hours."));
    CHECK(says(page_with([](WatchFacts& known) { known.reload_problem = "site.toml:3: what?"; }),
               "The new tables or site are not in use: site.toml:3: what?"));
    CHECK(says(page_with([](WatchFacts& known) {
                   known.history_problem = "The disk is full.";
                   known.unrecorded = 2;
               }),
               "Runs are not being recorded: The disk is full. 2 runs wait to be recorded."));
    CHECK(says(page_with([](WatchFacts& known) {
                   known.receivers = {{"webhook 1", 5, 2, 0, 1, "no route"}};
               }),
               "Notifications to webhook 1: 1 message is not delivered yet: no route."));
    CHECK_FALSE(says(page_with([](WatchFacts& known) {
                         known.receivers = {{"webhook 1", 5, 2, 0, 0, "no route"}};
                     }),
                     "Notifications"));
}

std::string strip(const std::vector<StatePeriod>& periods) {
    Html html;
    html_timeline(html, periods, "Last day");
    return html.take();
}

TEST_CASE("page: a timeline is low where all is well and high where it is not, and says so in words") {
    CHECK(timeline_words({}) == "not checked");
    CHECK(timeline_words({period(0, {{State::unconfigured, 3}})}) == "not checked");
    CHECK(timeline_words({period(0, {{State::reachable, 2999}, {State::blocked, 1}})}) ==
          "99.9 % of 3000 runs good; blocked 1");
    CHECK(timeline_words({period(0, {{State::reachable, 12}})}) == "100 % of 12 runs good");

    const std::string text = strip({period(0, {{State::reachable, 12}}), period(1, {{State::reachable, 12}}),
                                    period(2, {}), period(3, {{State::reachable, 11}, {State::blocked, 1}}),
                                    period(4, {{State::blocked, 12}}), period(5, {{State::degraded, 12}})});
    CHECK(well_formed::read(text).mistakes.empty());
    CHECK(text.find("aria-label=\"Last day: ") != std::string::npos);
    CHECK(text.find("viewBox=\"0 0 6 16\"") != std::string::npos);
    CHECK(text.find("class=\"good\" x=\"0\" y=\"11\" width=\"2\" height=\"5\"") != std::string::npos);
    CHECK(text.find("class=\"none\" x=\"2\" y=\"15\" width=\"1\" height=\"1\"") != std::string::npos);
    CHECK(text.find("class=\"bad\" x=\"3\" y=\"6\" width=\"1\" height=\"10\"") != std::string::npos);
    CHECK(text.find("class=\"bad\" x=\"4\" y=\"0\" width=\"1\" height=\"16\"") != std::string::npos);
    CHECK(text.find("class=\"warn\" x=\"5\" y=\"8\" width=\"1\" height=\"8\"") != std::string::npos);
    CHECK(well_formed::read(strip({})).mistakes.empty());
}

TEST_CASE("page: latency is a line in a band, with its numbers, and breaks where nothing answered") {
    CheckHistory check;
    check.id = "table/row/tcp-443/tls/a.example";
    const auto drawn = [&] {
        Html html;
        html_latency(html, check, "TCP/443 at a.example");
        return html.take();
    };
    CHECK(drawn().empty());
    const auto hour = [](int number) { return noon + std::chrono::hours(number); };
    check.latency = {{hour(0), hour(1), 12, 10, 12, 19}, {hour(1), hour(2), 4, 11, 24, 120}};
    check.usual_ms = 12;
    const auto lines = [&] {
        const std::string text = drawn();
        std::size_t count = 0;
        for (std::size_t at = text.find("class=\"line\""); at != std::string::npos;
             at = text.find("class=\"line\"", at + 1))
            ++count;
        return count;
    };
    CHECK(lines() == 1);
    CHECK(says(drawn(), "least 10 ms, mean 15 ms, most 120 ms; usually 12 ms"));
    CHECK(says(drawn(), "200 ms"));  // where the axis ends
    check.latency.push_back({hour(5), hour(6), 1, 10, 10, 10});
    CHECK(lines() == 2);
    check.latency = {{hour(0), hour(1), 0, 0, 0, 0}};
    CHECK(well_formed::read(drawn()).mistakes.empty());
    check.latency = {{hour(0), hour(0), 1, 5, 5, 5}};
    CHECK(well_formed::read(drawn()).mistakes.empty());
}

TEST_CASE("page: a row's page has its checks, evidence, certificates, way and history") {
    const Snapshot snapshot = snapshot_of(fixture::busy_site());
    const RowResult& row = snapshot.report.rows.front();
    const RowHistory history = history_of(row, snapshot.report, "Nothing answered.");
    const std::string page = page_of_row(snapshot, row.row.full_id(), &history);
    for (const char* said : {"it dies here", "Certificate chain of 1 certificate", "resolve.answer", "connect.timeout",
                             "How long it takes", "Confirmed changes", "(was reachable), confirmed",
                             "What changed from one run to the next: 2 changes", "(was answered): Nothing answered."}) {
        INFO(said);
        CHECK(says(page, said));
    }
    CHECK(page.find("class=\"hop marked\" data-hop=\"1\"") != std::string::npos);
}

TEST_CASE("page: the files beside it are inside the program") {
    std::set<std::string_view> paths;
    for (const Asset& asset : assets()) {
        paths.insert(asset.path);
        CHECK_FALSE(asset.body.empty());
        // Nothing is asked of another host.
        CHECK(asset.body.find("https:") == std::string_view::npos);
        CHECK(asset.body.find("url(") == std::string_view::npos);
        CHECK(asset.body.find("innerHTML") == std::string_view::npos);
    }
    CHECK(paths == std::set<std::string_view>{"/page.css", "/page.js", "/page.svg"});
}

}  // namespace
}  // namespace fdnprobe::web
