#include "app/watch_settings.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/inputs.hpp"
#include "base/duration.hpp"
#include "base/text.hpp"
#include "config/load.hpp"
#include "config/schedule.hpp"

namespace fdnprobe::app {
namespace {

constexpr std::chrono::seconds shortest_interval{1};
constexpr std::string_view webhook_secret = "webhook";

void apply_schedule(const WatchOptions& options, const Schedule& site, WatchSettings& settings, Problems& problems) {
    settings.schedule = site;
    settings.every = site.every.value_or(settings.every);
    settings.jitter = site.jitter.value_or(settings.jitter);
    settings.confirm = site.confirm.value_or(settings.confirm);
    if (!options.every.empty()) {
        const auto every = parse_duration(options.every);
        if (every && *every >= shortest_interval)
            settings.every = *every;
        else
            problems.push_back(usage_problem(fmt::format(
                "--every {}: expected a time of at least 1s, such as 30s, 5m or 1h", printable(options.every))));
    }
    if (!options.jitter.empty()) {
        if (const auto jitter = config::parse_percentage(options.jitter))
            settings.jitter = *jitter;
        else
            problems.push_back(usage_problem(
                fmt::format("--jitter {}: expected {}", printable(options.jitter), config::percentage_form)));
    }
    if (!options.confirm.empty()) {
        if (const auto confirm = config::parse_confirmation(options.confirm))
            settings.confirm = *confirm;
        else
            problems.push_back(usage_problem(
                fmt::format("--confirm {}: expected {}", printable(options.confirm), config::confirmation_form)));
    }
}

/// An interval that no row has is a slip of the pen.
void check_intervals(const Preparation& preparation, Problems& problems) {
    const std::vector<Row>& rows = preparation.plan.rows;
    for (const RowInterval& interval : preparation.site.schedule.rows) {
        const auto meant = [&](const Row& row) { return row.matches(interval.pattern); };
        if (!rows.empty() && std::none_of(rows.begin(), rows.end(), meant))
            problems.push_back(
                Problem{preparation.site.file, 0, 0,
                        fmt::format("[schedule.rows] \"{}\": no row that is checked has such an id, peer "
                                    "or purpose",
                                    printable(interval.pattern)),
                        true});
    }
}

void apply_notify(const WatchOptions& options, const Preparation& preparation, WatchSettings& settings,
                  Problems& problems) {
    const Site& site = preparation.site;
    settings.announce = site.notify;
    if (!options.notify.empty()) settings.announce.to = options.notify;
    for (std::size_t index = 0; index < settings.announce.to.size(); ++index) {
        const std::string& receiver = settings.announce.to[index];
        const auto mistake = notify::receiver_mistake(receiver);
        if (!mistake) continue;
        // What comes after the kind may hold a secret.
        const std::size_t kind = receiver.find('=');
        const std::string named =
            kind == std::string::npos ? std::string() : printable(receiver.substr(0, kind)) + "=...";
        problems.push_back(options.notify.empty() ? Problem{site.file, site.notify_lines[index], 1,
                                                            fmt::format("[notify] `to` {}: {}", named, *mistake), false}
                                                  : usage_problem(fmt::format("--notify {}: {}", named, *mistake)));
    }
    settings.notify.to = settings.announce.to;
    if (const auto secret = preparation.secrets.find(webhook_secret); secret != preparation.secrets.end())
        settings.notify.webhook_secret = secret->second;
    settings.notify.ca_files = options.check.ca_files;
    settings.notify.spool = !options.spool.empty()    ? options.spool
                            : options.history.empty() ? std::string()
                                                      : options.history + ".spool";
}

}  // namespace

WatchSettings watch_settings(const WatchOptions& options, const Preparation& preparation, Problems& problems) {
    WatchSettings settings;
    apply_schedule(options, preparation.site.schedule, settings, problems);
    settings.retention = preparation.site.retention.value_or(Retention{});
    apply_notify(options, preparation, settings, problems);
    check_intervals(preparation, problems);
    return settings;
}

std::optional<web::ServerSettings> listen_settings(const WatchOptions& options, Problems& problems) {
    if (options.listen.empty()) {
        if (!options.listen_token.empty() || !options.listen_certificate.empty() || !options.listen_names.empty())
            problems.push_back(
                usage_problem("--listen-token, --listen-certificate and --listen-name say how the page is "
                              "served; --listen says where, and is missing"));
        return std::nullopt;
    }
    auto settings = web::parse_listen(options.listen);
    if (!settings) {
        problems.push_back(usage_problem("--listen " + settings.error()));
        return std::nullopt;
    }
    if (!options.listen_token.empty()) {
        auto token = config::read_secret_file(options.listen_token);
        if (token)
            settings->token = std::move(*token);
        else
            problems.push_back(token.error());
    }
    settings->certificate_file = options.listen_certificate;
    settings->key_file = options.listen_key;
    settings->names = options.listen_names;
    if (!web::is_loopback_only(*settings) && options.listen_token.empty() && options.listen_certificate.empty())
        problems.push_back(usage_problem(fmt::format(
            "--listen {}: others than this host can reach that address, and the page tells much of a network; give "
            "--listen-token FILE (whoever asks must know it), or --listen-certificate and --listen-key (TLS), or "
            "listen "
            "on 127.0.0.1",
            printable(options.listen))));
    return std::move(*settings);
}

void check_presentation(const WatchOptions& options, Problems& problems) {
    const Presentation& shown = options.check.presentation;
    const bool of_changes = shown.format == "table" || shown.format == "json" || shown.format == "ndjson";
    if (shown.output.empty() && !of_changes && !options.once)
        problems.push_back(usage_problem(
            fmt::format("--format {}: watch prints changes, and this format holds a whole report; add --output FILE, "
                        "which is written anew after each run",
                        printable(shown.format))));
}

}  // namespace fdnprobe::app
