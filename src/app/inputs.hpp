// Tables, site and options looked up and put together. Every mistake in them is found before anything is sent, and all
// of them are shown at once.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/options.hpp"
#include "engine/plan.hpp"
#include "fdnprobe/report.hpp"
#include "fdnprobe/row.hpp"
#include "fdnprobe/site.hpp"
#include "model/problem.hpp"
#include "peers/scenario.hpp"

namespace fdnprobe::app {

/// Nothing after a mistake, which has been added to `problems`.
[[nodiscard]] std::vector<Table> load_tables(const std::vector<std::string>& names, Problems& problems);
[[nodiscard]] Site load_site(const std::string& file, Problems& problems);
/// `text` as a site file that the lab wrote.
[[nodiscard]] Site read_lab_site(const std::string& text, Problems& problems);

/// `--peer NAME=ADDRESS[,ADDRESS…]`, over what the site file says.
/// Warns of what the site says of rows and products that the tables do not have.
void look_at_rows(const std::vector<Table>& tables, const Site& site, Problems& problems);

void add_peers(const std::vector<std::string>& peers, const std::vector<Table>& tables, Site& site, Problems& problems);

/// The peer or product that is meant, as the tables write it; nothing where they have none, which has been added to
/// `problems`.
[[nodiscard]] std::optional<std::string> find_peer(const std::string& written, const std::vector<Table>& tables,
                                                   Problems& problems);

/// What is in the files that the site's [secrets] name, by their keys there, and in `responder_key`'s file (empty:
/// none), which goes before the site's. Each of them must be readable, and by nobody else.
[[nodiscard]] Secrets load_secrets(const Site& site, const std::string& responder_key, Problems& problems);

/// What a plan has to know of the program and of the process: its probes, its rights, its secrets, and what the user
/// has allowed, by the name of each `--allow-NAME`.
[[nodiscard]] engine::PlanOptions plan_options(const Secrets& secrets, std::set<std::string, std::less<>> permitted);

/// The plan; a selection that leaves nothing is a mistake.
[[nodiscard]] engine::Plan plan_selection(const Selection& selection, const std::vector<Table>& tables,
                                          const Site& site, engine::PlanOptions options, Problems& problems);

/// A mistake in one of the files that [secrets] names, at the line of the site file that names it.
[[nodiscard]] Problem secret_problem(const Site& site, std::string_view name, std::string_view what, bool warning);

/// The lab's scenario that `--lab` names; nothing where it was not given, or names none, which has been added to
/// `problems`.
[[nodiscard]] std::optional<peers::Scenario> chosen_scenario(const std::optional<std::string>& code,
                                                             Problems& problems);

/// Whether there is more in it than warnings.
[[nodiscard]] bool has_errors(const Problems& problems);

/// A mistake on the command line.
[[nodiscard]] Problem usage_problem(std::string what);

/// Shows warnings and errors; true when there were errors.
[[nodiscard]] bool complain_of(const Problems& problems);

/// The report of a plan: its rows and checks, and the host that this is.
[[nodiscard]] Report begin_report(const engine::Plan& plan, const Site& site);

}  // namespace fdnprobe::app
