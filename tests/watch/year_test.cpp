// A year of a watch, a run every five minutes: nothing grows.
#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "runs.hpp"
#include "watch/announcer.hpp"
#include "watch/board.hpp"
#include "watch/timetable.hpp"
#include "watch/week.hpp"

using namespace fdnprobe;
using namespace std::chrono_literals;
using runs::Run;

namespace {

constexpr std::array names{"a", "b", "c"};
constexpr std::array causes{Cause::answered, Cause::timeout, Cause::nxdomain, Cause::no_reply, Cause::tls_intercepted};

/// Most of the time all is well; now and then something fails for a while, or everything does.
class World {
  public:
    const Report& run(const std::vector<std::size_t>& rows) {
        if (chance_() % (dead_ ? 20 : 1000) == 0) dead_ = !dead_;
        for (Cause& cause : causes_)
            if (chance_() % 40 == 0)
                cause = chance_() % 2 == 0 ? Cause::answered : causes.at(chance_() % causes.size());
        // Few runs are unlike all before them, and making them up takes longer than what is tested.
        const auto [known, is_new] = runs_.try_emplace({rows, causes_, dead_});
        if (is_new) known->second = make(rows);
        return known->second;
    }

  private:
    using Causes = std::array<Cause, names.size()>;

    [[nodiscard]] Run make(const std::vector<std::size_t>& rows) const {
        Run run;
        std::vector<std::size_t> failing;
        for (const std::size_t row : rows) {
            const Cause cause = dead_ ? Cause::control_failed : causes_.at(row);
            if (cause != Cause::answered) failing.push_back(failing.size());
            run.add(names.at(row), cause);
        }
        if (failing.size() == rows.size()) run.with_reason("dead-uplink", failing);
        if (!dead_) run.with_life();
        return run;
    }

    std::minstd_rand chance_;
    Causes causes_{Cause::answered, Cause::answered, Cause::answered};
    std::map<std::tuple<std::vector<std::size_t>, Causes, bool>, Report> runs_;
    bool dead_ = false;
};

struct Sizes {
    std::size_t standings = 0;
    std::size_t recent = 0;
    std::size_t rows = 0;
    std::size_t checks = 0;
    std::size_t reasons = 0;
    std::size_t announcer = 0;
    std::size_t looked = 0;

    void look_at(const watch::Board& board, const watch::Announcer& held) {
        standings = std::max(standings, board.standings().rows.size());
        for (const auto& [id, standing] : board.standings().rows) recent = std::max(recent, standing.recent.size());
        announcer = std::max(announcer, held.size());
        // The largest part of the work, and what it is made of is what was planned and run.
        if (++looked % 100 != 0) return;
        const Report report = board.report();
        rows = std::max(rows, report.rows.size());
        checks = std::max(checks, report.checks.size());
        reasons = std::max(reasons, report.reasons.size());
    }
};

}  // namespace

TEST_CASE("after a year a watch holds no more than after a day", "[watch]") {
    constexpr Confirmation confirmation{2, 3};
    const Report plan = runs::plan_of({names.begin(), names.end()});
    Schedule schedule;
    schedule.rows = {{"c", 15min}};
    const std::vector<WeekWindow> quiet{{"", {{9000, 300}}}};
    NotifySettings notify;
    notify.at_most = 3;

    std::minstd_rand chance;
    watch::Board board(confirmation);
    board.plan(plan, confirmation);
    watch::Timetable timetable(plan.rows, schedule, 5min, 0.1,
                               [&] { return static_cast<double>(chance() % 1000) / 1000; });
    watch::Announcer announcer(notify);
    World world;
    Sizes sizes;

    const watch::Moment start{};
    timetable.start(start);
    std::size_t runs = 0;
    std::size_t events = 0;
    std::size_t messages = 0;
    for (watch::Due due = timetable.next(); due.at - start < 365 * 24h; due = timetable.next()) {
        timetable.begun(due, due.at);
        const auto passed = std::chrono::duration_cast<std::chrono::minutes>(due.at - start);
        auto found = board.take(world.run(due.rows), runs::minute(static_cast<int>(passed.count())));
        ++runs;
        events += found.size();
        announcer.add(std::move(found), due.at);
        const bool is_quiet = watch::within(quiet, static_cast<int>(passed.count() % 10080));
        messages += announcer.due(due.at, is_quiet).size();
        sizes.look_at(board, announcer);
    }
    CHECK(runs == 365 * 24 * 12);
    CHECK(timetable.missed() == 0);
    // It was an eventful year.
    CHECK(events > 3000);
    CHECK(messages > 1000);
    CHECK(messages < events);

    CHECK(sizes.standings == names.size());
    CHECK(sizes.recent == 3);
    CHECK(sizes.rows == names.size());
    CHECK(sizes.checks == names.size());
    CHECK(sizes.reasons <= 2);
    CHECK(sizes.announcer <= names.size() + 1 + notify.at_most);
}
