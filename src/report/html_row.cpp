#include "report/html_row.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "judge/judge.hpp"
#include "report/alike.hpp"
#include "report/commands.hpp"
#include "report/html_check.hpp"
#include "report/html_reasons.hpp"
#include "report/html_words.hpp"
#include "report/row_words.hpp"
#include "report/shown.hpp"
#include "report/skipped.hpp"

namespace fdnprobe::report {
namespace {

/// The checks of a row are one click away; what does not fit on a few lines is left to them.
constexpr std::size_t findings_shown = 3;

void html_finding(Html& html, const Report& report, const Results& alike, bool in_full) {
    const CheckResult& first = *alike.front();
    const Conclusion& conclusion = first.conclusion;
    {
        const auto line = html.element("p", {{"class", "finding"}, {"data-cause", to_string(conclusion.cause)}});
        html.leaf("code", {{"class", tone_of(conclusion.verdict)}}, to_string(conclusion.cause));
        if (first.check.level == Level::notice) html.text(" notice:");
        const bool has_words = in_full && !has_reason(report, conclusion) && !conclusion.summary.empty();
        if (has_words) {
            html.text(" " + shown_sentence(conclusion.summary));
            if (alike.size() > 1)
                html.text(alike.size() == 2 ? " The other check came to the same."
                                            : fmt::format(" The other {} checks came to the same.", alike.size() - 1));
        } else {
            html.text(fmt::format(" {} ", places(alike)));
        }
        html_reason_link(html, report, conclusion);
    }
    const bool has_advice = conclusion.advice && !conclusion.advice->empty() && first.check.level == Level::need;
    if (!in_full || !has_advice || has_reason(report, conclusion)) return;
    {
        const auto line = html.element("p", {{"class", "advice"}});
        html.leaf("b", to_do(conclusion.owner));
        html.text(shown_sentence(*conclusion.advice));
    }
    html_commands(html, conclusion.commands);
}

/// What the row has its state from comes first.
std::vector<Results> worst_first(const RowResult& row, const RowResults& results) {
    std::vector<Results> groups = group_alike(results.failing);
    const CheckResult* const deciding = judge::deciding_check(row.row, results.all);
    std::stable_partition(groups.begin(), groups.end(), [&](const Results& alike) {
        return std::find(alike.begin(), alike.end(), deciding) != alike.end();
    });
    return groups;
}

void html_untested(Html& html, const Report& report, const RowResult& row) {
    const auto index = static_cast<std::size_t>(&row - report.rows.data());
    for (const SkippedPorts& skipped : skipped_ports(report, std::span(&index, 1))) {
        const std::string why =
            skipped.cause == Cause::not_configured
                ? fmt::format("{} is not configured (give {})", shown_name(skipped.end), peer_option(skipped.end))
                : skipped.reason;
        html.leaf("p", {{"class", "aside"}}, fmt::format("Not tested here: {}: {}", port_list(skipped), why));
    }
}

}  // namespace

void html_findings(Html& html, const Report& report, const RowResult& row) {
    const RowResults results = results_of(report, row);
    const bool works = row.state == State::reachable || row.state == State::degraded;
    if (works)
        if (const std::string best = fastest(results.working); !best.empty())
            html.leaf("p", {{"class", "aside"}}, "Answered in " + best);
    std::size_t left = 0;
    std::size_t shown = 0;
    for (const Results& alike : worst_first(row, results)) {
        if (shown == findings_shown) {
            ++left;
            continue;
        }
        ++shown;
        html_finding(html, report, alike, !works);
    }
    if (left > 0) html.leaf("p", {{"class", "aside"}}, fmt::format("And {}.", counted(left, "more finding")));
    if (row.state == State::unconfigured) html_untested(html, report, row);
}

void html_checks(Html& html, const Report& report, const RowResult& row) {
    for (const CheckResult* const result : results_of(report, row).all) html_check(html, report, *result);
    if (row.checks.empty()) html.leaf("p", {{"class", "aside"}}, "Nothing has been tried yet.");
}

}  // namespace fdnprobe::report
