// The metrics of single checks. blackbox_exporter's meanings were read in its sources (prober/handler.go,
// prober/tls.go): `probe_success` is 0 or 1 and knows no third answer, so a check that does not know has none here; the
// earliest end of a certificate is looked for among all that the far end sent. Its phases are named and cut differently
// for each kind of probe, so those here have a name of their own.
#include <algorithm>
#include <optional>

#include "report/prometheus_parts.hpp"
#include "report/shown.hpp"

namespace fdnprobe::report {
namespace {

MetricLabels check_labels(const Report& report, const CheckResult& result) {
    const Check& check = result.check;
    const MetricLabels row =
        check.row < report.rows.size() ? row_labels(report, report.rows[check.row]) : MetricLabels();
    return row.with("probe", check.probe)
        .with("host", check.host)
        .with("port", check.port.to_string())
        .with("level", to_string(check.level));
}

/// Nothing where nothing is known: what was not run is never a pass, and what is ambiguous no failure.
std::optional<bool> succeeded(const Conclusion& conclusion) {
    if (conclusion.verdict == Verdict::reachable) return true;
    if (conclusion.verdict == Verdict::skipped || conclusion.verdict == Verdict::inconclusive ||
        conclusion.cause == Cause::interrupted)
        return std::nullopt;
    return false;
}

std::optional<std::chrono::sys_seconds> earliest_end(const Attempt& attempt) {
    std::optional<std::chrono::sys_seconds> earliest;
    if (attempt.tls == nullptr) return earliest;
    for (const CertificateFacts& certificate : attempt.tls->chain) {
        // Its time could not be read.
        if (certificate.not_after == std::chrono::sys_seconds{}) continue;
        earliest = std::min(earliest.value_or(certificate.not_after), certificate.not_after);
    }
    return earliest;
}

class CheckMetrics {
  public:
    void add(const Report& report, const CheckResult& result) {
        const MetricLabels labels = check_labels(report, result);
        const Conclusion& conclusion = result.conclusion;
        const auto success = succeeded(conclusion);
        if (success) success_.add(labels, metric_flag(*success));
        if (success == false) add_failure(labels, conclusion);
        const Attempt* const attempt = telling_attempt(result);
        if (attempt == nullptr || conclusion.verdict == Verdict::skipped) return;
        add_times(labels, result.check, attempt->timing);
        if (const auto end = earliest_end(*attempt)) expiry_.add(labels, metric_time(*end));
    }

    [[nodiscard]] std::string text() const {
        return success_.text() + failure_.text() + hop_.text() + duration_.text() + lookup_.text() + phase_.text() +
               expiry_.text();
    }

  private:
    void add_failure(const MetricLabels& labels, const Conclusion& conclusion) {
        failure_.add(labels.with("reason", to_string(conclusion.cause))
                         .with("stage", to_string(conclusion.stage))
                         .with("owner", to_string(conclusion.owner)),
                     "1");
        if (conclusion.where && conclusion.where->hop && *conclusion.where->hop > 0)
            hop_.add(labels, metric_number(static_cast<std::uint64_t>(*conclusion.where->hop)));
    }

    void add_times(const MetricLabels& labels, const Check& check, const Timing& timing) {
        duration_.add(labels, metric_seconds(timing.total));
        const bool looked_up = !check.host_is_address && check.pinned.empty() && timing.resolve.count() > 0;
        if (looked_up) lookup_.add(labels, metric_seconds(timing.resolve));
        const auto add_phase = [&](std::string_view name, std::chrono::nanoseconds span) {
            if (span.count() > 0) phase_.add(labels.with("phase", name), metric_seconds(span));
        };
        add_phase("resolve", timing.resolve);
        add_phase("connect", timing.connect);
        add_phase("tls", timing.tls);
        add_phase("exchange", timing.exchange);
    }

    using Type = MetricFamily::Type;
    MetricFamily success_{"probe_success", Type::gauge,
                          "Whether the check succeeded; absent where it was skipped, inconclusive or interrupted."};
    MetricFamily failure_{"probe_failure_info", Type::gauge,
                          "Why the check fails, how far it got and who has to act; there only while it fails."};
    MetricFamily hop_{"fdnprobe_check_hop", Type::gauge,
                      "How many hops away a failing check is stopped; 1 is the first router."};
    MetricFamily duration_{"probe_duration_seconds", Type::gauge,
                           "How long the check took, from looking up the name to the end of the exchange."};
    MetricFamily lookup_{"probe_dns_lookup_time_seconds", Type::gauge,
                         "How long the name took to resolve; absent where there was none to resolve."};
    MetricFamily phase_{"fdnprobe_check_phase_duration_seconds", Type::gauge,
                        "How long each phase of the check took: resolve, connect, tls, exchange."};
    MetricFamily expiry_{"probe_ssl_earliest_cert_expiry", Type::gauge,
                         "When the first of the certificates that were presented ends, in seconds since 1970."};
};

}  // namespace

std::string check_metrics(const Report& report) {
    CheckMetrics metrics;
    for (const CheckResult& result : report.checks) metrics.add(report, result);
    return metrics.text();
}

}  // namespace fdnprobe::report
