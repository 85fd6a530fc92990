// The smallest openings that restore the most rows.
#include "judge/openings.hpp"

#include <array>

#include "catch.hpp"
#include "runs.hpp"

using namespace fdnprobe;
using namespace runs;

namespace {

/// A row of several checks.
void row_of(Run& run, Need need, std::initializer_list<std::pair<const char*, const char*>> flows) {
    RowResult& row = run.report.rows.emplace_back();
    row.row.need = need;
    for (const auto& [port, host] : flows) {
        row.checks.push_back(run.report.checks.size());
        CheckResult& result = run.report.checks.emplace_back();
        result.check = check_of(port, host);
        result.attempts.emplace_back();
        Run::conclude(result, Cause::timeout);
    }
}

void behind(Run& run, std::size_t index, std::string_view device) {
    run.report.checks[index].conclusion.where = Where{1, ip(device), {}};
}

std::vector<judge::Opening> openings(Run& run) {
    run.roll_up();
    return judge::find_openings(run.report, 3);
}

}  // namespace

TEST_CASE("where nothing is blocked there is nothing to open") {
    Run run;
    run.open("TCP/443", "a.example", "192.0.2.1");
    run.silent_datagram("UDP/8888", "192.0.2.2");
    run.add(Cause::refused, "TCP/443", "b.example", "192.0.2.3");
    CHECK(openings(run).empty());
}

TEST_CASE("the port that restores most rows comes first") {
    Run run;
    row_of(run, Need::all, {{"TCP/80", "a.example"}});
    row_of(run, Need::all, {{"TCP/443", "a.example"}});
    row_of(run, Need::any, {{"TCP/443", "b.example"}, {"TCP/8890", "b.example"}});
    row_of(run, Need::all, {{"TCP/443", "c.example"}});
    const auto found = openings(run);
    REQUIRE(found.size() == 2);
    CHECK(found[0].restored == 3);
    CHECK(found[0].checks == std::vector<std::size_t>{1, 2, 4});
    CHECK(found[1].restored == 1);
    CHECK(found[1].checks == std::vector<std::size_t>{0});
    CHECK_FALSE(found[0].where);
}

TEST_CASE("a row that needs two ports needs both") {
    Run run;
    row_of(run, Need::all, {{"TCP/80", "a.example"}, {"TCP/443", "a.example"}});
    const auto found = openings(run);
    REQUIRE(found.size() == 1);
    CHECK(found[0].checks == std::vector<std::size_t>{0, 1});
    SECTION("and an opening for another row counts towards it") {
        row_of(run, Need::all, {{"TCP/443", "b.example"}});
        const auto together = openings(run);
        REQUIRE(together.size() == 1);
        CHECK(together[0].checks == std::vector<std::size_t>{0, 1, 2});
        row_of(run, Need::all, {{"TCP/443", "c.example"}});
        const auto apart = openings(run);
        REQUIRE(apart.size() == 2);
        CHECK(apart[0].checks == std::vector<std::size_t>{2, 3});
        CHECK(apart[1].checks == std::vector<std::size_t>{0, 1});
    }
    SECTION("and no opening mends what fails for another reason") {
        Run::conclude(run.report.checks[1], Cause::tls_intercepted);
        CHECK(openings(run).empty());
    }
}

TEST_CASE("alternatives of a row stand in for each other") {
    Run run;
    row_of(run, Need::all, {{"TCP/80", "a.example"}, {"TCP/443", "a.example"}});
    for (CheckResult& result : run.report.checks) {
        result.check.alternative = "web";
        result.check.choice = true;
    }
    const auto found = openings(run);
    REQUIRE(found.size() == 1);
    CHECK(found[0].checks.size() == 1);
}

TEST_CASE("an opening at one device names it, and a device comes before all of them") {
    Run run;
    row_of(run, Need::all, {{"TCP/443", "a.example"}});
    row_of(run, Need::all, {{"TCP/443", "b.example"}});
    row_of(run, Need::all, {{"TCP/443", "c.example"}});
    behind(run, 0, "10.1.0.1");
    behind(run, 1, "10.1.0.1");
    const auto all = openings(run);
    REQUIRE(all.size() == 1);
    CHECK(all[0].restored == 3);
    CHECK_FALSE(all[0].where);
    behind(run, 2, "10.1.0.1");
    CHECK(openings(run)[0].where == Where{1, gateway, {}});
}

TEST_CASE("notices, rows that work and rows that nobody knows of want nothing") {
    Run run;
    row_of(run, Need::any, {{"TCP/443", "a.example"}, {"TCP/80", "a.example"}});
    Run::conclude(run.report.checks[0], Cause::answered);
    row_of(run, Need::all, {{"TCP/8888", "b.example"}});
    run.report.checks[2].check.level = Level::notice;
    CHECK(openings(run).empty());
}

TEST_CASE("at most as many openings as are asked for") {
    Run run;
    // Each port is worth more than the next: 5, 4, 3, 2 rows and 1.
    const std::array ports{"TCP/1", "TCP/2", "TCP/3", "TCP/4", "TCP/5"};
    for (std::size_t times = 1; times <= ports.size(); ++times)
        for (std::size_t index = 0; index < times; ++index) row_of(run, Need::all, {{ports[index], "a.example"}});
    const auto found = openings(run);
    REQUIRE(found.size() == 3);
    CHECK(found[0].restored == 5);
    CHECK(found[2].restored == 3);
}

TEST_CASE("two thousand rows") {
    // What costs more than the size of the run shows here as a test that hangs.
    Run run;
    for (int index = 0; index < 2000; ++index)
        row_of(run, Need::all, {{index % 3 == 0 ? "TCP/443" : "TCP/80", "a.example"}});
    const auto found = openings(run);
    REQUIRE(found.size() == 2);
    CHECK(found[0].restored + found[1].restored == 2000);
}
