// Reports as text: pure functions of a run. One file per format.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "fdnprobe/history.hpp"
#include "fdnprobe/report.hpp"
#include "fdnprobe/site.hpp"
#include "fdnprobe/watch.hpp"
#include "fdnprobe/watch_event.hpp"

namespace fdnprobe::report {

struct TableStyle {
    std::size_t width = 100;  ///< columns of the terminal
    bool colour = false;
    bool evidence = false;  ///< -v: every attempt's events
    bool explain = false;   ///< --explain: what each cause means
    bool quiet = false;     ///< only what is not as it should be
};

/// For people: grouped by peer, one line a purpose, the failing checks under it, and what to do first.
[[nodiscard]] std::string render_table(const Report& report, const TableStyle& style);

/// For `fdnprobe list`: rows, the checks that would run, why any would be skipped, what `site` has configured (nullptr:
/// no site file was given), and what is missing to test more.
[[nodiscard]] std::string render_plan(const Report& plan, const TableStyle& style, const Site* site = nullptr);

/// One document, `fdnprobe.report/1`, ending in a newline.
[[nodiscard]] std::string render_json(const Report& report);

/// A check as one JSON object on one line, as the report has it, ending in a newline: a line of ndjson, and the
/// evidence that a history keeps.
[[nodiscard]] std::string render_check(const Report& report, const CheckResult& result);
/// A check once more, whose conclusion the others have changed after it had been printed.
[[nodiscard]] std::string render_ndjson_revision(const Report& report, const CheckResult& result);
/// The last line of ndjson, for the whole run; it ends in a newline as well.
[[nodiscard]] std::string render_ndjson_summary(const Report& report);

/// One line for each check, under a line with the names of the columns (RFC 4180, with LF). A cell that a spreadsheet
/// would take for a formula gets an apostrophe before it.
[[nodiscard]] std::string render_csv(const Report& report);

/// For a ticket or a wiki: CommonMark with GitHub's tables.
[[nodiscard]] std::string render_markdown(const Report& report);

/// One page that needs nothing beside it and runs no script.
[[nodiscard]] std::string render_html(const Report& report);

/// JUnit XML as pipelines read it: a suite for each peer, a case for each row; rows in one of the `accepted` states
/// pass.
[[nodiscard]] std::string render_junit(const Report& report, std::span<const State> accepted);

/// The output of a Nagios or Icinga plugin: a line, performance data, and the details; its exit code is
/// judge::nagios_code.
[[nodiscard]] std::string render_nagios(const Report& report, std::span<const State> accepted);

/// Prometheus's text format 0.0.4, for the textfile collector of a node exporter.
[[nodiscard]] std::string render_prometheus(const Report& report);
/// The same and what a watch adds to it, for `/metrics`. `watch` may be newer than the snapshot's own.
[[nodiscard]] std::string render_metrics(const Snapshot& snapshot, const WatchFacts& watch);

/// An event in one sentence that alone tells the story, escaped, at most 1000 bytes.
[[nodiscard]] std::string event_sentence(const WatchEvent& event);
/// An event as one JSON object on one line, `fdnprobe.event/1`, ending in a newline; at most 200 of its rows, with
/// `rows_total`.
[[nodiscard]] std::string render_event(const WatchEvent& event);

/// `fdnprobe history`.
[[nodiscard]] std::string render_history(const HistoryReport& history, const TableStyle& style);
[[nodiscard]] std::string render_history_json(const HistoryReport& history);  ///< `fdnprobe.history/1`
[[nodiscard]] std::string render_history_csv(const HistoryReport& history);   ///< one line for each change
[[nodiscard]] std::string render_history_markdown(const HistoryReport& history);

/// `fdnprobe explain`: CODE is a verdict, a cause, a state or a reason; empty when it is none of them.
[[nodiscard]] std::string render_explanation(const std::string& code, const TableStyle& style);

}  // namespace fdnprobe::report
