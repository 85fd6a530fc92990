#include "watch/board.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"
#include "runs.hpp"

using namespace fdnprobe;
using runs::minute;
using runs::Run;
using runs::spell;
using watch::Board;

namespace {

constexpr Cause good = Cause::answered;
constexpr Cause bad = Cause::timeout;               // blocked
constexpr Cause worse = Cause::nxdomain;            // unresolved
constexpr Cause open = Cause::no_reply;             // inconclusive
constexpr Cause nothing = Cause::control_failed;    // inconclusive
constexpr Cause cut_off = Cause::interrupted;       // local
constexpr Cause not_tried = Cause::not_configured;  // unconfigured

Board board_of(const std::vector<std::string>& names, Confirmation confirmation) {
    Board board(confirmation);
    board.plan(runs::plan_of(names), confirmation);
    return board;
}

/// One row, a run a minute; what each of them confirms.
std::string follow(Confirmation confirmation, const std::vector<Cause>& causes) {
    Board board = board_of({"a"}, confirmation);
    std::string text;
    int at = 0;
    for (const Cause cause : causes) {
        const std::string said = spell(board.take(Run{{"a", cause}}.with_life(), minute(at)));
        if (!said.empty()) text += std::to_string(at) + " " + said;
        ++at;
    }
    return text;
}

const Standing& standing(const Board& board, const std::string& name) { return board.standings().rows.at("t/" + name); }

}  // namespace

TEST_CASE("one lost packet says nothing", "[watch][board]") {
    CHECK(follow({2, 3}, {good, bad, good, good, bad, good, good, bad, good, good}).empty());
    CHECK(follow({2, 5}, {good, good, good, good, good, bad, good, good, good, good, bad}).empty());
}

TEST_CASE("a change counts once so many of the last runs say so", "[watch][board]") {
    CHECK(follow({2, 3}, {good, bad, bad, bad, good, good, good}) ==
          "2 a: reachable>blocked\n5 a: blocked>reachable\n");
    CHECK(follow({2, 3}, {good, bad, good, bad}) == "3 a: reachable>blocked\n");
    CHECK(follow({1, 1}, {good, bad, good}) == "1 a: reachable>blocked\n2 a: blocked>reachable\n");
    CHECK(follow({3, 3}, {good, bad, bad, good, bad, bad, bad, good}) == "6 a: reachable>blocked\n");
}

TEST_CASE("what was so before a change does not speak against it", "[watch][board]") {
    // Three good runs are still among the last five when the next good one comes, and do not make it two.
    CHECK(follow({2, 5}, {good, good, good, bad, bad, good, bad, bad, bad, bad, bad}) == "4 a: reachable>blocked\n");
}

TEST_CASE("a row that flaps changes no more often than its confirmation allows", "[watch][board]") {
    std::vector<Cause> causes;
    for (int pair = 0; pair < 30; ++pair) {
        causes.push_back(good);
        causes.push_back(bad);
    }
    CHECK(follow({3, 3}, causes).empty());
    const std::string flapping = follow({2, 3}, causes);
    const auto changes = std::count(flapping.begin(), flapping.end(), '\n');
    CHECK(changes > 10);
    CHECK(changes <= 20);
}

TEST_CASE("of several bad states the one that most runs have counts, of a tie the latest", "[watch][board]") {
    CHECK(follow({3, 5}, {good, bad, worse, bad}) == "3 a: reachable>blocked\n");
    CHECK(follow({3, 5}, {good, bad, bad, worse, bad}) == "4 a: reachable>blocked\n");
    CHECK(follow({2, 3}, {good, bad, worse}) == "2 a: reachable>unresolved\n");
    CHECK(follow({2, 3}, {good, worse, bad}) == "2 a: reachable>blocked\n");
    CHECK(follow({4, 5}, {good, bad, worse, bad, worse}) == "4 a: reachable>unresolved\n");
}

TEST_CASE("a change is confirmed by a run that found it, whose evidence is told", "[watch][board]") {
    CHECK(follow({3, 5}, {good, bad, bad, worse}).empty());
    CHECK(follow({3, 5}, {good, bad, bad, worse, worse}) == "4 a: reachable>unresolved\n");
    Board board = board_of({"a"}, {3, 5});
    int at = 0;
    for (const Cause cause : {good, bad, bad, worse}) (void)board.take(Run{{"a", cause}}.with_life(), minute(at++));
    const auto events = board.take(Run{{"a", bad}}.with_life(), minute(at));
    REQUIRE(events.size() == 1);
    CHECK(events[0].rows.at(0).to == State::blocked);
    CHECK(events[0].rows[0].cause == bad);
    CHECK(standing(board, "a").since == minute(1));
    CHECK(standing(board, "a").recent == std::vector<State>(3, State::blocked));
    CHECK(standing(board, "a").changing == std::chrono::system_clock::time_point{});
}

TEST_CASE("the first good state is confirmed at once and said to nobody", "[watch][board]") {
    for (const Cause cause : {good, not_tried}) {
        Board board = board_of({"a"}, {3, 3});
        CHECK(board.take(Run{{"a", cause}}.with_life(), minute(0)).empty());
        CHECK(standing(board, "a").confirmed.has_value());
        CHECK(standing(board, "a").since == minute(0));
    }
}

TEST_CASE("the first bad state has to be confirmed", "[watch][board]") {
    CHECK(follow({2, 3}, {bad, bad, bad}) == "1 a: >blocked\n");
    CHECK(follow({1, 1}, {bad}) == "0 a: >blocked\n");
    CHECK(follow({2, 3}, {bad, good, good}).empty());
    CHECK(follow({2, 3}, {bad, good, bad, bad}) == "3 a: reachable>blocked\n");
}

TEST_CASE("silence that proves nothing is believed when it is confirmed, and is no news as a first state",
          "[watch][board]") {
    CHECK(follow({2, 3}, {open, open, open}).empty());
    CHECK(follow({2, 3}, {open, good, good, good}).empty());
    CHECK(follow({2, 3}, {open, open, good, good}) == "3 a: inconclusive>reachable\n");
    CHECK(follow({2, 3}, {good, open, open}) == "2 a: reachable>inconclusive\n");
}

TEST_CASE("a standing says since when, what was seen last, and since when it differs", "[watch][board]") {
    Board board = board_of({"a"}, {2, 3});
    (void)board.take(Run{{"a", good}}.with_life(), minute(1));
    CHECK(standing(board, "a").since == minute(1));
    CHECK(standing(board, "a").changing == std::chrono::system_clock::time_point{});
    (void)board.take(Run{{"a", bad}}.with_life(), minute(2));
    CHECK(standing(board, "a").confirmed == State::reachable);
    CHECK(standing(board, "a").latest == State::blocked);
    CHECK(standing(board, "a").checked == minute(2));
    CHECK(standing(board, "a").changing == minute(2));
    CHECK(standing(board, "a").recent == std::vector<State>{State::reachable, State::blocked});
    const auto events = board.take(Run{{"a", bad}}.with_life(), minute(3));
    REQUIRE(events.size() == 1);
    CHECK(events[0].rows.at(0).since == minute(2));
    CHECK(standing(board, "a").since == minute(2));
    CHECK(standing(board, "a").changing == std::chrono::system_clock::time_point{});
    (void)board.take(Run{{"a", good}}.with_life(), minute(4));
    (void)board.take(Run{{"a", bad}}.with_life(), minute(5));
    CHECK(standing(board, "a").changing == std::chrono::system_clock::time_point{});
}

TEST_CASE("a change carries what the deciding check says", "[watch][board]") {
    Board board = board_of({"a"}, {1, 1});
    (void)board.take(Run{{"a", good}}.with_life(), minute(0));
    Run run;
    run.add("a", good);
    CheckResult& decisive = run.add("a", bad);
    decisive.conclusion.where = Where{2, Address::parse("10.0.2.2"), std::nullopt};
    decisive.conclusion.summary = "TCP/443 is dropped.";
    run.add("a", Cause::bad_answer);
    const auto events = board.take(run.with_life(), minute(1));
    REQUIRE(events.size() == 1);
    CHECK(events[0].kind == WatchEventKind::rows_changed);
    CHECK(events[0].at == minute(1));
    CHECK(events[0].host == "probe-17");
    CHECK(events[0].site == "branch-17");
    REQUIRE(events[0].rows.size() == 1);
    const RowChange& change = events[0].rows[0];
    CHECK(change.row == "t/a");
    CHECK(change.peer == "peer of a");
    CHECK(change.purpose == "purpose of a");
    CHECK(change.ports == "TCP/443");
    CHECK(change.from == State::reachable);
    CHECK(change.to == State::blocked);
    CHECK(change.cause == bad);
    CHECK(change.owner == Owner::network);
    CHECK(change.summary == "TCP/443 is dropped.");
    CHECK(change.advice == "Mend a.");
    CHECK(change.where == Where{2, Address::parse("10.0.2.2"), std::nullopt});

    const auto restored = board.take(Run{{"a", good}}.with_life(), minute(2));
    REQUIRE(restored.size() == 1);
    CHECK_FALSE(restored[0].rows.at(0).cause);
    CHECK(restored[0].rows[0].owner == Owner::nobody);
    CHECK(restored[0].rows[0].summary == "a is answered");
    CHECK(restored[0].rows[0].advice.empty());
    CHECK_FALSE(restored[0].rows[0].where);
}

TEST_CASE("several rows that change in one run are one event, with what explains them", "[watch][board]") {
    Board board = board_of({"a", "b", "c"}, {1, 1});
    (void)board.take(Run{{"a", good}, {"b", good}, {"c", good}}.with_life(), minute(0));
    const auto events = board.take(Run{{"a", bad}, {"b", bad}, {"c", worse}}
                                       .with_reason("one-device", {0, 1})
                                       .with_reason("alone", {2})
                                       .with_life(),
                                   minute(1));
    REQUIRE(events.size() == 1);
    CHECK(spell(events) == "a: reachable>blocked\nb: reachable>blocked\nc: reachable>unresolved\n");
    REQUIRE(events[0].reasons.size() == 1);
    CHECK(events[0].reasons[0].code == "one-device");
    CHECK(events[0].reasons[0].checks.empty());
    // What explains other rows than those that changed is not repeated.
    const auto later =
        board.take(Run{{"a", bad}, {"b", bad}, {"c", good}}.with_reason("one-device", {0, 1}).with_life(), minute(2));
    REQUIRE(later.size() == 1);
    CHECK(later[0].reasons.empty());
}

TEST_CASE("where nothing works no row changes, and that is one event, and its end is one", "[watch][board]") {
    Board board = board_of({"a", "b"}, {2, 3});
    const Run dead = Run{{"a", nothing}, {"b", bad}}.with_reason("dead-uplink", {0, 1});
    const Run alive = Run{{"a", good}, {"b", good}}.with_life();
    CHECK(board.take(alive, minute(0)).empty());
    CHECK(board.take(dead, minute(1)).empty());
    CHECK_FALSE(board.control_lost());
    const auto failed = board.take(dead, minute(2));
    CHECK(spell(failed) == "control-failed\n");
    REQUIRE(failed[0].reasons.size() == 1);
    CHECK(failed[0].reasons[0].code == "dead-uplink");
    CHECK(failed[0].rows.empty());
    CHECK(board.control_lost());
    for (int at = 3; at < 20; ++at) CHECK(board.take(dead, minute(at)).empty());
    CHECK(standing(board, "b").confirmed == State::reachable);
    CHECK(standing(board, "b").latest == State::blocked);
    CHECK(standing(board, "b").checked == minute(19));
    CHECK(standing(board, "b").recent == std::vector<State>{State::reachable});
    // The page shows what was seen all the same.
    CHECK(board.report().rows.at(1).state == State::blocked);

    CHECK(board.take(alive, minute(20)).empty());
    CHECK(board.control_lost());
    const auto restored = board.take(alive, minute(21));
    CHECK(spell(restored) == "control-restored\n");
    CHECK(restored[0].reasons.empty());
    CHECK_FALSE(board.control_lost());
}

TEST_CASE("one run in which nothing works is no event", "[watch][board]") {
    Board board = board_of({"a"}, {2, 3});
    const Run alive = Run{{"a", good}}.with_life();
    for (int at = 0; at < 30; ++at) CHECK(board.take(at % 3 == 1 ? Run{{"a", nothing}} : alive, minute(at)).empty());
}

TEST_CASE("what is broken when everything works again is said then", "[watch][board]") {
    Board board = board_of({"a", "b"}, {2, 3});
    const Run half = Run{{"a", good}, {"b", bad}}.with_life();
    (void)board.take(Run{{"a", good}, {"b", good}}.with_life(), minute(0));
    for (const int at : {1, 2, 3}) (void)board.take(Run{{"a", nothing}, {"b", nothing}}, minute(at));
    CHECK(board.take(half, minute(4)).empty());
    CHECK(spell(board.take(half, minute(5))) == "control-restored\n");
    CHECK(spell(board.take(half, minute(6))) == "b: reachable>blocked\n");
}

TEST_CASE("a watch that begins where nothing works says so once that is confirmed", "[watch][board]") {
    Board board = board_of({"a"}, {2, 3});
    CHECK(board.take(Run{{"a", nothing}}, minute(0)).empty());
    CHECK(spell(board.take(Run{{"a", nothing}}, minute(1))) == "control-failed\n");
    CHECK_FALSE(standing(board, "a").confirmed);
}

TEST_CASE("a run of a few rows that is too small to tell says nothing while it is in doubt", "[watch][board]") {
    Board board = board_of({"a", "b", "c", "d"}, {2, 3});
    const Run dead{{"a", nothing}, {"b", nothing}, {"c", nothing}, {"d", nothing}};
    const Run few{{"a", bad}};
    (void)board.take(Run{{"a", good}, {"b", good}, {"c", good}, {"d", good}}.with_life(), minute(0));
    CHECK(board.take(dead, minute(5)).empty());
    for (int at = 6; at < 10; ++at) CHECK(board.take(few, minute(at)).empty());
    CHECK(standing(board, "a").confirmed == State::reachable);
    CHECK(spell(board.take(dead, minute(10))) == "control-failed\n");
    // Nor does it end it; one that shows a sign of life does.
    for (int at = 11; at < 15; ++at) CHECK(board.take(few, minute(at)).empty());
    CHECK(board.control_lost());
    CHECK(board.take(Run{{"a", good}}.with_life(), minute(15)).empty());
    CHECK(spell(board.take(Run{{"a", good}}.with_life(), minute(16))) == "control-restored\n");
    CHECK(board.take(few, minute(17)).empty());
    CHECK(spell(board.take(few, minute(18))) == "a: reachable>blocked\n");
}

TEST_CASE("a whole run that does not find that nothing works is believed, doubt or not", "[watch][board]") {
    Board board = board_of({"a"}, {2, 3});
    (void)board.take(Run{{"a", good}}.with_life(), minute(0));
    (void)board.take(Run{{"a", nothing}}, minute(1));
    const Run no_route{{"a", Cause::no_route}};
    CHECK(board.take(no_route, minute(2)).empty());
    CHECK(spell(board.take(no_route, minute(3))) == "a: reachable>local\n");
}

TEST_CASE("where nothing lies beyond this host's links an answer from there is enough", "[watch][board]") {
    Board board = board_of({"a", "b"}, {1, 1});
    CHECK(spell(board.take(Run{{"a", nothing}, {"b", nothing}}, minute(0))) == "control-failed\n");
    // Of a part of the rows it is not: the others may lie beyond.
    CHECK(board.take(Run{{"a", good}}, minute(1)).empty());
    CHECK(spell(board.take(Run{{"a", good}, {"b", bad}}, minute(2))) == "control-restored\nb: >blocked\n");
}

TEST_CASE("rows that were cut off are left as they were", "[watch][board]") {
    Board board = board_of({"a", "b"}, {1, 1});
    (void)board.take(Run{{"a", good}, {"b", good}}.with_life(), minute(0));
    Run half;
    half.add("a", bad);
    half.add("a", cut_off);
    half.add("b", bad);
    CHECK(spell(board.take(half.with_life(), minute(1))) == "b: reachable>blocked\n");
    CHECK(standing(board, "a").checked == minute(0));
    CHECK(standing(board, "a").latest == State::reachable);
    CHECK(board.report().rows.at(0).state == State::reachable);
    CHECK(board.report().rows.at(0).checks.size() == 1);
    // A row of which nothing is known stays so, too.
    Board fresh = board_of({"a"}, {1, 1});
    CHECK(fresh.take(Run{{"a", cut_off}}, minute(0)).empty());
    CHECK(fresh.standings().rows.empty());
    CHECK(fresh.report().rows.at(0).state == State::unconfigured);
}

TEST_CASE("all rows are in the report from the beginning, in the order of the plan", "[watch][board]") {
    Board board = board_of({"b", "a"}, {2, 3});
    const Report report = board.report();
    REQUIRE(report.rows.size() == 2);
    CHECK(report.rows[0].row.id == "b");
    CHECK(report.rows[0].state == State::unconfigured);
    CHECK(report.rows[0].checks.empty());
    CHECK(report.checks.empty());
    CHECK_FALSE(report.planned_only);
    CHECK(report.vantage.host == "probe-17");
    CHECK(board.standings().rows.empty());
}

TEST_CASE("runs of some rows become one report, with indices that fit", "[watch][board]") {
    Board board = board_of({"a", "b", "c"}, {2, 3});
    Run first;
    first.add("c", bad);
    first.add("a", bad);
    first.add("a", good);
    first.add("c", bad);
    first.add("b", worse);
    first.with_reason("ports", {0, 1, 3}).with_reason("names", {4});
    (void)board.take(first.with_life(), minute(0));
    Run second;
    second.add("b", bad);
    second.add("b", bad);
    second.with_reason("other", {0, 1});
    (void)board.take(second.with_life(), minute(1));

    const Report report = board.report();
    REQUIRE(report.rows.size() == 3);
    CHECK(report.rows[0].checks == std::vector<std::size_t>{0, 1});
    CHECK(report.rows[1].checks == std::vector<std::size_t>{2, 3});
    CHECK(report.rows[2].checks == std::vector<std::size_t>{4, 5});
    REQUIRE(report.checks.size() == 6);
    for (std::size_t row = 0; row < report.rows.size(); ++row)
        for (const std::size_t check : report.rows[row].checks) CHECK(report.checks[check].check.row == row);
    CHECK(report.checks[0].conclusion.cause == bad);
    CHECK(report.checks[1].conclusion.cause == good);
    // `names` was about a run of row b that is over; `ports` is one again, though two rows have it.
    REQUIRE(report.reasons.size() == 2);
    CHECK(report.reasons[0].code == "ports");
    CHECK(report.reasons[0].checks == std::vector<std::size_t>{0, 4, 5});
    CHECK(report.reasons[1].code == "other");
    CHECK(report.reasons[1].checks == std::vector<std::size_t>{2, 3});
    for (std::size_t check = 0; check < report.checks.size(); ++check) {
        const auto reason = report.checks[check].conclusion.reason;
        const bool explained = check != 1;
        CHECK(reason.has_value() == explained);
        if (!reason) continue;
        const auto& checks = report.reasons.at(*reason).checks;
        CHECK(std::count(checks.begin(), checks.end(), check) == 1);
    }
}

TEST_CASE("the reason that explains most comes first whatever run it is of", "[watch][board]") {
    Board board = board_of({"a", "b", "c"}, {2, 3});
    (void)board.take(Run{{"a", bad}, {"b", bad}, {"c", bad}}.with_reason("few", {0}).with_reason("many", {1, 2}),
                     minute(0));
    Report report = board.report();
    REQUIRE(report.reasons.size() == 2);
    CHECK(report.reasons[0].code == "many");
    CHECK(report.checks[0].conclusion.reason == 1U);
    CHECK(report.checks[1].conclusion.reason == 0U);
    CHECK(report.checks[2].conclusion.reason == 0U);
}

TEST_CASE("reasons of older runs disappear when all their rows are checked again", "[watch][board]") {
    Board board = board_of({"a", "b"}, {2, 3});
    (void)board.take(Run{{"a", bad}, {"b", bad}}.with_reason("both", {0, 1}), minute(0));
    (void)board.take(Run{{"a", good}}.with_life(), minute(1));
    REQUIRE(board.report().reasons.size() == 1);
    CHECK(board.report().reasons[0].checks == std::vector<std::size_t>{1});
    (void)board.take(Run{{"b", bad}}, minute(2));
    CHECK(board.report().reasons.empty());
    CHECK_FALSE(board.report().checks.at(1).conclusion.reason);
}

TEST_CASE("what is said in other words stays apart", "[watch][board]") {
    Board board = board_of({"a", "b", "c"}, {2, 3});
    Run first = Run{{"a", bad}, {"c", bad}}.with_reason("port-blocked", {0, 1});
    (void)board.take(first, minute(0));
    Report other = Run{{"b", bad}}.with_reason("port-blocked", {0});
    other.reasons[0].summary = "something else";
    (void)board.take(other, minute(1));
    CHECK(board.report().reasons.size() == 2);
    other.reasons[0].summary = "port-blocked explains it";
    (void)board.take(other, minute(2));
    REQUIRE(board.report().reasons.size() == 1);
    CHECK(board.report().reasons[0].checks == std::vector<std::size_t>{0, 1, 2});
}

TEST_CASE("a report has the time, the vantage and the resolvers of the last run", "[watch][board]") {
    Board board = board_of({"a"}, {2, 3});
    Report run = Run{{"a", good}}.with_life();
    run.started = minute(7);
    run.elapsed = std::chrono::seconds(3);
    run.vantage.resolvers = {"10.0.0.53"};
    run.interrupted = true;
    (void)board.take(run, minute(8));
    const Report report = board.report();
    CHECK(report.started == minute(7));
    CHECK(report.elapsed == std::chrono::seconds(3));
    CHECK(report.vantage.resolvers == std::vector<std::string>{"10.0.0.53"});
    CHECK(report.resolvers.questions.size() == 1);
    CHECK_FALSE(report.interrupted);
}

TEST_CASE("rows that stay are kept over a reload, the others are forgotten", "[watch][board]") {
    Board board = board_of({"a", "b"}, {2, 3});
    (void)board.take(Run{{"a", good}, {"b", bad}}.with_life(), minute(0));
    (void)board.take(Run{{"a", bad}, {"b", bad}}.with_life(), minute(1));
    Report plan = runs::plan_of({"c", "a"});
    plan.rows[1].row.purpose = "a new purpose";
    board.plan(plan, {2, 3});
    REQUIRE(board.report().rows.size() == 2);
    CHECK(board.report().rows[0].row.id == "c");
    CHECK(board.report().rows[0].state == State::unconfigured);
    CHECK(board.report().rows[1].state == State::blocked);
    CHECK(board.report().rows[1].row.purpose == "a new purpose");
    CHECK(board.report().checks.size() == 1);
    CHECK(board.report().checks[0].check.row == 1);
    CHECK(board.standings().rows.size() == 1);
    CHECK(spell(board.take(Run{{"a", bad}, {"b", good}, {"c", good}}.with_life(), minute(2))) ==
          "a: reachable>blocked\n");
    CHECK(board.standings().rows.size() == 2);
    // Forgotten is forgotten: it begins anew when it comes back.
    board.plan(runs::plan_of({"b"}), {2, 3});
    CHECK(board.standings().rows.empty());
    CHECK(board.report().checks.empty());
}

TEST_CASE("a reload may change how much confirmation is asked for", "[watch][board]") {
    Board board = board_of({"a"}, {5, 5});
    for (const int at : {0, 1, 2}) (void)board.take(Run{{"a", at == 0 ? good : bad}}.with_life(), minute(at));
    board.plan(runs::plan_of({"a"}), {2, 2});
    CHECK(standing(board, "a").recent.size() == 2);
    // The runs that are known suffice now, but it takes one more to look at them.
    CHECK(spell(board.take(Run{{"a", bad}}.with_life(), minute(3))) == "a: reachable>blocked\n");
}

TEST_CASE("what an earlier process had confirmed is taken up", "[watch][board]") {
    Board before = board_of({"a", "b", "gone"}, {2, 3});
    for (const int at : {0, 1})
        (void)before.take(Run{{"a", bad}, {"b", at == 0 ? good : bad}, {"gone", bad}}.with_life(), minute(at));
    Board board = board_of({"a", "b"}, {2, 3});
    board.restore(before.standings());
    CHECK(board.standings().rows.size() == 2);
    CHECK(standing(board, "a") == standing(before, "a"));
    // Not announced again; and the run before the restart counts.
    CHECK(spell(board.take(Run{{"a", bad}, {"b", bad}}.with_life(), minute(2))) == "b: reachable>blocked\n");
    CHECK(standing(board, "b").since == minute(1));
    CHECK(board.report().rows.at(0).state == State::blocked);
}

TEST_CASE("an outage outlives the process that saw it begin", "[watch][board]") {
    const Run alive = Run{{"a", good}}.with_life();
    const Run dead{{"a", nothing}};
    Standings kept;
    // Each run by a process of its own, as cron does it.
    const auto next = [&](const Run& run, int at) {
        Board board = board_of({"a"}, {2, 3});
        board.restore(kept);
        const std::string said = spell(board.take(run, minute(at)));
        kept = board.standings();
        return said;
    };
    CHECK(next(alive, 0).empty());
    CHECK(next(dead, 1).empty());
    CHECK(next(dead, 2) == "control-failed\n");
    CHECK(next(dead, 3).empty());
    CHECK(next(alive, 4).empty());
    CHECK(next(alive, 5) == "control-restored\n");
    CHECK(next(alive, 6).empty());
}

TEST_CASE("standings of a longer confirmation are shortened", "[watch][board]") {
    Standings old;
    old.rows["t/a"].confirmed = State::reachable;
    old.rows["t/a"].recent = {State::blocked, State::blocked, State::reachable, State::reachable};
    old.control.recent = {State::local, State::local, State::reachable};
    Board board = board_of({"a"}, {2, 2});
    board.restore(old);
    CHECK(standing(board, "a").recent == std::vector<State>{State::reachable, State::reachable});
    CHECK(board.standings().control.recent == std::vector<State>{State::local, State::reachable});
    CHECK(board.take(Run{{"a", bad}}.with_life(), minute(0)).empty());
}

TEST_CASE("events have an identity of their own, also after a restart", "[watch][board]") {
    std::set<std::string> ids;
    std::size_t events = 0;
    for (int process = 0; process < 3; ++process) {
        Board board = board_of({"a"}, {1, 1});
        for (int at = 0; at < 10; ++at)
            for (const WatchEvent& event :
                 board.take(Run{{"a", at % 2 == 0 ? bad : good}}.with_life(), minute(100 * process + at))) {
                ids.insert(event.id);
                ++events;
            }
    }
    CHECK(events == 30);
    CHECK(ids.size() == events);
}

TEST_CASE("an event's identity can be part of a file's name", "[watch][board]") {
    for (const std::string host : {"../../etc/x y", ".hidden", "", "host\n\x1b[31m", "ho\xC3\xA4st"}) {
        Board board = board_of({"a"}, {1, 1});
        Report run = Run{{"a", bad}};
        run.vantage.host = host;
        const auto events = board.take(run, minute(0));
        REQUIRE(events.size() == 1);
        INFO(events[0].id);
        CHECK(events[0].id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.") ==
              std::string::npos);
        CHECK(events[0].id.front() != '.');
        CHECK(events[0].host == host);
    }
    Board board = board_of({"a"}, {1, 1});
    Report run = Run{{"a", bad}};
    run.vantage.host = std::string(1000, 'x');
    CHECK(board.take(run, minute(0)).at(0).id.size() < 128);
}

TEST_CASE("rows that nobody planned are not taken in", "[watch][board]") {
    Board board = board_of({"a"}, {1, 1});
    CHECK(board.take(Run{{"a", good}, {"stranger", bad}}.with_life(), minute(0)).empty());
    CHECK(board.report().rows.size() == 1);
    CHECK(board.standings().rows.size() == 1);
}

TEST_CASE("indices that lead nowhere are passed over", "[watch][board]") {
    Board board = board_of({"a"}, {1, 1});
    Report run = Run{{"a", bad}};
    run.rows[0].checks.push_back(99);
    run.checks[0].conclusion.reason = 7;
    CHECK(spell(board.take(run, minute(0))) == "a: >blocked\n");
    CHECK(board.report().rows[0].checks == std::vector<std::size_t>{0});
    CHECK_FALSE(board.report().checks[0].conclusion.reason);
}

TEST_CASE("control_failed is said of a run in which nothing follows", "[watch][board]") {
    CHECK(watch::control_failed(Run{{"a", bad}, {"b", nothing}}));
    CHECK_FALSE(watch::control_failed(Run{{"a", bad}, {"b", open}}));
    CHECK_FALSE(watch::control_failed(Report{}));
}
