#include "report/html_reasons.hpp"

#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "judge/judge.hpp"
#include "report/commands.hpp"
#include "report/html_words.hpp"
#include "report/row_words.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

std::string how_much(const Report& report, const Reason& reason) {
    std::set<std::size_t> rows;
    for (const std::size_t check : reason.checks)
        if (check < report.checks.size()) rows.insert(report.checks[check].check.row);
    return fmt::format("{} in {}", counted(reason.checks.size(), "check"), counted(rows.size(), "row"));
}

void html_reason(Html& html, const Report& report, std::size_t index) {
    const Reason& reason = report.reasons[index];
    const std::string id = fmt::format("reason-{}", index + 1);
    const auto item = html.element("li", {{"class", "reason"}, {"id", id}, {"data-key", id}});
    {
        const auto line = html.element("p", {{"class", "what"}});
        html.leaf("span", {{"class", "number"}}, reason_number(index));
        html.text(" " + shown_sentence(reason.summary));
    }
    {
        const auto line = html.element("p", {{"class", "aside"}});
        html.leaf("code", shown_name(reason.code));
        html.text(fmt::format(" {}, {}{}", to_string(reason.confidence), how_much(report, reason),
                              reason.where ? ", at " + shown_where(*reason.where) : ""));
    }
    if (!reason.rests_on.empty()) {
        const auto list = html.element("ul");
        for (const std::string& observation : reason.rests_on) html.leaf("li", shown_sentence(observation));
    }
    if (!reason.advice.empty()) {
        const auto line = html.element("p", {{"class", "advice"}});
        html.leaf("b", to_do(reason.owner));
        html.text(shown_sentence(reason.advice));
    }
    html_commands(html, reason.commands);
}

void html_list(Html& html, const Report& report, const std::set<std::size_t>& reasons) {
    if (reasons.empty()) return;
    const auto section = html.element("section", {{"class", "reasons"}, {"data-key", "reasons"}});
    html.leaf("h2", reasons.size() == 1 ? "One reason for many failures" : "Reasons for many failures");
    const auto list = html.element("ol");
    for (const std::size_t index : reasons) html_reason(html, report, index);
}

}  // namespace

bool has_reason(const Report& report, const Conclusion& conclusion) {
    return conclusion.reason && *conclusion.reason < report.reasons.size();
}

void html_reasons(Html& html, const Report& report) {
    std::set<std::size_t> all;
    for (std::size_t index = 0; index < report.reasons.size(); ++index) all.insert(index);
    html_list(html, report, all);
}

void html_reasons_of_row(Html& html, const Report& report, const RowResult& row) {
    std::set<std::size_t> reasons;
    for (const CheckResult* const result : results_of(report, row).all)
        if (has_reason(report, result->conclusion)) reasons.insert(*result->conclusion.reason);
    html_list(html, report, reasons);
}

void html_reason_link(Html& html, const Report& report, const Conclusion& conclusion) {
    if (!has_reason(report, conclusion)) return;
    html.text("see ");
    html.leaf("a", {{"href", fmt::format("#reason-{}", *conclusion.reason + 1)}}, reason_number(*conclusion.reason));
}

void html_first_steps(Html& html, const Report& report) {
    const std::vector<std::string> steps = judge::what_to_do_first(report);
    if (steps.empty()) return;
    const auto section = html.element("section", {{"class", "steps"}, {"data-key", "steps"}});
    html.leaf("h2", "What to do first");
    const auto list = html.element("ol");
    for (const std::string& step : steps) html.leaf("li", shown_sentence(step));
}

}  // namespace fdnprobe::report
