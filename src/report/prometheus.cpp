// The metrics of rows and of the run, and the file for a node exporter's textfile collector.
#include <algorithm>
#include <map>

#include "base/version.hpp"
#include "report/prometheus_parts.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {
namespace {

using Type = MetricFamily::Type;

MetricFamily one(const char* name, std::string_view help, const MetricLabels& labels, const std::string& value) {
    MetricFamily family(name, Type::gauge, help);
    family.add(labels, value);
    return family;
}

template <class Word, class Count>
std::string counts(const char* name, std::string_view help, const MetricLabels& site, const char* label,
                   std::span<const Word> words, const Count& count) {
    MetricFamily family(name, Type::gauge, help);
    for (const Word word : words) family.add(site.with(label, to_string(word)), metric_number(count(word)));
    return family.text();
}

bool control_failed(const Report& report) {
    return std::any_of(report.checks.begin(), report.checks.end(),
                       [](const CheckResult& result) { return result.conclusion.cause == Cause::control_failed; });
}

}  // namespace

MetricLabels row_labels(const Report& report, const RowResult& row) {
    return {{"site", report.vantage.site}, {"table", row.row.table},     {"row", row.row.full_id()},
            {"peer", row.row.peer},        {"purpose", row.row.purpose}, {"direction", to_string(row.row.direction)}};
}

void add_state_set(MetricFamily& family, const MetricLabels& labels, State state) {
    for (const State each : all_states()) family.add(labels.with("state", to_string(each)), metric_flag(each == state));
}

std::string row_metrics(const Report& report, const RowFilter& known) {
    MetricFamily state("fdnprobe_row_state", Type::gauge,
                       "Which state the row is in: 1 for that one, 0 for the others.");
    for (const RowResult& row : report.rows)
        if (known(row)) add_state_set(state, row_labels(report, row), row.state);
    return state.text();
}

std::string run_metrics(const Report& report, const RowFilter& known) {
    const MetricLabels site{{"site", report.vantage.site}};
    std::map<State, std::uint64_t> rows;
    for (const RowResult& row : report.rows)
        if (known(row)) ++rows[row.state];
    const auto checks = count_checks(report);
    const auto count_in = [](const auto& found, auto word) -> std::uint64_t {
        const auto at = found.find(word);
        return at == found.end() ? 0 : at->second;
    };

    std::string out = one("fdnprobe_run_timestamp_seconds", "When the run ended, in seconds since 1970.", site,
                          metric_time(report.started +
                                      std::chrono::duration_cast<std::chrono::system_clock::duration>(report.elapsed)))
                          .text();
    out += one("fdnprobe_run_duration_seconds", "How long the run took.", site, metric_seconds(report.elapsed)).text();
    out += counts("fdnprobe_run_rows", "How many rows are in each state.", site, "state", all_states(),
                  [&](State state) { return count_in(rows, state); });
    out += counts("fdnprobe_run_checks", "How many checks have each verdict.", site, "verdict", all_verdicts(),
                  [&](Verdict verdict) { return count_in(checks, verdict); });
    out += one("fdnprobe_run_control_failed",
               "Whether nothing at all worked from here, so that nothing follows about single rows.", site,
               metric_flag(control_failed(report)))
               .text();
    out += one("fdnprobe_run_interrupted", "Whether the run was ended before all checks had.", site,
               metric_flag(report.interrupted))
               .text();
    MetricFamily reasons("fdnprobe_run_reason_info", Type::gauge,
                         "What many checks fail for, and who has to act; there only while they do.");
    for (const Reason& reason : report.reasons)
        reasons.add(site.with("reason", reason.code).with("owner", to_string(reason.owner)), "1");
    return out + reasons.text();
}

std::string build_metrics(const Report& report) {
    // A watch that has not run yet has no report to say it.
    const std::string made_by = report.version.empty() ? std::string(version()) : report.version;
    return one("fdnprobe_build_info", "The version of fdnprobe.", {{"site", report.vantage.site}, {"version", made_by}},
               "1")
        .text();
}

std::string render_prometheus(const Report& report) {
    const auto all = [](const RowResult&) { return true; };
    return check_metrics(report) + row_metrics(report, all) + run_metrics(report, all) + build_metrics(report);
}

}  // namespace fdnprobe::report
