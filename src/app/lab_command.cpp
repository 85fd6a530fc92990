#include <asio/signal_set.hpp>

#include <fmt/format.h>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/inputs.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "net/context.hpp"
#include "peers/lab.hpp"

namespace fdnprobe::app {

int lab_command(const LabOptions& options) {
    Problems problems;
    const std::vector<Table> tables = load_tables(options.targets, problems);
    const auto scenario = peers::scenario_from(options.scenario);
    if (!scenario)
        problems.push_back(usage_problem(fmt::format("'{}' is no scenario of the lab; there are: {}",
                                                     printable(options.scenario), peers::scenario_codes())));
    if (complain_of(problems)) return exit_usage;

    net::Context context(net::available_descriptors(64));
    // Before anybody is told that it runs: whoever stops it at once stops it in order.
    asio::signal_set signals(context.io, SIGINT, SIGTERM);
    signals.async_wait([&](const asio::error_code&, int) {
        context.stop();
        context.io.stop();
    });
    const auto lab = peers::Lab::start(context, tables, *scenario);
    if (!lab) {
        complain(lab.error());
        return exit_internal;
    }
    if (!print((*lab)->site())) return exit_internal;
    complain(
        "the lab is running; save the site file above, run 'fdnprobe check --site FILE', and stop the lab with "
        "Ctrl-C");
    context.io.run();
    return exit_ok;
}

}  // namespace fdnprobe::app
