#include "watch/announcer.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "runs.hpp"

using namespace fdnprobe;
using namespace std::chrono_literals;
using runs::spell;
using watch::Announcer;
using Time = Announcer::Time;
using Events = std::vector<WatchEvent>;

namespace {

const Time zero{1000s};

NotifySettings settings(std::chrono::seconds group = 30s, std::size_t at_most = 10, std::chrono::seconds per = 1h) {
    NotifySettings chosen;
    chosen.group = group;
    chosen.at_most = at_most;
    chosen.per = per;
    return chosen;
}

/// Every event has a number of its own, and the later one a later time.
WatchEvent event_of(WatchEventKind kind) {
    static int number = 0;
    WatchEvent event;
    event.id = "id-" + std::to_string(++number);
    event.at = runs::minute(number);
    event.kind = kind;
    return event;
}

WatchEvent change(const std::string& row, std::optional<State> from, State to) {
    WatchEvent event = event_of(WatchEventKind::rows_changed);
    RowChange& one = event.rows.emplace_back();
    one.row = "t/" + row;
    one.from = from;
    one.to = to;
    return event;
}

WatchEvent failed() { return event_of(WatchEventKind::control_failed); }
WatchEvent restored() { return event_of(WatchEventKind::control_restored); }

WatchEvent with_reason(WatchEvent event, const std::string& code) {
    event.reasons.emplace_back().code = code;
    return event;
}

constexpr State up = State::reachable;
constexpr State down = State::blocked;

}  // namespace

TEST_CASE("with nothing to announce nothing is due", "[watch][announcer]") {
    Announcer announcer(settings());
    CHECK(announcer.due(zero, false).empty());
    CHECK_FALSE(announcer.next(false));
    CHECK(announcer.take_all().empty());
    announcer.add({}, zero);
    CHECK_FALSE(announcer.next(false));
}

TEST_CASE("changes that come within the time of a group are one message", "[watch][announcer]") {
    Announcer announcer(settings(30s));
    announcer.add({change("a", up, down)}, zero);
    announcer.add({change("b", up, down)}, zero + 20s);
    CHECK(announcer.next(false) == zero + 30s);
    CHECK(announcer.due(zero + 29s, false).empty());
    const Events due = announcer.due(zero + 30s, false);
    REQUIRE(due.size() == 1);
    CHECK(spell(due) == "a: reachable>blocked\nb: reachable>blocked\n");
    CHECK_FALSE(announcer.next(false));
    CHECK(announcer.due(zero + 31s, false).empty());
    announcer.add({change("c", up, down)}, zero + 40s);
    CHECK(announcer.next(false) == zero + 70s);
}

TEST_CASE("without a time for groups a change is announced at once", "[watch][announcer]") {
    Announcer announcer(settings(0s));
    announcer.add({change("a", up, down)}, zero);
    CHECK(announcer.due(zero, false).size() == 1);
}

TEST_CASE("a message has the identity and the time of its newest event", "[watch][announcer]") {
    Announcer announcer(settings());
    const WatchEvent first = change("a", up, down);
    const WatchEvent second = change("b", up, down);
    announcer.add({first}, zero);
    announcer.add({second}, zero + 1s);
    const Events due = announcer.due(zero + 1h, false);
    REQUIRE(due.size() == 1);
    CHECK(due[0].id == second.id);
    CHECK(due[0].at == second.at);
}

TEST_CASE("a change that is taken back before it was announced is not announced", "[watch][announcer]") {
    Announcer announcer(settings());
    announcer.add({change("a", up, down)}, zero);
    announcer.add({change("a", down, up)}, zero + 10s);
    CHECK_FALSE(announcer.next(false));
    CHECK(announcer.due(zero + 1h, false).empty());
    // The next group begins with what comes next.
    announcer.add({change("a", up, down)}, zero + 2h);
    CHECK(announcer.next(false) == zero + 2h + 30s);
    CHECK(spell(announcer.due(zero + 3h, false)) == "a: reachable>blocked\n");
    // That was announced, so that its end is, too.
    announcer.add({change("a", down, up)}, zero + 4h);
    CHECK(spell(announcer.due(zero + 5h, false)) == "a: blocked>reachable\n");
}

TEST_CASE("what counts is where a row stood and where it stands", "[watch][announcer]") {
    Announcer announcer(settings());
    announcer.add({change("a", up, down), change("b", up, down)}, zero);
    announcer.add({change("a", down, State::broken)}, zero + 1s);
    announcer.add({change("b", down, up), change("a", State::broken, State::unresolved)}, zero + 2s);
    CHECK(spell(announcer.due(zero + 1h, false)) == "a: reachable>unresolved\n");
}

TEST_CASE("a row that was bad from the beginning and is good before anybody heard of it is no news",
          "[watch][announcer]") {
    Announcer announcer(settings());
    announcer.add({change("a", std::nullopt, down), change("b", std::nullopt, down)}, zero);
    announcer.add({change("a", down, up), change("b", down, State::broken)}, zero + 1s);
    CHECK(spell(announcer.due(zero + 1h, false)) == "b: >broken\n");
}

TEST_CASE("what explains changes goes with them and is said once", "[watch][announcer]") {
    Announcer announcer(settings());
    announcer.add({with_reason(change("a", up, down), "one-device")}, zero);
    announcer.add({with_reason(change("b", up, down), "one-device")}, zero + 1s);
    announcer.add({with_reason(change("c", up, down), "no-resolver")}, zero + 2s);
    announcer.add({change("c", down, up)}, zero + 3s);
    announcer.add({with_reason(change("d", up, down), "port-blocked")}, zero + 4s);
    const Events due = announcer.due(zero + 1h, false);
    REQUIRE(due.size() == 1);
    // Not what explained a change that was taken back.
    REQUIRE(due[0].reasons.size() == 2);
    CHECK(due[0].reasons[0].code == "one-device");
    CHECK(due[0].reasons[1].code == "port-blocked");
}

TEST_CASE("failing of everything that ends within the group is not announced", "[watch][announcer]") {
    Announcer announcer(settings());
    announcer.add({failed()}, zero);
    announcer.add({restored()}, zero + 10s);
    CHECK_FALSE(announcer.next(false));
    CHECK(announcer.due(zero + 1h, false).empty());
    announcer.add({failed()}, zero + 2h);
    CHECK(spell(announcer.due(zero + 3h, false)) == "control-failed\n");
    // The same the other way round: it ends and begins again, and nobody has to hear of the time between.
    announcer.add({restored()}, zero + 4h);
    announcer.add({failed()}, zero + 4h + 10s);
    CHECK(announcer.due(zero + 5h, false).empty());
    announcer.add({restored()}, zero + 6h);
    CHECK(spell(announcer.due(zero + 7h, false)) == "control-restored\n");
}

TEST_CASE("events of two kinds are two messages, in the order of time", "[watch][announcer]") {
    Announcer announcer(settings());
    announcer.add({change("a", up, down)}, zero);
    announcer.add({failed()}, zero + 1s);
    CHECK(spell(announcer.due(zero + 1h, false)) == "a: reachable>blocked\ncontrol-failed\n");
    announcer.add({change("b", up, down)}, zero + 2h);
    announcer.add({restored(), change("c", up, down)}, zero + 2h);
    CHECK(spell(announcer.due(zero + 3h, false)) == "control-restored\nb: reachable>blocked\nc: reachable>blocked\n");
}

TEST_CASE("no more messages than the limit allows; the rest goes into one later", "[watch][announcer]") {
    Announcer announcer(settings(0s, 2, 1h));
    for (int number = 0; number < 2; ++number) {
        announcer.add({change("a" + std::to_string(number), up, down)}, zero + number * 1min);
        CHECK(announcer.due(zero + number * 1min, false).size() == 1);
    }
    for (int number = 2; number < 30; ++number) {
        announcer.add({change("a" + std::to_string(number), up, down)}, zero + number * 1min);
        CHECK(announcer.due(zero + number * 1min, false).empty());
    }
    // What is taken back meanwhile is not in it.
    announcer.add({change("a5", down, up)}, zero + 40min);
    CHECK(announcer.next(false) == zero + 1h);
    CHECK(announcer.due(zero + 1h - 1s, false).empty());
    const Events later = announcer.due(zero + 1h, false);
    REQUIRE(later.size() == 1);
    CHECK(later[0].rows.size() == 27);
    // Of the two of the last hour one is a minute old, and one is new.
    announcer.add({change("b", up, down)}, zero + 1h + 10s);
    CHECK(announcer.next(false) == zero + 1h + 1min);
    CHECK(announcer.due(zero + 1h + 59s, false).empty());
    CHECK(announcer.due(zero + 1h + 1min, false).size() == 1);
}

TEST_CASE("every message counts towards the limit", "[watch][announcer]") {
    Announcer announcer(settings(0s, 1, 1h));
    announcer.add({failed(), change("a", up, down)}, zero);
    CHECK(spell(announcer.due(zero, false)) == "control-failed\n");
    CHECK(announcer.due(zero + 1min, false).empty());
    CHECK(spell(announcer.due(zero + 1h, false)) == "a: reachable>blocked\n");
}

TEST_CASE("a quiet window holds everything back; its end announces what still stands", "[watch][announcer]") {
    Announcer announcer(settings());
    announcer.add({change("a", up, down), change("b", up, down)}, zero);
    announcer.add({failed()}, zero + 1s);
    CHECK_FALSE(announcer.next(true));
    CHECK(announcer.due(zero + 1h, true).empty());
    announcer.add({restored(), change("b", down, up)}, zero + 2h);
    CHECK(announcer.due(zero + 8h, true).empty());
    // The time for a group is long over.
    CHECK(*announcer.next(false) <= zero + 8h);
    CHECK(spell(announcer.due(zero + 8h, false)) == "a: reachable>blocked\n");
}

TEST_CASE("a quiet window is no message", "[watch][announcer]") {
    Announcer announcer(settings(0s, 1, 1h));
    announcer.add({change("a", up, down)}, zero);
    for (int number = 0; number < 10; ++number) CHECK(announcer.due(zero, true).empty());
    CHECK(announcer.due(zero, false).size() == 1);
}

TEST_CASE("a process that ends takes everything with it, whatever the limit is", "[watch][announcer]") {
    Announcer announcer(settings(1h, 1, 1h));
    announcer.add({change("a", up, down)}, zero);
    announcer.add({failed(), change("b", up, down)}, zero + 1s);
    CHECK(spell(announcer.take_all()) == "control-failed\na: reachable>blocked\nb: reachable>blocked\n");
    CHECK(announcer.take_all().empty());
    CHECK_FALSE(announcer.next(false));
    CHECK(announcer.size() == 0);
}

TEST_CASE("other settings count from now on and lose nothing", "[watch][announcer]") {
    Announcer announcer(settings(0s, 3, 1h));
    for (int number = 0; number < 3; ++number) {
        announcer.add({change(std::to_string(number), up, down)}, zero + number * 1min);
        CHECK(announcer.due(zero + number * 1min, false).size() == 1);
    }
    announcer.add({change("a", up, down)}, zero + 3min);
    announcer.configure(settings(0s, 1, 1h));
    // All but none of the three have to be forgotten before one more is allowed.
    CHECK(announcer.next(false) == zero + 2min + 1h);
    announcer.configure(settings(0s, 1, 60s));
    CHECK(spell(announcer.due(zero + 3min, false)) == "a: reachable>blocked\n");
    announcer.configure(settings(0s, 0, 60s));
    announcer.add({change("b", up, down)}, zero + 10min);
    CHECK(announcer.due(zero + 10min, false).size() == 1);
}

TEST_CASE("however long it holds back, it holds no more than one change of a row", "[watch][announcer]") {
    Announcer announcer(settings(30s, 2, 1h));
    std::size_t most = 0;
    const std::vector<State> states{up, down, State::broken, State::unresolved};
    for (std::size_t number = 0; number < 20000; ++number) {
        const std::string row = std::to_string(number % 7);
        announcer.add(
            {change(row, states[number % 4], states[(number + 1) % 4]), number % 2 == 0 ? failed() : restored()},
            zero + number * 1s);
        most = std::max(most, announcer.size());
        if (number % 5000 > 2500) (void)announcer.due(zero + number * 1s, false);
    }
    CHECK(most <= 7 + 1 + 2);
}
