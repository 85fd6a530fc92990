#include <chrono>
#include <string>
#include <utility>

#include "catch.hpp"
#include "golden.hpp"
#include "parsed.hpp"
#include "report/history_words.hpp"
#include "report/render.hpp"

namespace fdnprobe::report {
namespace {

using namespace std::chrono_literals;

constexpr WallTime beginning = std::chrono::sys_days(std::chrono::year{2026} / 11 / 18);

RowHistory row_of(std::string id, std::string peer, std::string purpose, std::string ports) {
    RowHistory row;
    row.id = "fortiproxy-7.4/outgoing/" + std::move(id);
    row.table = "fortiproxy-7.4";
    row.peer = std::move(peer);
    row.purpose = std::move(purpose);
    row.ports = std::move(ports);
    return row;
}

/// Twelve runs an hour; `signs` says how each hour was.
void add_timeline(RowHistory& row, std::string_view signs) {
    for (std::size_t index = 0; index < signs.size(); ++index) {
        StatePeriod& period = row.timeline.emplace_back();
        period.from = beginning + 1h * index;
        period.until = period.from + 1h;
        switch (signs[index]) {
            case '+': period.runs = {{State::reachable, 12}}; break;
            case 'x': period.runs = {{State::blocked, 12}}; break;
            case ':': period.runs = {{State::reachable, 9}, {State::blocked, 3}}; break;
            case '?': period.runs = {{State::inconclusive, 12}}; break;
            default: break;
        }
        for (const auto& [state, runs] : period.runs) {
            row.runs += runs;
            if (state == State::reachable) row.good_runs += runs;
        }
    }
}

CheckHistory check_of(const RowHistory& row, double usual, double recent) {
    CheckHistory check;
    check.id = row.id + "/tcp-443/tls/update.fortiguard.net";
    for (int index = 0; index < 4; ++index) {
        const double mean = index == 3 ? recent : usual;
        check.latency.push_back({beginning + index * 1h, beginning + (index + 1) * 1h, 12, mean - 1, mean, mean + 2.5});
    }
    check.usual_ms = usual;
    check.recent_ms = recent;
    return check;
}

HistoryReport two_days() {
    HistoryReport history;
    history.from = beginning;
    history.until = beginning + 48h;
    history.site = "branch-17";
    history.runs = 564;
    history.control_failures = 12;
    history.first_run = beginning + 1h;

    RowHistory broken = row_of("fortiguard/av-ips-update", "FortiGuard", "AV/IPS Update", "TCP/443, TCP/8890");
    broken.confirmed = State::blocked;
    broken.since = beginning + 42h + 5min;
    broken.flips = 7;
    add_timeline(broken, ".++++++++++++++?++++++++++++++++++:++++++:xxxxxxxx");
    broken.changes = {{beginning + 42h + 15min, beginning + 42h + 5min, State::reachable, State::blocked,
                       Cause::reset_on_path, "The device at hop 1 (10.0.0.1) reset the connection."},
                      {beginning + 1h, beginning + 1h, std::nullopt, State::reachable, std::nullopt, ""}};
    for (int index = 0; index < 6; ++index) {
        const bool good = index % 2 == 1;
        broken.verdicts.push_back(
            {beginning + 42h + 5min - index * 40min, broken.id + "/tcp-443/tls/update.fortiguard.net",
             good ? Cause::reset_on_path : Cause::answered, good ? Cause::answered : Cause::reset_on_path,
             good ? "It answered." : "The device at hop 1 (10.0.0.1) reset the connection.",
             R"({"id":"tcp-443","verdict":"blocked"})"});
    }
    history.rows.push_back(broken);

    RowHistory manager = row_of("fortimanager/management", "FortiManager", "Management", "TCP/541");
    add_timeline(manager, std::string(48, '.'));
    history.rows.push_back(manager);

    RowHistory slow = row_of("fortiguard/queries", "FortiGuard", "FortiGuard Queries", "UDP/53, TCP/443");
    slow.confirmed = State::reachable;
    slow.since = beginning + 1h;
    add_timeline(slow, "." + std::string(47, '+'));
    slow.checks = {check_of(slow, 12, 48.25), check_of(slow, 12, 13)};
    history.rows.push_back(slow);
    return history;
}

TableStyle style_of(std::size_t width, bool evidence = false) {
    TableStyle style;
    style.width = width;
    style.evidence = evidence;
    return style;
}

StatePeriod period_of(std::map<State, std::uint32_t> runs) { return {beginning, beginning + 1h, std::move(runs)}; }

}  // namespace

TEST_CASE("history: golden files") {
    golden::compare("history_100.txt", render_history(two_days(), style_of(100)));
    golden::compare("history_60.txt", render_history(two_days(), style_of(60)));
    golden::compare("history_evidence.txt", render_history(two_days(), style_of(100, true)));
    golden::compare("history.json", render_history_json(two_days()));
    golden::compare("history.csv", render_history_csv(two_days()));
    golden::compare("history.md", render_history_markdown(two_days()));
}

TEST_CASE("history: nothing recorded, and nothing in that time") {
    HistoryReport history;
    history.from = beginning;
    history.until = beginning + 24h;
    CHECK_THAT(render_history(history, style_of(100)), Contains("No run has been recorded yet."));
    history.first_run = beginning - 24h;
    CHECK_THAT(render_history(history, style_of(100)), Contains("No run was recorded in that time."));
    CHECK(parsed(render_history_json(history)).at("rows").empty());
    CHECK(render_history_csv(history).find('\n') == render_history_csv(history).size() - 1);
}

TEST_CASE("history: colour changes no letter") {
    TableStyle style = style_of(100);
    const std::string plain = render_history(two_days(), style);
    style.colour = true;
    std::string stripped;
    const std::string coloured = render_history(two_days(), style);
    for (std::size_t at = 0; at < coloured.size(); ++at) {
        if (coloured[at] == '\x1b')
            at = coloured.find('m', at);
        else
            stripped += coloured[at];
    }
    CHECK(stripped == plain);
    CHECK(coloured != plain);
}

TEST_CASE("history: the sign of a period") {
    CHECK(sign_of(period_of({})).letter == '.');
    CHECK(sign_of(period_of({{State::reachable, 5}})).letter == '+');
    CHECK(sign_of(period_of({{State::degraded, 5}, {State::reachable, 1}})).letter == '~');
    CHECK(sign_of(period_of({{State::reachable, 287}, {State::blocked, 1}})).letter == ':');
    CHECK(sign_of(period_of({{State::inconclusive, 9}, {State::blocked, 1}})).letter == ':');
    CHECK(sign_of(period_of({{State::reachable, 1}, {State::blocked, 9}})).letter == 'x');
    CHECK(sign_of(period_of({{State::reachable, 9}, {State::inconclusive, 1}})).letter == '+');
    CHECK(sign_of(period_of({{State::intercepted, 2}})).letter == '!');
}

TEST_CASE("history: how good a row was counts only runs that said something, and never rounds to all") {
    RowHistory row;
    add_timeline(row, "++??");
    CHECK(good_part(row) == 1.0);
    row = {};
    add_timeline(row, "??");
    CHECK(!good_part(row));
    CHECK(percent_text(1) == "100 %");
    CHECK(percent_text(0) == "0 %");
    CHECK(percent_text(0.99999) == "99.9 %");
    CHECK(percent_text(0.00001) == "0.1 %");
    CHECK(percent_text(0.875) == "87.5 %");
}

TEST_CASE("history: slower is what somebody would notice") {
    const auto slowed = [](std::optional<double> usual, std::optional<double> recent) {
        CheckHistory check;
        check.usual_ms = usual;
        check.recent_ms = recent;
        return has_slowed_down(check);
    };
    CHECK(slowed(20, 30));
    CHECK(!slowed(20, 29));
    CHECK(!slowed(1, 4));  // four times as long, and nothing to anybody
    CHECK(!slowed(std::nullopt, 400));
    CHECK(!slowed(400, std::nullopt));
}

TEST_CASE("history: what came from elsewhere is escaped in every format") {
    HistoryReport history = two_days();
    history.site = "=cmd\x1b[2J";
    RowHistory& row = history.rows[0];
    row.peer = "=HYPERLINK(\"x\")";
    row.purpose = "a | b *c* <script>\n# d";
    row.changes[0].summary = "=1+1,\x07\xE2\x80\xAE";
    row.verdicts[0].summary = "@sum\r\nx";
    row.verdicts[0].check = "-check\"";
    row.verdicts[0].evidence = "{\"no\x1b json";
    for (const std::string& text : {render_history(history, style_of(100, true)), render_history_json(history),
                                    render_history_csv(history), render_history_markdown(history)}) {
        for (const char letter : text) CHECK((letter == '\n' || static_cast<unsigned char>(letter) >= 0x20));
        CHECK(text.find("\xE2\x80\xAE") == std::string::npos);
    }
    const std::string csv = render_history_csv(history);
    CHECK_THAT(csv, Contains("\"'=HYPERLINK(\"\"x\"\")\"") && Contains("'-check") && Contains("'@sum"));
    CHECK(csv.find(",=") == std::string::npos);
    const std::string markdown = render_history_markdown(history);
    CHECK(markdown.find("<script>") == std::string::npos);
    CHECK(markdown.find("a | b") == std::string::npos);
    CHECK(parsed(render_history_json(history)).at("rows").at(0).at("verdicts").at(0).at("evidence") ==
          "{\"no\\x1b json");
}

}  // namespace fdnprobe::report
