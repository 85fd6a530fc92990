#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/moment.hpp"
#include "app/output_file.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "history/history.hpp"
#include "report/render.hpp"

namespace fdnprobe::app {
namespace {

/// About as many signs as a line has room for.
std::chrono::seconds period_of(std::chrono::system_clock::duration span) {
    using std::chrono::hours;
    if (span <= hours(4)) return std::chrono::minutes(5);
    if (span <= hours(48)) return hours(1);
    if (span <= hours(10 * 24)) return hours(6);
    return hours(span <= hours(70 * 24) ? 24 : 7 * 24);
}

std::optional<WallTime> moment(const std::string& text, WallTime now, const char* option) {
    const auto found = parse_moment(text, now);
    if (!found)
        complain(
            fmt::format("{} {}: neither how long ago ('24h', '7d') nor a date ('2026-11-20', '2026-11-20 06:25'; "
                        "UTC)",
                        option, printable(text)));
    return found;
}

int failed(const history::Trouble& trouble) {
    complain(trouble.what);
    return trouble.kind == history::Trouble::Kind::unusable ? exit_usage : exit_internal;
}

/// No row has that name: says so, with the nearest that there is.
int no_such_row(history::History& history, history::Query query) {
    const std::string wanted = std::exchange(query.row, "*");
    query.latencies = query.verdicts = false;
    std::vector<std::string> known;
    if (const auto all = history.ask(query))
        for (const RowHistory& row : all->rows)
            for (const std::string& name :
                 {row.id, row.id.substr(std::min(row.id.find('/') + 1, row.id.size())), row.peer, row.purpose})
                known.push_back(name);
    const auto near = nearest(wanted, known);
    complain(fmt::format("--row {}: no row of this history has such an id, peer or purpose{}", printable(wanted),
                         near ? fmt::format("; did you mean '{}'?", printable(*near)) : std::string()));
    return exit_usage;
}

std::string rendered(const HistoryReport& history, const HistoryOptions& options) {
    if (options.format == "json") return report::render_history_json(history);
    if (options.format == "csv") return report::render_history_csv(history);
    if (options.format == "markdown") return report::render_history_markdown(history);
    report::TableStyle style;
    style.width = output_width();
    style.colour = !options.no_colour && options.output.empty() && output_takes_colour();
    style.evidence = options.verbose;
    return report::render_history(history, style);
}

}  // namespace

std::string default_history_file() {
    // systemd may give several folders, the unit's first one first.
    const char* given = std::getenv("STATE_DIRECTORY");
    const std::string folder = given == nullptr ? "" : split(given, ':').front();
    return (folder.empty() ? "/var/lib/fdnprobe" : folder) + "/history.db";
}

int history_command(const HistoryOptions& options) {
    const WallTime now = std::chrono::system_clock::now();
    history::Query query;
    const auto since = moment(options.since, now, "--since");
    const auto until = options.until.empty() ? std::optional(now) : moment(options.until, now, "--until");
    if (!since || !until) return exit_usage;
    if (*since >= *until) {
        complain(fmt::format("--since {} is not before --until {}", printable(options.since),
                             options.until.empty() ? "now" : printable(options.until)));
        return exit_usage;
    }
    query.from = *since;
    query.until = *until;
    query.row = options.row;
    query.period = period_of(query.until - query.from);
    query.evidence = options.verbose;

    std::optional<OutputFile> output;
    if (!options.output.empty()) {
        auto prepared = OutputFile::prepare(options.output);
        if (!prepared) {
            complain(prepared.error());
            return exit_usage;
        }
        output.emplace(std::move(*prepared));
    }
    auto opened = history::History::open_to_read(options.history.empty() ? default_history_file() : options.history);
    if (!opened) return failed(opened.error());
    const auto answer = (*opened)->ask(query);
    if (!answer) return failed(answer.error());
    if (!query.row.empty() && answer->rows.empty()) return no_such_row(**opened, query);

    const std::string text = rendered(*answer, options);
    if (!output) return print(text) ? exit_ok : exit_internal;
    if (const auto failure = output->commit(text)) {
        complain(*failure);
        return exit_internal;
    }
    return exit_ok;
}

}  // namespace fdnprobe::app
