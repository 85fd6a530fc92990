#include <algorithm>
#include <array>
#include <regex>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "catch.hpp"
#include "golden.hpp"
#include "hostile.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {
namespace {

struct Output {
    std::string line;
    std::vector<std::string> data;
    std::string below;
};

Output read(const std::string& text) {
    const std::size_t end = text.find('\n');
    REQUIRE(end != std::string::npos);
    CHECK(end < 1024);
    CHECK(text.size() < 8192);
    const std::string first = text.substr(0, end);
    CHECK(std::count(text.begin(), text.end(), '|') == 1);
    const std::size_t bar = first.find('|');
    REQUIRE(bar != std::string::npos);
    Output output{first.substr(0, bar), split(first.substr(bar + 1), ' '), text.substr(end + 1)};
    // 'label'=value[unit];[warn];[crit];[min];[max]
    const std::regex datum("'[a-z_]+'=-?[0-9.]+(s)?(;[0-9.:]*){0,4}");
    for (const std::string& one : output.data) {
        INFO(one);
        CHECK(std::regex_match(one, datum));
    }
    return output;
}

bool has(const std::vector<std::string>& list, const std::string& item) {
    return std::find(list.begin(), list.end(), item) != list.end();
}

TEST_CASE("nagios: one line tells it, with performance data, and the details are below") {
    const std::string text = render_nagios(fixture::busy_site(), {});
    golden::compare("busy.nagios", text);
    const Output output = read(text);
    CHECK(output.line.starts_with("FDNPROBE CRITICAL - "));
    CHECK(has(output.data, "'rows'=" + std::to_string(fixture::busy_site().rows.size()) + ";;;0"));
    CHECK(has(output.data, "'elapsed'=4.235s;;;0"));
    CHECK(output.data.size() >= 12);
    CHECK(output.below.find("reset the connection to d.fortiguard.net") != std::string::npos);
    CHECK(output.below.find("2001:db8::20 did not answer") != std::string::npos);
}

TEST_CASE("nagios: the first reason is what a short line has room for") {
    const Output output = read(render_nagios(fixture::looked_at_again(), {}));
    CHECK(output.line == "FDNPROBE CRITICAL - 1 of 1 row blocked: Everything to TCP/9582 dies behind 198.51.100.1.");
    CHECK(output.below.starts_with("dropped-at-one-device: "));
}

TEST_CASE("nagios: what is well, what is unknown") {
    fixture::Builder b;
    CHECK(read(render_nagios(b.report, {})).line == "FDNPROBE UNKNOWN - no row was chosen, so nothing was checked");
    b.row("Peer", "Service", "TCP/1", Need::all, State::unconfigured);
    CHECK(read(render_nagios(b.report, {})).line == "FDNPROBE UNKNOWN - nothing was checked: no row is configured");
    CHECK(read(render_nagios(b.report, std::array{State::unconfigured})).line == "FDNPROBE OK - 1 row: 1 unconfigured");
    b.report.rows[0].state = State::reachable;
    b.reachable("TCP/1", "tls", "a.example", "192.0.2.1", fixture::microseconds(1000));
    CHECK(read(render_nagios(b.report, {})).line == "FDNPROBE OK - 1 row: 1 reachable");
    b.report.interrupted = true;
    CHECK(read(render_nagios(b.report, {})).line == "FDNPROBE UNKNOWN - the run was ended early; 1 row: 1 reachable");
    b.report.interrupted = false;

    auto tls = fixture::fortiguard_tls();
    tls->seen_at = fixture::day(2026, 11, 20);
    tls->chain[0].not_after = fixture::day(2026, 11, 23);
    b.report.checks[0].attempts[0].tls = tls;
    const Output soon = read(render_nagios(b.report, {}));
    CHECK(soon.line == "FDNPROBE WARNING - the certificate of a.example ends in 3 days");
    CHECK(has(soon.data, "'certificate_days'=3;15:"));
}

TEST_CASE("nagios: accepted rows are neither counted nor named") {
    fixture::Builder b;
    b.row("Peer", "One", "TCP/1", Need::all, State::blocked);
    b.timed_out("TCP/1", "tcp", "a.example", "192.0.2.1");
    b.row("Peer", "Two", "TCP/2", Need::all, State::broken);
    CHECK(read(render_nagios(b.report, std::array{State::blocked})).line ==
          "FDNPROBE CRITICAL - 1 of 2 rows broken: Peer Two");
    const std::array both{State::blocked, State::broken};
    CHECK(read(render_nagios(b.report, both)).line == "FDNPROBE OK - 2 rows: 1 broken, 1 blocked");
    CHECK(read(render_nagios(b.report, {})).line ==
          "FDNPROBE CRITICAL - 1 of 2 rows blocked, 1 broken: Peer One (timeout), Peer Two");
}

TEST_CASE("nagios: hundreds of failing rows stay within what Nagios keeps") {
    fixture::Builder b;
    for (int number = 0; number < 300; ++number) {
        b.row("Peer", "Purpose " + std::to_string(number), "TCP/1", Need::all, State::blocked);
        b.timed_out("TCP/1", "tcp", "a.example", "192.0.2.1");
    }
    const Output output = read(render_nagios(b.report, {}));
    CHECK(output.line.ends_with("..."));
    CHECK(output.below.find(" more: see another format.") != std::string::npos);
}

TEST_CASE("nagios: hostile text neither ends the line nor begins performance data") {
    std::vector<std::string> texts = fixture::hostile_texts();
    texts.insert(texts.end(), {"a|b=1;2;3", "'x'=1|", std::string(10 * 1024, '|')});
    for (const std::string& text : texts) {
        INFO("hostile text " << hex(text.substr(0, 32)));
        const Report report = fixture::poisoned(text);
        const std::string out = render_nagios(report, {});
        const Output output = read(out);
        CHECK(output.line.starts_with("FDNPROBE CRITICAL - "));
        CHECK(fixture::all_lines_printable(out));
    }
}

}  // namespace
}  // namespace fdnprobe::report
