// Events as JSON and as one sentence.
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "golden.hpp"
#include "parsed.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {
namespace {

using std::chrono::minutes;

std::chrono::system_clock::time_point morning() {
    using namespace std::chrono;
    return sys_days(year(2026) / November / 20) + hours(6) + minutes(25) + milliseconds(123);
}

RowChange change(const std::string& peer, std::optional<State> from, State to) {
    RowChange row;
    row.row = "fortiproxy-7.4/outgoing/" + slug(peer);
    row.peer = peer;
    row.purpose = "AV/IPS Update";
    row.ports = "TCP/443, TCP/8890";
    row.from = from;
    row.to = to;
    row.since = morning() - minutes(10);
    return row;
}

RowChange blocked(const std::string& peer) {
    RowChange row = change(peer, State::reachable, State::blocked);
    row.cause = Cause::timeout;
    row.owner = Owner::network;
    row.summary = "update.fortiguard.net does not answer on TCP/443 within 3.5 s.";
    row.advice = "Allow TCP/443 to update.fortiguard.net.";
    row.where = Where{2, Address::parse("10.0.0.1"), 9};
    return row;
}

Reason uplink() {
    Reason reason;
    reason.code = "device-on-path";
    reason.summary = "10.0.0.1 drops what is sent to the outside.";
    reason.rests_on = {"34 checks end there."};
    reason.advice = "Ask whoever looks after 10.0.0.1.";
    reason.owner = Owner::network;
    reason.where = Where{2, Address::parse("10.0.0.1"), std::nullopt};
    return reason;
}

WatchEvent event(std::vector<RowChange> rows, std::vector<Reason> reasons = {}) {
    WatchEvent event;
    event.id = "e-1";
    event.at = morning();
    event.site = "branch-17";
    event.host = "probe-17";
    event.rows = std::move(rows);
    event.reasons = std::move(reasons);
    return event;
}

TEST_CASE("event: golden file") {
    WatchEvent made = event({blocked("FortiGuard"), change("FortiManager", State::broken, State::reachable),
                             change("FortiMail", std::nullopt, State::degraded)},
                            {uplink()});
    golden::compare("event.json", parsed(render_event(made)).dump(2) + '\n');
}

TEST_CASE("event: one line, with every key there whether it applies or not") {
    const std::string text = render_event(event({}));
    CHECK(text.find('\n') == text.size() - 1);
    const Json document = parsed(text);
    std::vector<std::string> keys;
    for (const auto& item : document.items()) keys.push_back(item.key());
    CHECK(keys == std::vector<std::string>{"schema", "id", "at", "site", "host", "kind", "summary", "rows_total",
                                           "rows", "reasons"});
    WatchEvent bare = event({RowChange{}});
    bare.site = bare.host = "";
    const Json row = parsed(render_event(bare))["rows"][0];
    for (const std::string key : {"from", "cause", "advice", "where"}) {
        REQUIRE(row.contains(key));
        CHECK(row[key].is_null());
    }
}

TEST_CASE("event sentence: one row") {
    CHECK(event_sentence(event({blocked("FortiGuard")})) ==
          "branch-17: FortiGuard, AV/IPS Update (TCP/443, TCP/8890) is blocked: update.fortiguard.net does not answer "
          "on TCP/443 within 3.5 s.");
    CHECK(event_sentence(event({change("FortiGuard", State::blocked, State::reachable)})) ==
          "branch-17: FortiGuard, AV/IPS Update (TCP/443, TCP/8890) is reachable again");
    CHECK(event_sentence(event({change("FortiGuard", State::degraded, State::reachable)})) ==
          "branch-17: FortiGuard, AV/IPS Update (TCP/443, TCP/8890) is reachable");
}

TEST_CASE("event sentence: many rows are counted, the worst first, with the reason") {
    std::vector<RowChange> rows(32, blocked("FortiGuard"));
    rows.push_back(blocked("FortiManager"));
    rows.push_back(blocked("FortiMail"));
    CHECK(event_sentence(event(rows, {uplink()})) ==
          "branch-17: 34 rows of FortiGuard and 2 other peers are blocked; one reason: 10.0.0.1 drops what is sent to "
          "the outside.");
    CHECK(event_sentence(event(rows, {uplink(), uplink()})) ==
          "branch-17: 34 rows of FortiGuard and 2 other peers are blocked; the first of 2 reasons: 10.0.0.1 drops what "
          "is sent to the outside.");
    CHECK(event_sentence(event({change("A", State::blocked, State::reachable), blocked("A"), blocked("B"),
                                change("C", State::reachable, State::local),
                                change("D", State::reachable, State::unconfigured)})) ==
          "branch-17: 1 row of C fails on this host itself, 2 rows of A and B are blocked, 1 row of A is reachable "
          "again and 1 row of D is unconfigured");
}

TEST_CASE("event sentence: nothing works, and works again") {
    WatchEvent control = event({});
    control.kind = WatchEventKind::control_failed;
    CHECK(event_sentence(control) ==
          "branch-17: nothing at all works from probe-17; nothing is said of its rows until something does");
    control.kind = WatchEventKind::control_restored;
    control.site = "";
    CHECK(event_sentence(control) == "probe-17: something works from probe-17 again");
    control.host = "";
    CHECK(event_sentence(control) == "this site: something works from here again");
}

TEST_CASE("event: five thousand rows are cut, and counted") {
    const WatchEvent large =
        event(std::vector<RowChange>(5000, blocked("FortiGuard")), std::vector<Reason>(500, uplink()));
    const Json document = parsed(render_event(large));
    CHECK(document["rows_total"] == 5000);
    CHECK(document["rows"].size() == 200);
    CHECK(document["reasons"].size() == 20);
    CHECK_THAT(document["summary"].get<std::string>(), Contains("5000 rows of FortiGuard are blocked"));
}

void check_strings(const Json& value) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        CHECK(text.size() <= 1000);
        CHECK(printable(text, 1100) == text);
    } else if (value.is_structured()) {
        for (const auto& item : value) check_strings(item);
    }
}

TEST_CASE("event: hostile text is escaped and bounded") {
    for (const std::string& text :
         {std::string("\x1b[2J\x1b]0;title\x07"), std::string("a\nb\r\nc"), std::string("nul\0x", 5),
          std::string("\xe2\x80\xae right to left"), std::string("\xff\xfe\xc0"),
          std::string("\"}],\"kind\":\"control-restored"), std::string(100'000, '\x1b'), std::string(100'000, '\\'),
          std::string("</script><script>alert(1)</script>")}) {
        RowChange row;
        row.row = row.peer = row.purpose = row.ports = row.summary = row.advice = text;
        Reason reason;
        reason.code = reason.summary = reason.advice = text;
        reason.rests_on.assign(50, text);
        WatchEvent hostile = event(std::vector<RowChange>(300, row), std::vector<Reason>(30, reason));
        hostile.id = hostile.site = hostile.host = text;
        const std::string json = render_event(hostile);
        CHECK(json.size() < 2 * std::size_t{1024} * 1024);
        CHECK(json.find('\n') == json.size() - 1);
        const Json document = parsed(json);
        CHECK(document["kind"] == "rows-changed");
        check_strings(document);
        hostile.rows.resize(1);
        CHECK(event_sentence(hostile).size() <= 1000);
        CHECK(printable(event_sentence(hostile), 1100) == event_sentence(hostile));
    }
}

}  // namespace
}  // namespace fdnprobe::report
