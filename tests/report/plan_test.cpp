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

TEST_CASE("plan: golden file with what a site file configures") {
    const Site site = fixture::full_site();
    golden::compare("plan_site.txt", render_plan(fixture::busy_plan(), style_of(100), &site));
}

TEST_CASE("plan: secrets and passwords are never shown") {
    const Site site = fixture::full_site();
    const std::string text = render_plan(fixture::busy_plan(), style_of(100), &site);
    CHECK_THAT(text, Contains("secrets: radius, responder") && !Contains("hunter2") && !Contains("radius.secret"));
}

TEST_CASE("plan: a site file that configures nothing says so") {
    Site site;
    site.file = "empty.toml";
    CHECK_THAT(render_plan(fixture::busy_plan(), style_of(100), &site),
               Contains("Configured in empty.toml\n  - nothing"));
}

TEST_CASE("plan: a port that is dialled over another transport is named with it") {
    fixture::Builder b;
    b.report.planned_only = true;
    b.row("FortiAuthenticator", "RADIUS disconnect", "TCP/1700", Need::all, State::unconfigured);
    Check& check = b.check("TCP/1700", "radius-dynauth", "10.0.0.2").check;
    check.dial_transport = Transport::udp;
    CHECK_THAT(render_plan(b.report, style_of(100)), Contains("10.0.0.2 (dialled at UDP/1700)"));
    CHECK_THAT(render_json(b.report), Contains(R"("dial_transport": "udp")"));
}

TEST_CASE("plan: JSON names what is missing, and a run's JSON does not") {
    CHECK_THAT(render_json(fixture::busy_plan()), Contains(R"("missing": [
    {
      "what": "the address of FortiAnalyzer",
      "how": "--peer FortiAnalyzer=ADDRESS",
      "checks": 1
    },)"));
    CHECK_THAT(render_json(fixture::busy_site()), !Contains("\"missing\""));
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
