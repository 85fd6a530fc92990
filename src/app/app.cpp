#include "app/app.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/commands.hpp"
#include "app/exit_code.hpp"
#include "app/history_options.hpp"
#include "app/manual.hpp"
#include "app/presentation.hpp"
#include "app/terminal.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "fdnprobe/verdict.hpp"
#include "peers/scenario.hpp"

namespace fdnprobe::app {
namespace {

constexpr const char* what_group = "What is checked";
constexpr const char* how_group = "How it is checked";
constexpr const char* report_group = "How it is reported";
constexpr const char* when_group = "When it is checked";
constexpr const char* record_group = "Who gets to know";

/// Numbers with dots between them: two or three.
bool is_release(const std::string& text) {
    const std::vector<std::string> parts = split(text, '.');
    return (parts.size() == 2 || parts.size() == 3) &&
           std::all_of(parts.begin(), parts.end(), [](const std::string& part) { return parse_number(part, 0, 999); });
}

/// Like CLI::Range, which lets "nan" pass.
CLI::Validator between(double low, double high) {
    return CLI::Validator(
        [low, high](const std::string& text) {
            double number = 0;
            const bool good = CLI::detail::lexical_cast(text, number) && number >= low && number <= high;
            return good ? std::string()
                        : fmt::format("expected a number from {} to {}, not {}", low, high, printable(text));
        },
        fmt::format("{} to {}", low, high));
}

std::vector<std::string> state_codes() {
    std::vector<std::string> codes;
    for (const State state : all_states()) codes.emplace_back(to_string(state));
    return codes;
}

void add_selection(CLI::App& command, Selection& selection) {
    command
        .add_option("--targets", selection.targets, "Table: a shipped one by name, or a file (default fortiproxy-7.4)")
        ->type_name("NAME|FILE")
        ->expected(1)
        ->take_all()
        ->group(what_group);
    command.add_option("--site", selection.site, "Site file: addresses of peers, pinned hosts, resolvers, CA files")
        ->type_name("FILE")
        ->group(what_group);
    command.add_option("--peer", selection.peers, "Address of a peer; stands in for its public names too (repeatable)")
        ->type_name("NAME=ADDRESS[,ADDRESS...]")
        ->expected(1)
        ->take_all()
        ->group(what_group);
    command.add_option("--only", selection.only, "Only rows whose id, peer or purpose matches this glob (repeatable)")
        ->type_name("PATTERN")
        ->expected(1)
        ->take_all()
        ->group(what_group);
    command.add_option("--direction", selection.direction, "outgoing (default), incoming or both")
        ->type_name("DIRECTION")
        ->check(CLI::IsMember({"outgoing", "incoming", "both"}))
        ->group(what_group);
    auto* four = command.add_flag("-4", selection.ipv4_only, "Only IPv4")->group(what_group);
    command.add_flag("-6", selection.ipv6_only, "Only IPv6")->excludes(four)->group(what_group);
}

void add_lab(CLI::App& command, CheckOptions& options) {
    const std::string scenarios = "Check the emulated peers inside the program: " + peers::scenario_codes();
    command
        .add_option_function<std::vector<std::string>>(
            "--lab",
            [&options](const std::vector<std::string>& value) {
                options.lab = value.empty() || value.front().empty() ? "clean" : value.front();
            },
            scenarios)
        ->type_name("[SCENARIO]")
        ->expected(0, 1)
        ->excludes("--site")
        ->group(what_group);
}

/// How things are probed: the same for one run and for a thousand.
void add_probing(CLI::App& command, CheckOptions& options) {
    command.add_option("--timeout", options.timeout, "Seconds for one stage of one attempt (default 3.5)")
        ->type_name("SECONDS")
        ->check(between(0.05, 600.0))
        ->group(how_group);
    command.add_option("--deadline", options.deadline, "Seconds for the whole run")
        ->type_name("SECONDS")
        ->check(between(0.05, 86400.0))
        ->group(how_group);
    command.add_option("--retries", options.retries, "How often silence is tried again (default 0)")
        ->type_name("N")
        ->check(between(0, 10))
        ->group(how_group);
    command.add_option("--concurrency", options.concurrency, "Checks in flight at once (default 1024)")
        ->type_name("N")
        ->check(between(1, 65536))
        ->group(how_group);
    command
        .add_option("--rate", options.rate,
                    "New attempts a second; 0: no limit (default: 1000 once --concurrency are in flight, no limit on "
                    "loopback)")
        ->type_name("N")
        ->check(between(0.0, 1e6))
        ->group(how_group);
    command.add_option("--resolver", options.resolvers, "Name server to ask instead of the system's (repeatable)")
        ->type_name("ADDRESS[:PORT]")
        ->expected(1)
        ->take_all()
        ->group(how_group);
    command.add_option("--ca-file", options.ca_files, "One more bundle of public CAs (repeatable)")
        ->type_name("FILE")
        ->expected(1)
        ->take_all()
        ->group(how_group);
    command.add_option("--source", options.source, "Address of this host to send from")
        ->type_name("ADDRESS")
        ->group(how_group);
    command.add_option("--interface", options.interface, "Interface of this host to send through")
        ->type_name("NAME")
        ->group(how_group);
    command
        .add_option("--proxy", options.proxy, "HTTP proxy for TCP checks; a password goes into the site's [secrets]")
        ->type_name("http://[USER@]HOST:PORT")
        ->group(how_group);
    command
        .add_option("--responder-key", options.responder_key,
                    "Key of the fdnprobe that responds at the far end (see 'fdnprobe respond')")
        ->type_name("FILE")
        ->group(how_group);
    command
        .add_flag("--allow-syslog-message", options.allow_syslog_message,
                  "Let the syslog probe send a message, which will be in the receiver's log")
        ->group(how_group);
    command.add_flag("--all-addresses", options.all_addresses, "Try every address of a name, not only until one works")
        ->group(how_group);

    static const std::map<std::string, judge::Locate> locate_words{
        {"auto", judge::Locate::automatic}, {"always", judge::Locate::always}, {"never", judge::Locate::never}};
    command
        .add_option_function<std::string>(
            "--locate", [&options](const std::string& word) { options.locate = locate_words.at(word); },
            "Find the hop where a check dies: auto (default: where that may explain it), always or never")
        ->type_name("WHEN")
        ->check(CLI::IsMember({"auto", "always", "never"}))
        ->group(how_group);
    command
        .add_option("--baseline", options.baseline,
                    "Compare who signs each certificate with what --learn wrote at a good place")
        ->type_name("FILE")
        ->group(how_group);
}

void add_presentation(CLI::App& command, CheckOptions& options) {
    command
        .add_option("--format", options.presentation.format,
                    "table (default), json, ndjson, csv, markdown, html, junit, prometheus or nagios")
        ->type_name("FORMAT")
        ->check(CLI::IsMember(std::vector<std::string>(report_formats.begin(), report_formats.end())))
        ->group(report_group);
    command.add_option("--output", options.presentation.output, "Write the report to this file, whole or not at all")
        ->type_name("FILE")
        ->group(report_group);
    command.add_option("--accept", options.accept, "A state that counts as good for the exit code (repeatable)")
        ->type_name("STATE")
        ->expected(1)
        ->take_all()
        ->check(CLI::IsMember(state_codes()))
        ->group(report_group);
    command.add_flag("--explain", options.presentation.explain, "Explain each cause that occurs")->group(report_group);
    command.add_flag("--no-color", options.presentation.no_colour, "No colour")->group(report_group);
    command.add_flag("--quiet", options.presentation.quiet, "Only what is not as it should be")->group(report_group);
    command.add_flag("-v", options.presentation.verbose, "Show the evidence of every attempt")->group(report_group);
}

void add_check(CLI::App& command, CheckOptions& options) {
    add_selection(command, options.selection);
    add_lab(command, options);
    add_probing(command, options);
    command.add_option("--learn", options.learn, "Write who signs each certificate to this file, for --baseline")
        ->type_name("FILE")
        ->group(report_group);
    command.add_option("--trace", options.trace, "Write all evidence of every check to this file, for a bug report")
        ->type_name("FILE")
        ->group(report_group);
    add_presentation(command, options);
    command.footer(
        "Examples:\n"
        "  fdnprobe check                                    what FortiProxy needs to reach, from this host\n"
        "  fdnprobe check --only FortiGuard                  its FortiGuard services alone\n"
        "  fdnprobe check --peer FortiManager=192.0.2.5      its FortiManager too\n"
        "  fdnprobe check --direction incoming --peer FortiProxy=192.0.2.2\n"
        "  fdnprobe check --targets fortiguard --format json --output report.json\n"
        "  fdnprobe check --lab=tls-inspection               what inspection looks like\n\n"
        "Exit codes: 0 all is well; 1 something is blocked, broken, untrusted, intercepted, unresolved or local;\n"
        "2 the command line or a file is wrong, nothing was sent; 3 nothing is wrong but something is inconclusive;\n"
        "4 fdnprobe itself failed; 130 interrupted.");
}

void add_watch(CLI::App& command, WatchOptions& options) {
    CheckOptions& check = options.check;
    add_selection(command, check.selection);
    add_lab(command, check);
    command.add_option("--every", options.every, "How often, such as 30s, 5m or 1h (default: the site's, or 5m)")
        ->type_name("TIME")
        ->group(when_group);
    command
        .add_option("--jitter", options.jitter,
                    "By how much of that a run may be late, so that many sites do not run at once (default 10%)")
        ->type_name("PERCENT%")
        ->group(when_group);
    command
        .add_option("--confirm", options.confirm,
                    "A change counts once N of the last M runs say so (default: the site's, or 2/3)")
        ->type_name("N/M")
        ->group(when_group);
    command.add_flag("--once", options.once, "One run of everything, recorded and announced, and end")
        ->group(when_group);
    command.add_option("--history", options.history, "Keep what was found in this file (default: in memory)")
        ->type_name("FILE")
        ->group(record_group);
    command
        .add_option("--listen", options.listen,
                    "Serve the page, the API and /metrics there, such as 127.0.0.1:9541; port 0 picks one")
        ->type_name("ADDRESS:PORT")
        ->group(record_group);
    command
        .add_option("--listen-token", options.listen_token,
                    "File with the token that whoever asks must know; other addresses than loopback need it, or TLS")
        ->type_name("FILE")
        ->group(record_group);
    auto* certificate =
        command.add_option("--listen-certificate", options.listen_certificate, "Certificate to serve by TLS, in PEM")
            ->type_name("FILE")
            ->group(record_group);
    auto* key = command.add_option("--listen-key", options.listen_key, "Its private key, in PEM")
                    ->type_name("FILE")
                    ->group(record_group);
    certificate->needs(key);
    key->needs(certificate);
    command
        .add_option("--listen-name", options.listen_names,
                    "One more name by which a browser may ask for the page (repeatable)")
        ->type_name("NAME")
        ->expected(1)
        ->take_all()
        ->group(record_group);
    command
        .add_option("--notify", options.notify,
                    "Who is told of confirmed changes (repeatable; default: the site's): webhook=URL, "
                    "syslog=udp://HOST[:PORT], syslog=tcp://HOST[:PORT] or command=/PATH")
        ->type_name("RECEIVER")
        ->expected(1)
        ->take_all()
        ->group(record_group);
    command
        .add_option("--spool", options.spool,
                    "Folder for what could not be delivered yet (default: beside the history)")
        ->type_name("FOLDER")
        ->group(record_group);
    add_probing(command, check);
    add_presentation(command, check);
    command.footer(
        "Examples:\n"
        "  fdnprobe watch --every 5m --listen 127.0.0.1:9541 --history history.db\n"
        "  fdnprobe watch --site branch-17.toml --notify webhook=https://hooks.example/fdnprobe\n"
        "  fdnprobe watch --every 5m --format prometheus --output /var/lib/node_exporter/fdnprobe.prom\n"
        "  fdnprobe watch --lab=refused --every 5s --listen 127.0.0.1:9541      to see what it looks like\n\n"
        "Confirmed changes are printed as they come; --output has the report of the last run. SIGHUP reads tables and\n"
        "site again, SIGTERM and Ctrl-C end it. Exit codes: 0 ended by a signal, 2 and 4 as for 'check'; with --once\n"
        "those of 'check'.");
}

void add_history(CLI::App& command, HistoryOptions& options) {
    command
        .add_option("--history", options.history,
                    fmt::format("File that 'fdnprobe watch --history' writes (default {})", default_history_file()))
        ->type_name("FILE");
    command.add_option("--row", options.row, "Only rows whose id, peer or purpose matches this glob")
        ->type_name("PATTERN");
    command.add_option("--since", options.since, "How far back, such as 24h or 30d, or a date (default 24h)")
        ->type_name("TIME");
    command.add_option("--until", options.until, "Up to when: an age such as 1h, or a date (default now)")
        ->type_name("TIME");
    command.add_option("--format", options.format, "table (default), json, csv or markdown")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"table", "json", "csv", "markdown"}));
    command.add_option("--output", options.output, "Write it to this file, whole or not at all")->type_name("FILE");
    command.add_flag("--no-color", options.no_colour, "No colour");
    command.add_flag("-v", options.verbose, "Show the evidence of each change");
    command.footer(
        "Examples:\n"
        "  fdnprobe history --history history.db                      the last day\n"
        "  fdnprobe history --history history.db --since 30d --row '*av-ips*'\n"
        "  fdnprobe history --history history.db --since 2026-11-01 --format csv");
}

void add_list(CLI::App& command, ListOptions& options) {
    add_selection(command, options.selection);
    command.add_option("--interface", options.interface, "Interface of this host that a check would use")
        ->type_name("NAME")
        ->group(how_group);
    command.add_option("--proxy", options.proxy, "HTTP proxy that a check would go through")
        ->type_name("http://[USER@]HOST:PORT")
        ->group(how_group);
    command.add_option("--responder-key", options.responder_key, "Key of the responder that a check would ask")
        ->type_name("FILE")
        ->group(how_group);
    command.add_option("--format", options.presentation.format, "table (default) or json")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"table", "json"}))
        ->group(report_group);
    command.add_flag("--no-color", options.presentation.no_colour, "No colour")->group(report_group);
    command.add_flag("-v", options.presentation.verbose, "Show notes too")->group(report_group);
    command.footer(
        "Examples:\n"
        "  fdnprobe list --direction both\n"
        "  fdnprobe list --targets fortiguard --only FortiManager\n"
        "  fdnprobe list --site branch-17.toml --format json");
}

void add_respond(CLI::App& command, RespondOptions& options) {
    command.add_option("--targets", options.targets, "Table whose ports are listened on (default fortiproxy-7.4)")
        ->type_name("NAME|FILE")
        ->expected(1)
        ->take_all();
    command.add_option("--site", options.site, "Site file: customised ports of the peers, and the key")
        ->type_name("FILE");
    command
        .add_option("--peer", options.peers, "Whose ports (repeatable; default every peer and product of the tables)")
        ->type_name("NAME")
        ->expected(1)
        ->take_all();
    command.add_option("--direction", options.direction, "outgoing, incoming or both (default)")
        ->type_name("DIRECTION")
        ->check(CLI::IsMember({"outgoing", "incoming", "both"}));
    command.add_option("--listen", options.listen, "Address of this host to listen on (repeatable; default all)")
        ->type_name("ADDRESS")
        ->expected(1)
        ->take_all();
    command.add_option("--interface", options.interface, "Interface for Ethernet rows (default all)")
        ->type_name("NAME");
    command.add_option("--key", options.key, "File with the key that checks must know")->type_name("FILE");
    command.add_option("--make-key", options.make_key, "Write a new key, readable by its owner only, and end")
        ->type_name("FILE");
    command.add_option("--ready-file", options.ready_file, "File that is written once every port is bound")
        ->type_name("FILE");
    command.footer(
        "Examples:\n"
        "  fdnprobe respond --make-key responder.key\n"
        "  fdnprobe respond --peer FortiManager --key responder.key       where the FortiManager will stand\n"
        "  fdnprobe check --peer FortiManager=192.0.2.5 --responder-key responder.key      where the FortiProxy "
        "stands");
}

void add_init(CLI::App& command, InitOptions& options) {
    auto* config = command
                       .add_option("--config", options.config,
                                   "Configuration of a FortiGate or FortiProxy: a backup, its YAML export, or what "
                                   "`show` prints; - is standard input")
                       ->type_name("FILE");
    command.add_option("--product", options.product, "FortiGate or FortiProxy, where the configuration does not say")
        ->type_name("NAME")
        ->check(CLI::IsMember({"FortiGate", "FortiProxy"}, CLI::ignore_case))
        ->needs(config);
    command.add_option("--device-version", options.version, "Its release, where the configuration does not say")
        ->type_name("VERSION")
        ->check(CLI::Validator(
            [](const std::string& text) {
                return is_release(text)
                           ? std::string()
                           : fmt::format("expected a release such as 7.4 or 7.4.3, not {}", printable(text));
            },
            ""))
        ->needs(config);
    command.add_option("--vdom", options.vdom, "Whose peers are wanted (default: the management VDOM's)")
        ->type_name("NAME")
        ->needs(config);
    command
        .add_option("--targets", options.targets,
                    "Table whose peers are wanted (repeatable; default: with --config all, else fortiproxy-7.4)")
        ->type_name("NAME|FILE")
        ->expected(1)
        ->take_all();
    auto* output =
        command.add_option("--output", options.output, "Write the site file there (default: standard output)")
            ->type_name("FILE");
    command.add_flag("--force", options.force, "Overwrite that file")->needs(output);
    command.footer(
        "Examples:\n"
        "  fdnprobe init --output site.toml                         asks for what the table needs\n"
        "  fdnprobe init --config backup.conf --output site.toml    takes it from the device's configuration\n"
        "  fdnprobe init --config backup.conf --vdom branch         the peers of another VDOM\n"
        "  ssh admin@192.0.2.2 show | fdnprobe init --config - --product FortiProxy --device-version 7.4.3\n\n"
        "No line and no secret of a configuration is printed, and none is kept: only addresses, ports, names and "
        "modes.\n"
        "Exit codes: 0 written; 2 the command line is wrong, or this is not a configuration that can be read.");
}

/// What the command line may have meant: CLI11 names what it did not understand, and nothing else.
std::string suggestion(const CLI::App& app, const CLI::App* command, const std::vector<std::string>& unknown) {
    std::vector<std::string> known;
    const CLI::App& scope = command == nullptr ? app : *command;
    for (const CLI::Option* option : scope.get_options())
        for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
    for (const CLI::App* one : scope.get_subcommands({})) known.push_back(one->get_name());
    for (const std::string& word : unknown) {
        const std::string name = word.substr(0, word.find('='));
        if (const auto near = nearest(name, known))
            return fmt::format("; did you mean '{}' instead of '{}'?", *near, printable(name));
    }
    return {};
}

}  // namespace

int run(int argument_count, char** arguments) {
    CLI::App app("Can every service that a vendor's port tables list be reached from here, and if not, what stops it?",
                 "fdnprobe");
    app.set_version_flag("--version", fmt::format("fdnprobe {}", version()));
    app.set_help_flag("-h,--help", "Show help and end");
    app.require_subcommand(0, 1);
    app.failure_message(CLI::FailureMessage::simple);

    CheckOptions check;
    WatchOptions watch;
    HistoryOptions history;
    ListOptions list;
    LabOptions lab;
    RespondOptions respond;
    InitOptions init;
    std::vector<std::string> files;
    std::vector<std::string> codes;

    CLI::App* check_app = app.add_subcommand("check", "Probe the chosen rows once and report");
    add_check(*check_app, check);
    CLI::App* watch_app =
        app.add_subcommand("watch", "Check on a schedule, keep a history, report changes, serve a page and metrics");
    add_watch(*watch_app, watch);
    CLI::App* history_app = app.add_subcommand(
        "history", "Tell when it broke, what changed, how often it flaps and how slow it has become");
    add_history(*history_app, history);
    CLI::App* list_app = app.add_subcommand("list", "Print the rows and the checks that would run; send nothing");
    add_list(*list_app, list);
    CLI::App* lab_app = app.add_subcommand("lab",
                                           "Run the emulated peers until interrupted; print the site file "
                                           "that reaches them");
    lab_app
        ->add_option("scenario", lab.scenario,
                     "clean (default), refused, silent, dns-failure, dns-sinkhole, "
                     "tls-inspection or expired-certificate")
        ->type_name("SCENARIO");
    lab_app->add_option("--targets", lab.targets, "Table whose endpoints are emulated (repeatable)")
        ->type_name("NAME|FILE")
        ->expected(1)
        ->take_all();
    lab_app->footer(
        "Examples:\n"
        "  fdnprobe lab > site.toml &\n"
        "  fdnprobe check --site site.toml");
    CLI::App* respond_app =
        app.add_subcommand("respond", "Be the far end: listen on a peer's ports and confirm what arrives");
    add_respond(*respond_app, respond);
    CLI::App* explain_app = app.add_subcommand("explain", "Explain a verdict, a cause or a state");
    explain_app->add_option("code", codes, "What to explain; nothing: list all codes")->type_name("CODE");
    explain_app->footer("Example:\n  fdnprobe explain tls-intercepted");
    CLI::App* validate_app = app.add_subcommand("validate", "Check table, site and baseline files; send nothing");
    validate_app->add_option("file", files, "Files to check")->type_name("FILE")->required();
    validate_app->footer("Example:\n  fdnprobe validate targets/*.toml site.toml");
    CLI::App* init_app =
        app.add_subcommand("init", "Write a site file: ask for what it needs, or read a device's configuration");
    add_init(*init_app, init);
    app.footer(
        "Examples:\n"
        "  fdnprobe check --lab        the main job, against emulated peers\n"
        "  fdnprobe check              the same, for real\n"
        "  fdnprobe watch --every 5m   the same, again and again\n"
        "  fdnprobe list               what would be checked\n"
        "  fdnprobe explain timeout    what a word in a report means\n\n"
        "'fdnprobe COMMAND --help' tells more about a command.");

    std::string generated;
    app.add_option("--generate", generated, "Print documentation made from the program itself: man or bash")
        ->type_name("KIND")
        ->check(CLI::IsMember({"man", "bash"}));

    try {
        app.parse(argument_count, arguments);
    } catch (const CLI::Success& wanted) {  // --help, --version
        std::ostringstream text;
        app.exit(wanted, text, text);
        return print(text.str()) ? exit_ok : exit_internal;
    } catch (const CLI::ParseError& mistake) {
        const auto chosen = app.get_subcommands();
        const CLI::App* command = chosen.empty() ? nullptr : chosen.front();
        complain(fmt::format("{}{}", printable(mistake.what()), suggestion(app, command, app.remaining(true))));
        complain(fmt::format("'fdnprobe {}--help' shows what there is; nothing was sent",
                             command == nullptr ? "" : command->get_name() + " "));
        return exit_code_as(check.presentation.format, exit_usage);
    }
    if (check_app->parsed()) return check_command(check);
    if (watch_app->parsed()) return watch_command(watch);
    if (history_app->parsed()) return history_command(history);
    if (list_app->parsed()) return list_command(list);
    if (lab_app->parsed()) return lab_command(lab);
    if (respond_app->parsed()) return respond_command(respond);
    if (explain_app->parsed()) return explain_command(codes);
    if (init_app->parsed()) return init_command(init);
    if (validate_app->parsed()) return validate_command(files);
    if (!generated.empty())
        return print(generated == "man" ? manual_page(app) : bash_completion(app)) ? exit_ok : exit_internal;
    // No command at all: help, and the code of a wrong command line.
    complain("no command was given");
    return print(app.help()) ? exit_usage : exit_internal;
}

}  // namespace fdnprobe::app
