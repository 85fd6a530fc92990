// What a watch adds: what is confirmed of each row, and how the watch itself does.
#include "report/prometheus_parts.hpp"
#include "report/render.hpp"
#include "report/standing.hpp"

namespace fdnprobe::report {
namespace {

using Type = MetricFamily::Type;
using WallTime = std::chrono::system_clock::time_point;

bool was_checked(const Standing* standing) { return standing != nullptr && standing->checked != WallTime{}; }

std::string confirmed_metrics(const Snapshot& snapshot) {
    MetricFamily state("fdnprobe_row_confirmed_state", Type::gauge,
                       "Which state of the row is confirmed: 1 for that one, 0 for the others; absent until one is.");
    MetricFamily since("fdnprobe_row_confirmed_since_timestamp_seconds", Type::gauge,
                       "When the confirmed state was first seen, in seconds since 1970.");
    MetricFamily checked("fdnprobe_row_checked_timestamp_seconds", Type::gauge,
                         "When the row was last checked, in seconds since 1970.");
    for (const RowResult& row : snapshot.report.rows) {
        const Standing* const standing = standing_of(snapshot, row.row.full_id());
        if (standing == nullptr) continue;
        const MetricLabels labels = row_labels(snapshot.report, row);
        if (standing->confirmed) {
            add_state_set(state, labels, *standing->confirmed);
            since.add(labels, metric_time(standing->since));
        }
        if (was_checked(standing)) checked.add(labels, metric_time(standing->checked));
    }
    return state.text() + since.text() + checked.text();
}

class WatchMetrics {
  public:
    WatchMetrics(const std::string& site, const WatchFacts& watch) : site_{{"site", site}} {
        time("start", "When the watch began, in seconds since 1970.", watch.started);
        gauge("interval_seconds", "How often rows are checked that have no interval of their own.",
              metric_number(static_cast<std::uint64_t>(watch.every.count())));
        counter("runs_total", "Runs that have ended.", watch.runs);
        counter("runs_skipped_total", "Runs whose time came while another was going on.", watch.runs_skipped);
        counter("control_failures_total", "Runs in which nothing at all worked from here.", watch.control_failures);
        flag("control_failed", "Whether nothing at all worked from here in the last run.", watch.control_failed);
        if (watch.last_run) time("last_run", "When the last run ended, in seconds since 1970.", *watch.last_run);
        if (watch.next_run) time("next_run", "When the next run is due, in seconds since 1970.", *watch.next_run);
        flag("paused", "Whether nothing is sent at this time.", watch.paused);
        flag("quiet", "Whether nobody is told at this time.", watch.quiet);
        flag("history_recording", "Whether runs are being recorded without a problem.", watch.history_problem.empty());
        gauge("history_waiting_runs", "Runs that wait to be recorded.", metric_number(watch.unrecorded));
        flag("config_reload_successful", "Whether the last reload of tables and site was successful.",
             watch.reload_problem.empty());
        time("config_last_reload_success", "When tables and site were last read, in seconds since 1970.",
             watch.configured);
        counter("events_total", "Changes that have been confirmed.", watch.events);
        receivers(watch);
    }

    [[nodiscard]] const std::string& text() const { return text_; }

  private:
    void add(std::string_view name, Type type, std::string_view help, const std::string& value) {
        MetricFamily family("fdnprobe_watch_" + std::string(name), type, help);
        family.add(site_, value);
        text_ += family.text();
    }
    void gauge(std::string_view name, std::string_view help, const std::string& value) {
        add(name, Type::gauge, help, value);
    }
    void flag(std::string_view name, std::string_view help, bool value) { gauge(name, help, metric_flag(value)); }
    void time(std::string_view name, std::string_view help, WallTime value) {
        gauge(std::string(name) + "_timestamp_seconds", help, metric_time(value));
    }
    void counter(std::string_view name, std::string_view help, std::uint64_t value) {
        add(name, Type::counter, help, metric_number(value));
    }

    void receivers(const WatchFacts& watch) {
        MetricFamily delivered("fdnprobe_watch_notifications_delivered_total", Type::counter,
                               "Messages that a receiver has taken.");
        MetricFamily failed("fdnprobe_watch_notifications_failed_total", Type::counter,
                            "Attempts to deliver a message that failed.");
        MetricFamily dropped("fdnprobe_watch_notifications_dropped_total", Type::counter,
                             "Messages that were given up.");
        MetricFamily waiting("fdnprobe_watch_notifications_waiting", Type::gauge,
                             "Messages that wait to be delivered.");
        for (const ReceiverFacts& receiver : watch.receivers) {
            const MetricLabels labels = site_.with("receiver", receiver.name);
            delivered.add(labels, metric_number(receiver.delivered));
            failed.add(labels, metric_number(receiver.failed));
            dropped.add(labels, metric_number(receiver.given_up));
            waiting.add(labels, metric_number(receiver.waiting));
        }
        text_ += delivered.text() + failed.text() + dropped.text() + waiting.text();
    }

    MetricLabels site_;
    std::string text_;
};

}  // namespace

std::string render_metrics(const Snapshot& snapshot, const WatchFacts& watch) {
    const Report& report = snapshot.report;
    std::string out;
    // Before the first run the board shows rows that nothing is known of.
    if (watch.last_run) {
        const auto known = [&](const RowResult& row) { return was_checked(standing_of(snapshot, row.row.full_id())); };
        out = check_metrics(report) + row_metrics(report, known) + run_metrics(report, known);
    }
    return out + confirmed_metrics(snapshot) + WatchMetrics(report.vantage.site, watch).text() + build_metrics(report);
}

}  // namespace fdnprobe::report
