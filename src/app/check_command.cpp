// `fdnprobe check`: everything is looked up and made ready first, then the plan is carried out, then it is reported.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <asio/signal_set.hpp>

#include "app/baseline.hpp"
#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/inputs.hpp"
#include "app/output_file.hpp"
#include "app/progress.hpp"
#include "app/proxy_settings.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "engine/run.hpp"
#include "judge/judge.hpp"
#include "judge/relate.hpp"
#include "judge/sinkhole.hpp"
#include "net/context.hpp"
#include "net/resolver.hpp"
#include "net/tls_session.hpp"
#include "net/trust_store.hpp"
#include "peers/lab.hpp"
#include "probes/registry.hpp"
#include "report/render.hpp"
#include "report/trace.hpp"

namespace fdnprobe::app {
namespace {

/// Standard streams, the resolver's sockets, the report's file, and what libraries open in passing.
constexpr std::size_t reserved_descriptors = 32;
/// The lab's own listeners, and as many accepted connections as there are connecting ones.
constexpr std::size_t lab_descriptors = 128;

std::size_t descriptor_budget(bool lab) {
    return lab ? std::max<std::size_t>(4, net::available_descriptors(lab_descriptors) / 2)
               : net::available_descriptors(reserved_descriptors);
}

net::Clock::duration seconds(double count) {
    return std::chrono::duration_cast<net::Clock::duration>(std::chrono::duration<double>(count));
}

/// What the command line says of the network goes before what the site file says.
void apply_network(const CheckOptions& options, Site& site, Problems& problems) {
    if (!options.source.empty()) {
        site.source = Address::parse(options.source);
        if (!site.source)
            problems.push_back(usage_problem(
                fmt::format("--source {}: expected an IP address of this host", printable(options.source))));
    }
    if (!options.interface.empty()) site.interface = options.interface;
    if (options.resolvers.empty()) return;
    site.resolvers.clear();
    for (const std::string& text : options.resolvers) {
        if (const auto resolver = SocketAddress::parse(text, 53))
            site.resolvers.push_back(*resolver);
        else
            problems.push_back(usage_problem(
                fmt::format("--resolver {}: expected ADDRESS or ADDRESS:PORT, such as 192.0.2.53", printable(text))));
    }
}

bool needs_trust(const engine::Plan& plan) {
    return std::any_of(plan.checks.begin(), plan.checks.end(), [](const Check& check) {
        const probes::Probe* probe = check.skip ? nullptr : probes::find(check.probe);
        return probe != nullptr && probe->description.uses_tls;
    });
}

bool is_revised(const Conclusion& before, const Conclusion& after) {
    const auto said = [](const Conclusion& one) {
        return std::tie(one.verdict, one.cause, one.stage, one.confidence, one.owner, one.summary, one.advice,
                        one.warnings);
    };
    return said(before) != said(after) || before.where != after.where;
}

/// Carries out a plan and makes the report of it.
class CheckRun {
  public:
    CheckRun(net::Context& context, const CheckOptions& options, const Site& site, engine::Plan plan,
             std::optional<net::TrustStore> trust, std::optional<engine::ProxySettings> proxy)
        : context_(context),
          options_(options),
          trust_(std::move(trust)),
          report_(begin_report(plan, site)),
          checks_(std::move(plan.checks)),
          progress_(isatty(STDERR_FILENO) == 1 && !options.presentation.quiet, checks_.size()) {
        net::ResolverOptions resolving;
        resolving.servers = site.resolvers;
        resolving.ipv4 = !options.selection.ipv6_only;
        resolving.ipv6 = !options.selection.ipv4_only;
        resolving.budget = seconds(options.timeout);
        resolving.distrusted = judge::is_sinkhole;
        resolver_.emplace(context, resolving);
        report_.vantage.resolvers = resolver_->servers();
        if (trust_) {
            tls_ = net::make_client_context();
            settings_.talk.tls = tls_.get();
            settings_.talk.trust = &*trust_;
        }
        settings_.talk.dial.source = site.source;
        settings_.talk.dial.interface = site.interface;
        settings_.talk.stage_budget = seconds(options.timeout);
        std::random_device chance;
        settings_.talk.seed = (static_cast<std::uint64_t>(chance()) << 32U) | chance();
        settings_.proxy = std::move(proxy);
        settings_.concurrency = options.concurrency;
        settings_.rate = options.rate;
        settings_.retries = options.retries;
        settings_.all_addresses = options.all_addresses;
        settings_.locate = options.locate;
        settings_.blackhole = site.blackhole;
        if (options.deadline) settings_.deadline = seconds(*options.deadline);
        settings_.on_result = [this](const CheckResult& result) { on_result(result); };
    }

    /// Each check's line as it ends, for ndjson; false when standard output cannot take it.
    std::function<bool(const std::string&)> stream;

    const Report& run() {
        context_.origin = net::Clock::now();
        asio::co_spawn(context_.io, engine::run(context_, *resolver_, std::move(checks_), settings_),
                       [this](const std::exception_ptr& failure, engine::RunResult result) {
                           net::rethrow(failure);
                           report_.checks = std::move(result.checks);
                           report_.resolvers = std::move(result.resolvers);
                           context_.io.stop();
                       });
        context_.io.run();
        report_.elapsed = context_.now();
        report_.interrupted = context_.stopped();
        progress_.clear();
        std::vector<Conclusion> printed;
        if (stream)
            for (const CheckResult& result : report_.checks) printed.push_back(result.conclusion);
        judge::relate(report_);
        print_revised(printed);
        for (RowResult& row : report_.rows) {
            std::vector<const CheckResult*> checks;
            for (const std::size_t index : row.checks) checks.push_back(&report_.checks[index]);
            row.state = judge::roll_up(row.row, checks);
        }
        return report_;
    }

    [[nodiscard]] bool stream_failed() const { return stream_failed_; }

  private:
    void on_result(const CheckResult& result) {
        progress_.advance();
        if (!stream || stream_failed_) return;
        progress_.clear();
        stream_failed_ = !stream(report::render_ndjson_check(report_, result));
    }

    /// What a line has said of a check is taken back by another line. That many share a reason changes nothing for one,
    /// and is in the last line.
    void print_revised(const std::vector<Conclusion>& printed) {
        for (std::size_t index = 0; index < printed.size() && !stream_failed_; ++index)
            if (is_revised(printed[index], report_.checks[index].conclusion))
                stream_failed_ = !stream(report::render_ndjson_revision(report_, report_.checks[index]));
    }

    net::Context& context_;
    const CheckOptions& options_;
    std::optional<net::TrustStore> trust_;
    net::SslContext tls_;
    std::optional<net::Resolver> resolver_;
    engine::RunSettings settings_;
    Report report_;
    std::vector<Check> checks_;
    Progress progress_;
    bool stream_failed_ = false;
};

/// Nothing where no file is wanted, and after a mistake, which has been added to `problems`.
std::optional<OutputFile> prepare_file(const std::string& path, std::string_view option, Problems& problems) {
    if (path.empty()) return std::nullopt;
    auto prepared = OutputFile::prepare(path, option);
    if (prepared) return std::move(*prepared);
    problems.push_back(usage_problem(prepared.error()));
    return std::nullopt;
}

/// Gives the checks what a baseline says of their endpoints.
void compare_with(const std::string& file, engine::Plan& plan, Problems& problems) {
    const std::size_t mistakes = problems.size();
    const config::Baseline baseline = load_baseline(file, problems);
    if (problems.size() > mistakes || apply_baseline(baseline, plan.checks) > 0) return;
    problems.push_back(Problem{printable(file), 0, 0, "knows none of the endpoints that are checked", true});
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

std::string render(const Report& report, const Presentation& presentation) {
    if (presentation.format == "json") return report::render_json(report);
    if (presentation.format == "ndjson") return report::render_ndjson_summary(report);
    report::TableStyle style;
    style.width = presentation.output.empty() ? output_width() : 100;
    style.colour = !presentation.no_colour && presentation.output.empty() && output_takes_colour();
    style.evidence = presentation.verbose;
    style.explain = presentation.explain;
    style.quiet = presentation.quiet;
    return report::render_table(report, style);
}

}  // namespace

int check_command(const CheckOptions& options) {
    Problems problems;
    const std::vector<Table> tables = load_tables(options.selection.targets, problems);
    std::optional<peers::Scenario> scenario;
    if (options.lab) {
        scenario = peers::scenario_from(*options.lab);
        if (!scenario)
            problems.push_back(usage_problem(fmt::format("--lab={}: no such scenario; there are: {}",
                                                         printable(*options.lab), peers::scenario_codes())));
    }
    std::vector<State> accepted;
    for (const std::string& code : options.accept)
        if (const auto state = state_from(code)) accepted.push_back(*state);

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
    if (scenario && std::none_of(problems.begin(), problems.end(), [](const Problem& one) { return !one.warning; })) {
        auto started = peers::Lab::start(context, tables, *scenario);
        if (!started) {
            complain(started.error());
            return exit_internal;
        }
        lab = std::move(*started);
        site = read_lab_site(lab->site(), problems);
    } else {
        site = load_site(options.selection.site, problems);
    }
    add_peers(options.selection.peers, tables, site, problems);
    apply_network(options, site, problems);
    apply_proxy(options.proxy, site, problems);
    const Secrets secrets = load_secrets(site, options.responder_key, problems);
    std::set<std::string, std::less<>> permitted;
    if (options.allow_syslog_message) permitted.emplace("syslog-message");
    engine::Plan plan =
        plan_selection(options.selection, tables, site, plan_options(secrets, std::move(permitted)), problems);

    std::optional<net::TrustStore> trust;
    if (needs_trust(plan)) {
        net::TrustFiles files{site.public_ca_files, options.ca_files, site.fortinet_ca_files, site.inspection_ca_files};
        auto loaded = net::TrustStore::load(files);
        if (loaded)
            trust = std::move(*loaded);
        else
            problems.push_back(usage_problem(loaded.error()));
    }
    if (!options.baseline.empty()) compare_with(options.baseline, plan, problems);
    std::optional<OutputFile> output = prepare_file(options.presentation.output, "--output", problems);
    std::optional<OutputFile> learned = prepare_file(options.learn, "--learn", problems);
    std::optional<OutputFile> trace = prepare_file(options.trace, "--trace", problems);
    std::optional<engine::ProxySettings> proxy = proxy_settings(site, secrets, problems);
    if (complain_of(problems)) return exit_usage;

    CheckRun run(context, options, site, std::move(plan), std::move(trust), std::move(proxy));
    std::string collected;
    if (options.presentation.format == "ndjson") {
        run.stream = [&](const std::string& line) {
            if (!output) return print(line);
            collected += line;
            return true;
        };
    }
    const Report& report = run.run();
    collected += render(report, options.presentation);
    bool written = !run.stream_failed();
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
    if (!written) return exit_internal;
    if (interrupted) return exit_interrupted;
    return judge::exit_code(report, accepted);
}

}  // namespace fdnprobe::app
