#include "hostile.hpp"

#include <algorithm>
#include <chrono>

#include "base/text.hpp"

namespace fdnprobe::report::fixture {

std::vector<std::string> hostile_texts() {
    return {
        "\x1b[2J\x1b]0;title\x07\x1b[31mred",
        "a\nb\r\nc\td\x0b\x08\x7f",
        std::string("nul\0in the middle", 17),
        "\xc2\x9b"
        "31mC1",
        "\xe2\x80\xae"
        "right to left\xe2\x80\xac\xe2\x80\x8f",
        "\xe2\x80\xa8line\xe2\x80\xa9paragraph\xef\xbb\xbf",
        "\xff\xfe\xc0\xaf\xed\xa0\x80\xf5\x80 not UTF-8 \xe2\x80",
        "\"}],\"verdict\":\"reachable\",\\",
        "--peer x=`reboot` $(reboot) '; reboot",
        std::string(5 * 1024, 'A'),
        std::string(5 * 1024, '\x1b'),
        std::string(5 * 1024, ' '),
        "日本語 " + std::string(3000, '\xe6'),
        "",
    };
}

std::shared_ptr<const TlsFacts> poisoned_tls(const std::string& text) {
    auto tls = std::make_shared<TlsFacts>();
    tls->version = tls->cipher = tls->alpn = tls->server_name = text;
    tls->public_anchor = tls->host_anchor = tls->issuer_key_sha256 = tls->fortinet_anchor = tls->inspection_ca =
        tls->verify_error = text;
    CertificateFacts certificate;
    certificate.subject = certificate.issuer = certificate.subject_name = certificate.issuer_name = text;
    certificate.names = {text, text};
    certificate.sha256 = certificate.key_sha256 = text;
    tls->chain = {certificate, certificate};
    return tls;
}

namespace {

std::shared_ptr<const PathFacts> poisoned_path(const std::string& text) {
    auto path = odd_path();
    path->control = dropped_path()->control;
    path->control_is = path->missing = text;
    for (HopProbe& probe : path->tested.probes) probe.type = probe.code = -7;
    return path;
}

}  // namespace

Report poisoned(const std::string& text) {
    Report report = busy_site();
    // One of each kind is enough.
    Report again = looked_at_again();
    report.reasons = again.reasons;
    report.resolvers.questions = {again.resolvers.questions.front()};
    report.resolvers.blackhole = again.resolvers.blackhole;
    report.checks[0].conclusion.reason = 0;
    report.checks[0].attempts[0].comparisons = {again.checks[0].attempts[0].comparisons.front()};
    report.version = text;
    report.vantage = {text, text, {text, text}, text};
    for (Reason& reason : report.reasons) {
        reason.code = reason.summary = reason.advice = text;
        reason.rests_on = {text, text};
    }
    for (auto* questions : {&report.resolvers.questions, &report.resolvers.blackhole})
        for (DnsQuestion& question : *questions) {
            question.name = question.malformed = text;
            question.error = 4711;
            question.answers = {answer(std::chrono::microseconds(1), -7)};
        }
    for (RowResult& row : report.rows) {
        row.row.table = text;
        row.row.id = text;
        row.row.section = text;
        row.row.product = text;
        row.row.peer = text;
        row.row.purpose = text;
        row.row.ports = text;
        row.row.note = text;
    }
    for (CheckResult& result : report.checks) {
        result.check.id = text;
        result.check.alternative = text;
        result.check.host = text;
        result.check.probe = text;
        result.check.server_name = text;
        result.check.note = text;
        result.check.signer = text;
        result.check.skip_reason = text;
        result.conclusion.summary = text;
        result.conclusion.advice = text;
        result.conclusion.warnings = {text, text};
        // Evidence is poisoned once: every further attempt would take the same way and a good deal of time.
        if (&result != &report.checks.front()) continue;
        for (Attempt& attempt : result.attempts) {
            attempt.finding.detail = text;
            attempt.finding.warnings = {text};
            attempt.evidence.clear();
            for (int what = 0; what <= static_cast<int>(What::cancelled); ++what)
                attempt.evidence.push_back(event(std::chrono::microseconds(what), Stage::exchange,
                                                 static_cast<What>(what), -7, 4711, text, "192.0.2.1"));
            attempt.tls = poisoned_tls(text);
            for (Comparison& comparison : attempt.comparisons) {
                comparison.with = comparison.attempt.finding.detail = text;
                comparison.attempt.tls = attempt.tls;
            }
            attempt.path = poisoned_path(text);
        }
    }
    return report;
}

bool all_lines_printable(const std::string& text) {
    const std::vector<std::string> lines = split(text, '\n');
    return std::all_of(lines.begin(), lines.end(),
                       [](const std::string& line) { return printable(line, line.size() + 8) == line; });
}

}  // namespace fdnprobe::report::fixture
