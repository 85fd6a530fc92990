// Everything in a report that a far end, a resolver or a file can choose, chosen by somebody who wants to take over the
// reader's terminal.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "catch.hpp"
#include "full_fixture.hpp"
#include "report/render.hpp"
#include "report/text_layout.hpp"
#include "report/trace.hpp"
#include "trace_file.hpp"

namespace fdnprobe::report {
namespace {

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
        std::string(10 * 1024, 'A'),
        std::string(10 * 1024, '\x1b'),
        std::string(10 * 1024, ' '),
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

std::shared_ptr<const PathFacts> poisoned_path(const std::string& text) {
    auto path = fixture::odd_path();
    path->control = fixture::dropped_path()->control;
    path->control_is = path->missing = text;
    for (HopProbe& probe : path->tested.probes) probe.type = probe.code = -7;
    return path;
}

/// The same text in every place that takes any.
Report poisoned(const std::string& text) {
    Report report = fixture::busy_site();
    // One of each kind is enough.
    Report again = fixture::looked_at_again();
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
            question.answers = {fixture::answer(std::chrono::microseconds(1), -7)};
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
                attempt.evidence.push_back(fixture::event(std::chrono::microseconds(what), Stage::exchange,
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

std::size_t widest_line(const std::string& text) {
    std::size_t widest = 0;
    for (const std::string& line : split(text, '\n')) widest = std::max(widest, display_width(line));
    return widest;
}

/// Takes out the colours that a page may write; whatever else is left over is not ours.
std::string without_own_colours(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        bool own = false;
        for (const std::string_view colour :
             {"\x1b[0m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[35m"}) {
            if (!text.starts_with(colour)) continue;
            text.remove_prefix(colour.size());
            own = true;
            break;
        }
        if (own) continue;
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

bool is_clean(const std::string& text) {
    bool ascii = true;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter != '\n' && (byte < 0x20 || byte == 0x7F)) return false;
        ascii = ascii && byte < 0x80;
    }
    if (ascii) return true;
    // What printable() leaves alone has no C1, no bidirectional control and no broken UTF-8 either.
    for (const std::string& line : split(text, '\n'))
        if (printable(line, line.size() + 8) != line) return false;
    return true;
}

TEST_CASE("hostile text: nothing but our own colours and line ends reaches a terminal") {
    for (const std::string& text : hostile_texts()) {
        Report report = poisoned(text);
        INFO("hostile text " << hex(text.substr(0, 32)));
        for (const bool verbose : {false, true}) {
            TableStyle style;
            style.width = 60;
            style.evidence = verbose;
            style.explain = verbose;
            const std::string plain = render_table(report, style);
            CHECK(is_clean(plain));
            CHECK(widest_line(plain) <= style.width);
            style.colour = true;
            CHECK(is_clean(without_own_colours(render_table(report, style))));
            style.colour = false;
            report.planned_only = true;
            const std::string plan = render_plan(report, style);
            CHECK(is_clean(plan));
            CHECK(widest_line(plan) <= style.width);
            report.planned_only = false;
            CHECK(render_explanation(text, style).empty());
        }
    }
}

void check_strings(const nlohmann::ordered_json& value) {
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        CHECK(text.size() <= 4096);
        CHECK(is_clean(text));
        CHECK(text.find('\n') == std::string::npos);
    } else if (value.is_structured()) {
        for (const auto& item : value) check_strings(item);
    }
}

TEST_CASE("hostile text: JSON stays JSON, with every string escaped and bounded") {
    for (const std::string& text : hostile_texts()) {
        Report report = poisoned(text);
        INFO("hostile text " << hex(text.substr(0, 32)));
        for (const bool planned : {false, true}) {
            report.planned_only = planned;
            const auto document = nlohmann::ordered_json::parse(render_json(report));
            CHECK(document["checks"].size() == report.checks.size());
            CHECK(document["rows"].size() == report.rows.size());
            check_strings(document);
        }
        report.planned_only = false;
        const std::string line = render_ndjson_check(report, report.checks.front());
        CHECK(line.find('\n') == line.size() - 1);
        check_strings(nlohmann::ordered_json::parse(line));
        const std::string last = render_ndjson_summary(report);
        CHECK(last.find('\n') == last.size() - 1);
        check_strings(nlohmann::ordered_json::parse(last));
    }
}

TEST_CASE("hostile text: a trace is safe to look at, and gives back what was there") {
    for (const std::string& text : hostile_texts()) {
        INFO("hostile text " << hex(text.substr(0, 32)));
        const std::string trace = render_trace(poisoned(text));
        CHECK(is_clean(trace));
        const Report back = trace_file::read(trace).report;
        CHECK(render_trace(back) == trace);
        CHECK(back.checks[0].attempts[0].evidence[0].text == text);
        CHECK(back.checks[0].attempts[0].path->missing == text);
        CHECK(back.reasons[0].summary == text);
    }
}

}  // namespace
}  // namespace fdnprobe::report
