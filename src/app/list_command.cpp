#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/inputs.hpp"
#include "app/proxy_settings.hpp"
#include "app/terminal.hpp"
#include "engine/missing.hpp"
#include "judge/judge.hpp"
#include "report/render.hpp"

namespace fdnprobe::app {

int list_command(const ListOptions& options) {
    Problems problems;
    const std::vector<Table> tables = load_tables(options.selection.targets, problems);
    Site site = load_site(options.selection.site, problems);
    add_peers(options.selection.peers, tables, site, problems);
    look_at_rows(tables, site, problems);
    if (!options.interface.empty()) site.interface = options.interface;
    apply_proxy(options.proxy, site, problems);
    const Secrets secrets = load_secrets(site, options.responder_key, problems);
    // Whatever is wrong with the credentials is said here too.
    [[maybe_unused]] const auto proxy = proxy_settings(site, secrets, problems);
    const engine::PlanOptions means = plan_options(secrets, {});
    engine::Plan plan = plan_selection(options.selection, tables, site, means, problems);
    if (complain_of(problems)) return exit_usage;

    Report report = begin_report(plan, site);
    report.planned_only = true;
    report.missing = engine::find_missing(plan, means);
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
    const Site* configured = options.selection.site.empty() ? nullptr : &site;
    return print(report::render_plan(report, style, configured)) ? exit_ok : exit_internal;
}

}  // namespace fdnprobe::app
