// Reports as text: pure functions of a run. One file per format.
#pragma once

#include <cstddef>
#include <string>

#include "fdnprobe/report.hpp"
#include "fdnprobe/site.hpp"

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

/// One line for a check that has ended, and the last line for the whole run; each ends in a newline.
[[nodiscard]] std::string render_ndjson_check(const Report& report, const CheckResult& result);
/// A check once more, whose conclusion the others have changed after it had been printed.
[[nodiscard]] std::string render_ndjson_revision(const Report& report, const CheckResult& result);
[[nodiscard]] std::string render_ndjson_summary(const Report& report);

/// `fdnprobe explain`: CODE is a verdict, a cause, a state or a reason; empty when it is none of them.
[[nodiscard]] std::string render_explanation(const std::string& code, const TableStyle& style);

}  // namespace fdnprobe::report
