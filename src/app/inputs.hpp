// Tables, site and options looked up and put together. Every mistake in them is found before anything is sent, and all
// of them are shown at once.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/options.hpp"
#include "engine/plan.hpp"
#include "fdnprobe/report.hpp"
#include "fdnprobe/row.hpp"
#include "fdnprobe/site.hpp"
#include "model/problem.hpp"

namespace fdnprobe::app {

/// Nothing after a mistake, which has been added to `problems`.
[[nodiscard]] std::vector<Table> load_tables(const std::vector<std::string>& names, Problems& problems);
[[nodiscard]] Site load_site(const std::string& file, Problems& problems);
/// `text` as a site file that the lab wrote.
[[nodiscard]] Site read_lab_site(const std::string& text, Problems& problems);

/// `--peer NAME=ADDRESS[,ADDRESS…]`, over what the site file says.
void add_peers(const std::vector<std::string>& peers, const std::vector<Table>& tables, Site& site, Problems& problems);

/// The plan; a selection that leaves nothing is a mistake.
[[nodiscard]] engine::Plan plan_selection(const Selection& selection, const std::vector<Table>& tables,
                                          const Site& site, Problems& problems);

/// A mistake on the command line.
[[nodiscard]] Problem usage_problem(std::string what);

/// Shows warnings and errors; true when there were errors.
[[nodiscard]] bool complain_of(const Problems& problems);

/// The report of a plan: its rows and checks, and the host that this is.
[[nodiscard]] Report begin_report(const engine::Plan& plan, const Site& site);

}  // namespace fdnprobe::app
