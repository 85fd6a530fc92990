// `fdnprobe watch`: makes sure of everything first, as `check` does, and then goes on until it is told to stop.
#include <memory>
#include <optional>
#include <utility>

#include "app/check_run.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/inputs.hpp"
#include "app/kept_history.hpp"
#include "app/terminal.hpp"
#include "app/watch_loop.hpp"
#include "app/watch_settings.hpp"
#include "peers/lab.hpp"

namespace fdnprobe::app {
namespace {

/// Reads tables and site, and makes sure of them; after a mistake the result is not to be used. `lab` is the far end
/// inside this process, or nullptr.
WatchFiles read_files(const WatchOptions& options, const peers::Lab* lab, Problems& problems) {
    const std::vector<Table> tables = load_tables(options.check.selection.targets, problems);
    Site site =
        lab == nullptr ? load_site(options.check.selection.site, problems) : read_lab_site(lab->site(), problems);
    auto preparation = std::make_shared<Preparation>(prepare(options.check, tables, std::move(site), problems));
    WatchSettings settings = watch_settings(options, *preparation, problems);
    return {std::move(preparation), std::move(settings)};
}

}  // namespace

int watch_command(const WatchOptions& options) {
    Problems problems;
    net::Context context(descriptor_budget(true));
    std::unique_ptr<peers::Lab> lab;
    if (const auto scenario = chosen_scenario(options.check.lab, problems)) {
        auto started = peers::Lab::start(context, load_tables(options.check.selection.targets, problems), *scenario);
        if (!started) {
            complain(started.error());
            return exit_internal;
        }
        lab = std::move(*started);
    }
    WatchFiles files = read_files(options, lab.get(), problems);
    const auto listen = listen_settings(options, problems);
    check_presentation(options, problems);
    KeptHistory history(options.history, files.settings.retention);
    if (complain_of(problems)) return exit_usage;

    WatchLoop loop(context, options, std::move(files), history, [&](Problems& found) -> std::optional<WatchFiles> {
        WatchFiles read = read_files(options, lab.get(), found);
        if (has_errors(found)) return std::nullopt;
        return read;
    });
    if (const auto failure = loop.begin(listen)) {
        complain(*failure);
        return exit_usage;
    }
    return loop.run();
}

}  // namespace fdnprobe::app
