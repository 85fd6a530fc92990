// `fdnprobe check`: everything is looked up and made ready first, then the plan is carried out, then it is reported.
#include <unistd.h>

#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <asio/signal_set.hpp>

#include "app/baseline.hpp"
#include "app/check_run.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/inputs.hpp"
#include "app/output_file.hpp"
#include "app/preparation.hpp"
#include "app/presentation.hpp"
#include "app/progress.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "net/context.hpp"
#include "peers/lab.hpp"
#include "report/render.hpp"
#include "report/trace.hpp"

namespace fdnprobe::app {
namespace {

/// Nothing where no file is wanted, and after a mistake, which has been added to `problems`.
std::optional<OutputFile> prepare_file(const std::string& path, std::string_view option, Problems& problems) {
    if (path.empty()) return std::nullopt;
    auto prepared = OutputFile::prepare(path, option);
    if (prepared) return std::move(*prepared);
    problems.push_back(usage_problem(prepared.error()));
    return std::nullopt;
}

/// False when it could not be written. Less than what was asked for is not written: it would take the place of a
/// baseline that knows more.
bool write_learned(const Report& report, const std::string& path, OutputFile& file) {
    const std::string option = "--learn " + printable(path);
    if (report.interrupted) {
        complain(option + ": not written, since the run was ended early");
        return true;
    }
    const Learned learned = learn(report);
    for (const std::string& line : learned.left_out) complain(fmt::format("{}: {}", option, line));
    if (learned.baseline.endpoints.empty()) {
        complain(option + ": not written, since there is nothing to learn");
        return true;
    }
    const auto wrong = file.commit(config::write_baseline(learned.baseline));
    if (wrong) complain(*wrong);
    return !wrong;
}

/// Prints the checks as they end, for ndjson, and moves the line that tells how far the run has come.
class Streaming {
  public:
    Streaming(bool progress, std::size_t checks, std::function<bool(const std::string&)> print_line)
        : progress_(progress, checks), print_line_(std::move(print_line)) {}

    [[nodiscard]] RunObserver observer() {
        RunObserver made;
        made.on_result = [this](const Report& report, const CheckResult& result) {
            progress_.advance();
            if (print_line_) write(report::render_check(report, result));
        };
        // What a line has said of a check is taken back by another line.
        if (print_line_)
            made.on_revision = [this](const Report& report, const CheckResult& result) {
                write(report::render_ndjson_revision(report, result));
            };
        return made;
    }

    void end() { progress_.clear(); }
    [[nodiscard]] bool failed() const { return failed_; }

  private:
    void write(const std::string& line) {
        if (failed_) return;
        progress_.clear();
        failed_ = !print_line_(line);
    }

    Progress progress_;
    std::function<bool(const std::string&)> print_line_;  ///< empty: nothing is printed before the run has ended
    bool failed_ = false;
};

}  // namespace

int check_command(const CheckOptions& options) {
    const auto ended = [&](int code) { return exit_code_as(options.presentation.format, code); };
    Problems problems;
    const std::vector<Table> tables = load_tables(options.selection.targets, problems);
    const std::optional<peers::Scenario> scenario = chosen_scenario(options.lab, problems);

    net::Context context(descriptor_budget(options.lab.has_value()));
    // From here on an interruption ends in a report, and the lab's folder is removed.
    bool interrupted = false;
    asio::signal_set signals(context.io, SIGINT, SIGTERM);
    signals.async_wait([&](const asio::error_code& error, int) {
        if (error) return;
        interrupted = true;
        context.stop();
    });
    std::unique_ptr<peers::Lab> lab;
    Site site;
    if (scenario && !has_errors(problems)) {
        auto started = peers::Lab::start(context, tables, *scenario);
        if (!started) {
            complain(started.error());
            return ended(exit_internal);
        }
        lab = std::move(*started);
        site = read_lab_site(lab->site(), problems);
    } else {
        site = load_site(options.selection.site, problems);
    }
    const Preparation preparation = prepare(options, tables, std::move(site), problems);
    std::optional<OutputFile> output = prepare_file(options.presentation.output, "--output", problems);
    std::optional<OutputFile> learned = prepare_file(options.learn, "--learn", problems);
    std::optional<OutputFile> trace = prepare_file(options.trace, "--trace", problems);
    if (complain_of(problems)) return ended(exit_usage);

    std::string collected;
    std::function<bool(const std::string&)> print_line;
    if (options.presentation.format == "ndjson")
        print_line = [&](const std::string& line) {
            if (!output) return print(line);
            collected += line;
            return true;
        };
    Streaming streaming(isatty(STDERR_FILENO) == 1 && !options.presentation.quiet, preparation.plan.checks.size(),
                        std::move(print_line));
    const Report report = carry_out(context, options, preparation, preparation.plan, streaming.observer());
    streaming.end();
    const std::vector<State> accepted = accepted_states(options, preparation.site);
    collected += present(report, options.presentation, accepted);
    bool written = !streaming.failed();
    if (output) {
        if (const auto wrong = output->commit(collected)) {
            complain(*wrong);
            written = false;
        }
    } else {
        written = print(collected) && written;
    }
    if (trace) {
        if (const auto wrong = trace->commit(report::render_trace(report))) {
            complain(*wrong);
            written = false;
        }
    }
    if (learned && !write_learned(report, options.learn, *learned)) written = false;
    if (!written) return ended(exit_internal);
    if (interrupted) return ended(exit_interrupted);
    return exit_code_of(report, options.presentation, accepted);
}

}  // namespace fdnprobe::app
