// What a report says in metrics, for the textfile collector and for a watch's /metrics alike.
//
// Names that begin with `probe_` are blackbox_exporter's, where they mean the same; what means something else has a
// name of this program's own. Labels come from the tables, the site file and the program's own words, never from the
// network: however a far end behaves, the number of series stays what the tables make it.
#pragma once

#include <functional>
#include <string>

#include "fdnprobe/report.hpp"
#include "report/metric_family.hpp"

namespace fdnprobe::report {

/// Of which rows something is known yet.
using RowFilter = std::function<bool(const RowResult&)>;

/// `site`, `table`, `row`, `peer`, `purpose`, `direction`.
[[nodiscard]] MetricLabels row_labels(const Report& report, const RowResult& row);

/// One of these is true, and all are there: the other states' series say 0.
void add_state_set(MetricFamily& family, const MetricLabels& labels, State state);

[[nodiscard]] std::string check_metrics(const Report& report);
[[nodiscard]] std::string row_metrics(const Report& report, const RowFilter& known);
[[nodiscard]] std::string run_metrics(const Report& report, const RowFilter& known);
[[nodiscard]] std::string build_metrics(const Report& report);

}  // namespace fdnprobe::report
