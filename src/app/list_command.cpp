#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/inputs.hpp"
#include "app/terminal.hpp"
#include "judge/judge.hpp"
#include "report/render.hpp"

namespace fdnprobe::app {

int list_command(const ListOptions& options) {
    Problems problems;
    const std::vector<Table> tables = load_tables(options.selection.targets, problems);
    Site site = load_site(options.selection.site, problems);
    add_peers(options.selection.peers, tables, site, problems);
    engine::Plan plan = plan_selection(options.selection, tables, site, problems);
    if (complain_of(problems)) return exit_usage;

    Report report = begin_report(plan, site);
    report.planned_only = true;
    for (Check& check : plan.checks) {
        CheckResult& result = report.checks.emplace_back();
        result.check = std::move(check);
        if (result.check.skip) result.conclusion = judge::conclude_skipped(result.check);
    }
    if (options.presentation.format == "json") return print(report::render_json(report)) ? exit_ok : exit_internal;
    report::TableStyle style;
    style.width = output_width();
    style.colour = !options.presentation.no_colour && output_takes_colour();
    style.evidence = options.presentation.verbose;
    return print(report::render_plan(report, style)) ? exit_ok : exit_internal;
}

}  // namespace fdnprobe::app
