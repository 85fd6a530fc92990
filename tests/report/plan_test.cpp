#include <string>

#include "catch.hpp"
#include "fixture.hpp"
#include "golden.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {
namespace {

TableStyle style_of(std::size_t width) {
    TableStyle style;
    style.width = width;
    return style;
}

TEST_CASE("plan: golden files at three widths") {
    for (const std::size_t width : {60U, 100U, 140U})
        golden::compare("plan_" + std::to_string(width) + ".txt", render_plan(fixture::busy_plan(), style_of(width)));
}

TEST_CASE("plan: golden file with ids and notes") {
    TableStyle style = style_of(100);
    style.evidence = true;
    golden::compare("plan_verbose.txt", render_plan(fixture::busy_plan(), style));
}

TEST_CASE("plan: the quiet form keeps what would be skipped, and what is missing") {
    TableStyle style = style_of(100);
    style.quiet = true;
    golden::compare("plan_quiet.txt", render_plan(fixture::busy_plan(), style));
}

TEST_CASE("plan: peers whose names a shell would split are quoted") {
    fixture::Builder b;
    b.report.planned_only = true;
    b.row("3rd-Party Servers", "FSSO", "TCP/8001", Need::all, State::unconfigured);
    b.skipped("TCP/8001", "tcp", Cause::not_configured, "The address is not known.");
    CHECK_THAT(render_plan(b.report, style_of(100)), Contains("--peer '3rd-Party Servers=ADDRESS' (for TCP/8001)"));
}

TEST_CASE("plan: a reason that nobody wrote down still has its cause") {
    fixture::Builder b;
    b.report.planned_only = true;
    b.row("FortiGuard", "Queries", "UDP/8888", Need::all, State::unconfigured);
    b.skipped("UDP/8888", "udp", Cause::not_testable_from_here, "");
    CHECK_THAT(render_plan(b.report, style_of(100)), Contains("skipped (not-testable-from-here)"));
}

TEST_CASE("plan: no verdict is made up for what was not run") {
    const std::string text = render_plan(fixture::busy_plan(), style_of(100));
    for (const Verdict verdict : all_verdicts())
        if (verdict != Verdict::skipped) CHECK(text.find(std::string(to_string(verdict)) + " (") == std::string::npos);
}

TEST_CASE("plan: a plan without rows") {
    CHECK_THAT(render_plan(Report{}, style_of(100)), Contains("No row was chosen, so there is nothing to check."));
}

}  // namespace
}  // namespace fdnprobe::report
