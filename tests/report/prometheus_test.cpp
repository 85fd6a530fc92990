#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "golden.hpp"
#include "hostile.hpp"
#include "report/metric_family.hpp"
#include "report/render.hpp"
#include "trace_file.hpp"

namespace fdnprobe::report {
namespace {

using Samples = std::map<std::string, std::string>;  ///< series -> value

bool is_name(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '_';
    });
}

bool is_number(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    const auto is_digit = [](char letter) { return letter >= '0' && letter <= '9'; };
    return !text.empty() && is_digit(text.front()) && is_digit(text.back()) &&
           std::count(text.begin(), text.end(), '.') <= 1 &&
           std::all_of(text.begin(), text.end(), [&](char letter) { return is_digit(letter) || letter == '.'; });
}

/// Where the labels of a sample end, which begin at `at`; nothing where they are not labels.
std::optional<std::size_t> labels_end(std::string_view line, std::size_t at) {
    if (at >= line.size() || line[at] != '{') return at;
    do {
        const std::size_t begin = at + 1;
        const std::size_t is = line.find("=\"", begin);
        if (is == std::string_view::npos || !is_name(line.substr(begin, is - begin))) return std::nullopt;
        at = is + 2;
        while (at < line.size() && line[at] != '"') {
            const bool escaped = line[at] == '\\';
            if (escaped &&
                (at + 1 == line.size() || std::string_view("\\\"n").find(line[at + 1]) == std::string_view::npos))
                return std::nullopt;
            at += escaped ? 2 : 1;
        }
        ++at;
    } while (at < line.size() && line[at] == ',');
    return at < line.size() && line[at] == '}' ? std::optional(at + 1) : std::nullopt;
}

/// Reads the text format, and holds it to its rules: HELP and TYPE once, before the samples, which stand together.
Samples read(const std::string& text) {
    Samples samples;
    std::set<std::string> families;
    std::string family;
    std::vector<std::string> lines = split(text, '\n');
    REQUIRE(lines.back().empty());
    lines.pop_back();
    for (const std::string& line : lines) {
        const auto refuse = [&](const char* why) { FAIL(why << ": " << line.substr(0, 300)); };
        if (line.starts_with("# HELP ")) {
            family = line.substr(7, line.find(' ', 7) - 7);
            if (!is_name(family) || !families.insert(family).second) refuse("a family that has been");
            continue;
        }
        if (line.starts_with("# TYPE ")) {
            const std::string expected = family + (family.ends_with("_total") ? " counter" : " gauge");
            if (line.substr(7) != expected) refuse("not the type");
            continue;
        }
        if (!line.starts_with(family)) refuse("not of this family");
        const auto end = labels_end(line, family.size());
        if (!end || *end >= line.size() || line[*end] != ' ') refuse("not a sample");
        if (!is_number(std::string_view(line).substr(*end + 1))) refuse("not a number");
        if (!samples.emplace(line.substr(0, *end), line.substr(*end + 1)).second) refuse("a series that has been");
    }
    return samples;
}

/// The series of that name with all these pieces in them.
std::vector<std::pair<std::string, std::string>> find(const Samples& samples, const std::string& name,
                                                      const std::vector<std::string>& pieces = {}) {
    std::vector<std::pair<std::string, std::string>> found;
    for (const auto& [series, value] : samples) {
        if (!series.starts_with(name + "{") && series != name) continue;
        const std::string& text = series;
        if (std::all_of(pieces.begin(), pieces.end(),
                        [&](const std::string& piece) { return text.find(piece) != std::string::npos; }))
            found.emplace_back(series, value);
    }
    return found;
}

std::string only(const Samples& samples, const std::string& name, const std::vector<std::string>& pieces = {}) {
    const auto found = find(samples, name, pieces);
    INFO(name << " " << found.size());
    REQUIRE(found.size() == 1);
    return found[0].second;
}

TEST_CASE("metrics: a family has one head, each series once, and its values escaped") {
    MetricFamily family("a_name", MetricFamily::Type::counter, "What it is.");
    CHECK(family.text().empty());
    family.add({}, "1");
    const MetricLabels labels = MetricLabels({{"one", "a\"b\\c"}}).with("two", "x\ny");
    family.add(labels, "2");
    family.add(labels, "3");
    CHECK(family.text() ==
          "# HELP a_name What it is.\n# TYPE a_name counter\na_name 1\n"
          "a_name{one=\"a\\\"b\\\\c\",two=\"x\\\\x0ay\"} 2\n");
}

TEST_CASE("metrics: times keep their precision") {
    using std::chrono::milliseconds;
    CHECK(metric_time(std::chrono::system_clock::time_point(milliseconds(1795155900123))) == "1795155900.123");
    CHECK(metric_time(std::chrono::system_clock::time_point(milliseconds(1795155900007))) == "1795155900.007");
    CHECK(metric_time(fixture::day(9999, 12, 31)) == "253402214400");
    CHECK(metric_seconds(std::chrono::microseconds(12'704)) == "0.012704");
    CHECK(metric_seconds(std::chrono::hours(100)) == "360000.000000");
    CHECK(metric_number(18446744073709551615U) == "18446744073709551615");
}

TEST_CASE("metrics: what each check came to") {
    const std::string text = render_prometheus(fixture::busy_site());
    golden::compare("busy.prom", text);
    const Samples samples = read(text);
    const std::string good = "row=\"fortiproxy-7.4/outgoing/fortiguard/av-ips-update\"";
    CHECK(only(samples, "probe_success", {good, "port=\"TCP/443\""}) == "1");
    CHECK(only(samples, "probe_duration_seconds", {good, "port=\"TCP/443\""}) == "0.012704");
    CHECK(only(samples, "probe_dns_lookup_time_seconds", {good, "port=\"TCP/443\""}) == "0.001200");
    CHECK(only(samples, "fdnprobe_check_phase_duration_seconds", {good, "port=\"TCP/443\"", "phase=\"tls\""}) ==
          "0.008100");
    CHECK(only(samples, "probe_ssl_earliest_cert_expiry") == "253402214400");
    CHECK(only(samples, "probe_success", {good, "port=\"TCP/8890\""}) == "0");
    CHECK(only(samples, "probe_failure_info", {good, "reason=\"timeout\"", "stage=\"connect\"", "owner=\"network\""}) ==
          "1");
    CHECK(only(samples, "fdnprobe_check_hop", {good}) == "1");
    // One for each failure, and for nothing else.
    std::size_t failures = 0;
    for (const auto& [series, value] : find(samples, "probe_success")) failures += value == "0" ? 1U : 0U;
    CHECK(find(samples, "probe_failure_info").size() == failures);
}

TEST_CASE("metrics: no answer is neither a success nor a failure") {
    const Samples samples = read(render_prometheus(fixture::busy_site()));
    CHECK(find(samples, "probe_success", {"probe=\"radius\""}).empty());  // inconclusive
    CHECK(find(samples, "probe_duration_seconds", {"probe=\"radius\""}).size() == 1);
    CHECK(find(samples, "probe_success", {"peer=\"FortiAnalyzer\""}).empty());  // skipped
    CHECK(find(samples, "probe_duration_seconds", {"peer=\"FortiAnalyzer\""}).empty());
    fixture::Builder b;
    b.row("Peer", "Cut off", "TCP/1", Need::all, State::local);
    fixture::Builder::conclude(b.check("TCP/1", "tcp", "a.example"), Cause::interrupted, Stage::plan, Owner::this_host,
                               "Cut off.", "");
    b.report.interrupted = true;
    const Samples cut = read(render_prometheus(b.report));
    CHECK(find(cut, "probe_success").empty());
    CHECK(find(cut, "probe_failure_info").empty());
    CHECK(only(cut, "fdnprobe_run_interrupted") == "1");
}

TEST_CASE("metrics: rows as state sets, and the run") {
    const Report report = fixture::busy_site();
    const Samples samples = read(render_prometheus(report));
    CHECK(find(samples, "fdnprobe_row_state").size() == report.rows.size() * all_states().size());
    for (const RowResult& row : report.rows) {
        const std::string id = "row=\"" + row.row.full_id() + "\"";
        for (const State state : all_states())
            CHECK(only(samples, "fdnprobe_row_state", {id, "state=\"" + std::string(to_string(state)) + "\""}) ==
                  (state == row.state ? "1" : "0"));
    }
    CHECK(only(samples, "fdnprobe_run_timestamp_seconds") == "1795155904.357");
    CHECK(only(samples, "fdnprobe_run_duration_seconds") == "4.234512");
    CHECK(only(samples, "fdnprobe_run_rows", {"state=\"degraded\""}) == "1");
    CHECK(find(samples, "fdnprobe_run_rows").size() == 10);
    CHECK(find(samples, "fdnprobe_run_checks").size() == 10);
    CHECK(only(samples, "fdnprobe_run_control_failed") == "0");
    CHECK(only(samples, "fdnprobe_build_info", {"version=\"0.1.0\""}) == "1");
    for (const auto& [series, value] : samples) CHECK(series.find("{site=\"branch-17\"") != std::string::npos);
}

TEST_CASE("metrics: reasons, each once") {
    Report report = fixture::looked_at_again();
    report.reasons.push_back(report.reasons.front());
    report.checks[0].conclusion.cause = Cause::control_failed;
    const Samples samples = read(render_prometheus(report));
    CHECK(only(samples, "fdnprobe_run_reason_info", {"reason=\"dropped-at-one-device\"", "owner=\"network\""}) == "1");
    CHECK(only(samples, "fdnprobe_run_control_failed") == "1");
}

std::string metrics_of(const Snapshot& snapshot) { return render_metrics(snapshot, snapshot.watch); }

Snapshot running() {
    Snapshot snapshot;
    snapshot.report = fixture::busy_site();
    const auto now = snapshot.report.started + std::chrono::seconds(5);
    for (const RowResult& row : snapshot.report.rows) {
        Standing& standing = snapshot.standings.rows[row.row.full_id()];
        standing.confirmed = standing.latest = row.state;
        standing.since = snapshot.report.started - std::chrono::hours(1);
        standing.checked = now;
    }
    WatchFacts& watch = snapshot.watch;
    watch.started = snapshot.report.started - std::chrono::hours(2);
    watch.configured = watch.started;
    watch.every = std::chrono::minutes(5);
    watch.runs = 24;
    watch.runs_skipped = 1;
    watch.control_failures = 2;
    watch.last_run = now;
    watch.next_run = now + std::chrono::minutes(5);
    watch.quiet = true;
    watch.reload_problem = "site.toml:3: no such key";
    watch.unrecorded = 3;
    watch.events = 4;
    watch.receivers = {{"webhook 1", 5, 6, 7, 8, ""}, {"syslog 1", 9, 0, 0, 0, ""}};
    return snapshot;
}

TEST_CASE("metrics: a watch adds what is confirmed, and how it does itself") {
    const std::string text = metrics_of(running());
    golden::compare("watch.prom", text);
    const Samples samples = read(text);
    const std::string row = "row=\"fortiproxy-7.4/outgoing/fortiguard/av-ips-update\"";
    CHECK(only(samples, "fdnprobe_row_confirmed_state", {row, "state=\"degraded\""}) == "1");
    CHECK(only(samples, "fdnprobe_row_confirmed_since_timestamp_seconds", {row}) == "1795152300.123");
    CHECK(only(samples, "fdnprobe_row_checked_timestamp_seconds", {row}) == "1795155905.123");
    for (const auto& [name, value] :
         std::map<std::string, std::string>{{"interval_seconds", "300"},
                                            {"runs_total", "24"},
                                            {"runs_skipped_total", "1"},
                                            {"control_failures_total", "2"},
                                            {"control_failed", "0"},
                                            {"start_timestamp_seconds", "1795148700.123"},
                                            {"last_run_timestamp_seconds", "1795155905.123"},
                                            {"next_run_timestamp_seconds", "1795156205.123"},
                                            {"paused", "0"},
                                            {"quiet", "1"},
                                            {"history_recording", "1"},
                                            {"history_waiting_runs", "3"},
                                            {"config_reload_successful", "0"},
                                            {"config_last_reload_success_timestamp_seconds", "1795148700.123"},
                                            {"events_total", "4"}})
        CHECK(only(samples, "fdnprobe_watch_" + name) == value);
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"delivered_total", "5"}, {"failed_total", "6"}, {"dropped_total", "7"}, {"waiting", "8"}})
        CHECK(only(samples, "fdnprobe_watch_notifications_" + name, {"receiver=\"webhook 1\""}) == value);
}

TEST_CASE("metrics: what is not known yet is not there") {
    Snapshot fresh;
    fresh.watch.every = std::chrono::minutes(5);
    Samples samples = read(metrics_of(fresh));
    CHECK(only(samples, "fdnprobe_watch_runs_total") == "0");
    CHECK(find(samples, "fdnprobe_watch_last_run_timestamp_seconds").empty());
    CHECK(find(samples, "fdnprobe_build_info").size() == 1);
    CHECK(find(samples, "fdnprobe_build_info", {"version=\"\""}).empty());
    for (const auto& [series, value] : samples)
        CHECK((series.starts_with("fdnprobe_watch_") || series.starts_with("fdnprobe_build_info")));

    // What an earlier process had confirmed stands before the first run.
    Snapshot restored = running();
    restored.watch.last_run.reset();
    samples = read(metrics_of(restored));
    CHECK(find(samples, "fdnprobe_row_confirmed_state").size() == restored.report.rows.size() * all_states().size());
    CHECK(find(samples, "fdnprobe_row_state").empty());
    CHECK(find(samples, "probe_success").empty());
    CHECK(find(samples, "fdnprobe_run_rows").empty());

    Snapshot partly = running();
    Standing& unchecked = partly.standings.rows.begin()->second;
    unchecked.checked = {};
    unchecked.confirmed.reset();
    partly.standings.rows.erase(std::prev(partly.standings.rows.end()));
    samples = read(metrics_of(partly));
    CHECK(find(samples, "fdnprobe_row_state").size() == (partly.report.rows.size() - 2) * all_states().size());
    CHECK(find(samples, "fdnprobe_row_checked_timestamp_seconds").size() == partly.report.rows.size() - 2);
    CHECK(find(samples, "fdnprobe_row_confirmed_since_timestamp_seconds").size() == partly.report.rows.size() - 2);
}

TEST_CASE("metrics: checks that share all their labels are not there twice") {
    fixture::Builder b;
    b.row("Peer", "Service", "TCP/1", Need::all, State::reachable);
    b.reachable("TCP/1", "tcp", "a.example", "192.0.2.1", fixture::microseconds(1000));
    b.reachable("TCP/1", "tcp", "a.example", "192.0.2.1", fixture::microseconds(2000));
    CHECK(only(read(render_prometheus(b.report)), "probe_duration_seconds") == "0.001000");
}

TEST_CASE("metrics: hostile text stays within its label") {
    for (const std::string& text : fixture::hostile_texts()) {
        INFO("hostile text " << hex(text.substr(0, 32)));
        Snapshot snapshot = running();
        snapshot.report = fixture::poisoned(text);
        snapshot.standings.rows[snapshot.report.rows[0].row.full_id()] = snapshot.standings.rows.begin()->second;
        snapshot.watch.receivers[0].name = text;
        const std::string metrics = metrics_of(snapshot);
        CHECK(read(metrics).size() > 20);
        CHECK(fixture::all_lines_printable(metrics));
    }
}

TEST_CASE("metrics: what the network says is in no label") {
    const std::string said = "said-by-the-network";
    Report report = fixture::busy_site();
    for (CheckResult& result : report.checks) {
        result.conclusion.summary = said;
        result.conclusion.advice = said;
        result.conclusion.warnings = {said};
        for (Attempt& attempt : result.attempts) {
            attempt.finding.detail = said;
            attempt.tls = fixture::poisoned_tls(said);
            for (Event& event : attempt.evidence) event.text = said;
        }
    }
    CHECK(render_prometheus(report).find(said) == std::string::npos);
    CHECK(render_prometheus(report).find("10.0.0.1\"") == std::string::npos);  // nor the devices on the way
}

TEST_CASE("metrics: every golden trace makes metrics") {
    const std::filesystem::path folder = std::filesystem::path(FDNPROBE_SOURCE_DIR) / "tests" / "judge" / "golden";
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().extension() != ".json") continue;
        INFO(entry.path().filename().string());
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        const Report report = trace_file::read(text).report;
        const Samples samples = read(render_prometheus(report));
        CHECK(find(samples, "fdnprobe_row_state").size() == report.rows.size() * all_states().size());
        ++count;
    }
    CHECK(count > 50);
}

}  // namespace
}  // namespace fdnprobe::report
