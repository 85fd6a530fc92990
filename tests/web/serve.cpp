// A server with a watch made by hand behind it, for tests from outside: what a browser or a scraper sees is decided by
// lines on standard input, and not by what some network does.
//
// web_serve [--listen ADDR:PORT] [--token TEXT] [--name NAME]... [--certificate FILE --key FILE] [--history FILE]
//           [--trace FILE] [--rows N] [--past DAYS] [--every SECONDS] [--empty]
//
// Prints its URL on a line of its own once it serves. Then each line of standard input is a run, and is answered with
// "serial N" once it is published:
//
//     (an empty line)         nothing has changed
//     change GLOB STATE       these rows have that state from now on, confirmed; an open page is told
//     trace FILE              what this trace holds (tests/judge/golden)
//     lost, restored          nothing works from here; something does again
//     problem TEXT            runs are not being recorded, because of TEXT (none: they are)
//     aged SECONDS            the last run ended so long ago
//
// The end of the input ends it.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "enumerators.hpp"
#include "fdnprobe/watch.hpp"
#include "history/history.hpp"
#include "report/full_fixture.hpp"
#include "report/render.hpp"
#include "report/trace_file.hpp"
#include "web/live.hpp"
#include "web/server.hpp"

namespace {

using namespace fdnprobe;
using namespace std::chrono_literals;
using Clock = std::chrono::system_clock;

struct Settings {
    web::ServerSettings server;
    std::string history;
    std::string trace;
    std::size_t rows = 0;
    int past_days = 0;
    std::chrono::seconds every = 300s;
    bool empty = false;
};

[[noreturn]] void refuse(const std::string& what) {
    std::cerr << "web_serve: " << what << '\n';
    std::exit(2);
}

Settings settings_from(const std::vector<std::string>& arguments) {
    Settings settings;
    settings.server.port = 0;
    for (std::size_t index = 0; index < arguments.size(); ++index) {
        const std::string& option = arguments[index];
        if (option == "--empty") {
            settings.empty = true;
            continue;
        }
        if (++index == arguments.size()) refuse(option + " wants a value");
        const std::string& value = arguments[index];
        if (option == "--listen") {
            const auto listen = web::parse_listen(value);
            if (!listen) refuse(listen.error());
            settings.server.address = listen->address;
            settings.server.port = listen->port;
        } else if (option == "--token") {
            settings.server.token = value;
        } else if (option == "--name") {
            settings.server.names.push_back(value);
        } else if (option == "--certificate") {
            settings.server.certificate_file = value;
        } else if (option == "--key") {
            settings.server.key_file = value;
        } else if (option == "--history") {
            settings.history = value;
        } else if (option == "--trace") {
            settings.trace = value;
        } else if (option == "--rows") {
            settings.rows = std::stoul(value);
        } else if (option == "--past") {
            settings.past_days = std::stoi(value);
        } else if (option == "--every") {
            settings.every = std::chrono::seconds(std::stol(value));
        } else {
            refuse("there is no option " + option);
        }
    }
    return settings;
}

Report read_trace(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse("cannot read " + path);
    return trace_file::read({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}).report;
}

/// What a far end would say that wants to run a script in the reader's browser, or to look like a part of the page.
const std::vector<std::string> hostile = {
    "<script>document.title='owned'</script>",
    "\"><img src=x onerror=\"document.title='owned'\">",
    "</style></title><svg onload=document.title='owned'>",
    "javascript:document.title='owned'",
    "{{7*7}} ${7*7} %0d%0aSet-Cookie:owned=1",
    "\x1b]0;owned\x07\xe2\x80\xae reversed \xff\xfe",
    "<a href=\"https://attacker.example/\" style=\"position:fixed;inset:0\">click</a>",
};

/// The fixtures' rows and checks, and one row in which every text is somebody's who is up to something.
Report made_up() {
    namespace fixture = report::fixture;
    fixture::Builder builder;
    builder.report = fixture::busy_site();
    Row& row = builder.row("Honest <b>Peer</b> & Sons", "AV \"Update\" <script>document.title='owned'</script>",
                           "TCP/443", Need::any, State::broken);
    row.note = hostile[1];
    for (const std::string& text : hostile) {
        CheckResult& check = builder.check("TCP/443", "tls", text);
        Attempt& attempt = fixture::Builder::attempt(check, "192.0.2.66", fixture::microseconds(9'000));
        attempt.evidence.push_back(fixture::event(fixture::microseconds(5'000), Stage::exchange, What::received, 0, 0,
                                                  "HTTP/1.1 200 OK\r\nServer: " + text + "\r\n\r\n<h1>" + text));
        auto tls = std::make_shared<TlsFacts>();
        tls->version = "TLSv1.3";
        tls->cipher = tls->server_name = text;
        CertificateFacts certificate;
        certificate.subject = certificate.issuer = text;
        certificate.names = {text};
        tls->chain = {certificate};
        attempt.tls = tls;
        fixture::Builder::conclude(check, Cause::bad_answer, Stage::exchange, Owner::service,
                                   "It answered " + printable(text) + ", which is no answer.",
                                   "Look at what listens there: " + printable(text) + ".");
        check.conclusion.warnings = {printable(text)};
    }
    return builder.report;
}

/// As many rows as a busy site has, for measuring.
Report many_rows(std::size_t count) {
    namespace fixture = report::fixture;
    fixture::Builder builder;
    for (std::size_t index = 0; index < count; ++index) {
        const bool good = index % 10 != 9;
        builder.row("Peer " + std::to_string(index / 7), "Purpose " + std::to_string(index), "TCP/443, TCP/8890",
                    Need::any, good ? State::reachable : State::blocked);
        for (const auto* const port : {"TCP/443", "TCP/8890"}) {
            CheckResult& check = builder.check(port, "tls", "update" + std::to_string(index) + ".fortiguard.net");
            fixture::Builder::attempt(check, "192.0.2.10", fixture::microseconds(12'000)).tls =
                fixture::fortiguard_tls();
            if (good)
                fixture::Builder::conclude(check, Cause::answered, Stage::exchange, Owner::nobody, "It answered.", "");
            else
                fixture::Builder::conclude(check, Cause::timeout, Stage::connect, Owner::network,
                                           "Three SYNs in 3.5 seconds, and no answer.",
                                           "Look for a rule that drops it.");
        }
    }
    return builder.report;
}

class Watch {
  public:
    Watch(web::Live& live, Report report, std::chrono::seconds every, history::History* history)
        : live_(live), report_(std::move(report)), every_(every), history_(history) {
        facts_.started = Clock::now() - 72h;
        facts_.configured = facts_.started;
        facts_.every = every;
        facts_.receivers = {{"webhook 1", 12, 1, 0, 0, ""}, {"syslog 1", 0, 7, 1, 2, "connection refused"}};
    }

    void stand(Clock::time_point now) {
        Standings standings;
        std::size_t index = 0;
        for (const RowResult& row : report_.rows) {
            Standing& standing = standings.rows[row.row.full_id()];
            const auto before = standings_.rows.find(row.row.full_id());
            const bool same = before != standings_.rows.end() && before->second.confirmed == row.state;
            standing.confirmed = standing.latest = row.state;
            standing.since = same                      ? before->second.since
                             : standings_.rows.empty() ? now - 37min * static_cast<int>(++index)
                                                       : now;
            standing.checked = now;
            standing.recent = {row.state, row.state, row.state};
        }
        standings_ = std::move(standings);
    }

    void publish(const std::vector<WatchEvent>& events = {}) {
        const auto now = Clock::now() - age_;
        stand(now);
        report_.started = now - std::chrono::duration_cast<Clock::duration>(report_.elapsed);
        auto snapshot = std::make_shared<Snapshot>();
        snapshot->serial = ++facts_.runs;
        facts_.last_run = now;
        facts_.last_elapsed = report_.elapsed;
        facts_.next_run = now + every_;
        facts_.events += events.size();
        snapshot->report = report_;
        snapshot->standings = standings_;
        snapshot->watch = facts_;
        record(now, events);
        live_.publish(std::move(snapshot), events);
    }

    /// Before the first run has ended.
    void begin() { live_.update(facts_); }

    /// A run every `every`, as far back as asked; each row is away for an hour once in a while.
    void live_through(int days) {
        if (history_ == nullptr) refuse("--past wants --history");
        const auto now = Clock::now();
        const std::vector<RowResult> rows = report_.rows;
        std::uint64_t run = 0;
        for (auto at = now - std::chrono::hours(24) * days; at < now; at += every_, ++run) {
            for (std::size_t index = 0; index < rows.size(); ++index) {
                const bool away = (run + index * 131) % 1009 < 12;
                set(index, away ? State::blocked : State::reachable);
            }
            stand(at);
            record(at, {});
        }
        report_.rows = rows;
    }

    [[nodiscard]] bool obey(const std::string& line) {
        const auto words = split(line, ' ');
        const std::string rest = words.size() > 1 ? line.substr(words[0].size() + 1) : std::string();
        std::vector<WatchEvent> events;
        if (words[0] == "change" && words.size() == 3) {
            events.push_back(change(words[1], words[2]));
        } else if (words[0] == "trace") {
            report_ = read_trace(rest);
        } else if (words[0] == "lost" || words[0] == "restored") {
            facts_.control_failed = words[0] == "lost";
            if (facts_.control_failed) ++facts_.control_failures;
            events.push_back(
                event(facts_.control_failed ? WatchEventKind::control_failed : WatchEventKind::control_restored));
        } else if (words[0] == "problem") {
            facts_.history_problem = rest;
        } else if (words[0] == "aged" && words.size() == 2) {
            age_ = std::chrono::seconds(std::stol(words[1]));
        } else if (!line.empty()) {
            return false;
        }
        publish(events);
        return true;
    }

    [[nodiscard]] std::uint64_t serial() const { return facts_.runs; }

  private:
    WatchEvent event(WatchEventKind kind) const {
        WatchEvent made;
        made.id = "made-up-" + std::to_string(facts_.runs + 1);
        made.at = Clock::now();
        made.site = report_.vantage.site;
        made.host = report_.vantage.host;
        made.kind = kind;
        return made;
    }

    void set(std::size_t index, State state) {
        RowResult& row = report_.rows[index];
        row.state = state;
        for (const std::size_t number : row.checks) {
            CheckResult& check = report_.checks[number];
            if (check.conclusion.verdict == Verdict::skipped) continue;
            if (state == State::reachable)
                report::fixture::Builder::conclude(check, Cause::answered, Stage::exchange, Owner::nobody,
                                                   "It answered in its own protocol.", "");
            else
                report::fixture::Builder::conclude(check, Cause::timeout, Stage::connect, Owner::network,
                                                   "Three SYNs in 3.5 seconds, and no answer.",
                                                   "Look for a rule that drops it.");
        }
    }

    WatchEvent change(const std::string& pattern, const std::string& word) {
        const State state = trace_file::enumerator<State>(word);
        WatchEvent made = event(WatchEventKind::rows_changed);
        for (std::size_t index = 0; index < report_.rows.size(); ++index) {
            const RowResult& row = report_.rows[index];
            if (!glob_match(pattern, row.row.full_id()) || row.state == state) continue;
            RowChange& changed = made.rows.emplace_back();
            changed.row = row.row.full_id();
            changed.peer = row.row.peer;
            changed.purpose = row.row.purpose;
            changed.ports = row.row.ports;
            changed.from = row.state;
            changed.to = state;
            changed.since = made.at;
            set(index, state);
            if (!row.checks.empty()) {
                const Conclusion& conclusion = report_.checks[row.checks.front()].conclusion;
                changed.cause = conclusion.cause;
                changed.owner = conclusion.owner;
                changed.summary = conclusion.summary;
                changed.advice = conclusion.advice.value_or("");
            }
        }
        return made;
    }

    void record(Clock::time_point at, const std::vector<WatchEvent>& events) {
        if (history_ == nullptr) return;
        report_.started = at - std::chrono::duration_cast<Clock::duration>(report_.elapsed);
        if (const auto trouble = history_->record(report_, at, standings_, events, [&](const CheckResult& check) {
                return report::render_check(report_, check);
            }))
            refuse(trouble->what);
    }

    web::Live& live_;
    Report report_;
    std::chrono::seconds every_;
    history::History* history_;
    Standings standings_;
    WatchFacts facts_;
    std::chrono::seconds age_{0};
};

int serve(const Settings& settings) {
    std::unique_ptr<history::History> writing;
    std::unique_ptr<history::History> reading;
    if (!settings.history.empty()) {
        auto opened = history::History::open(settings.history, Retention{});
        if (!opened) refuse(opened.error().what);
        writing = std::move(*opened);
        auto second = history::History::open_to_read(settings.history);
        if (!second) refuse(second.error().what);
        reading = std::move(*second);
    }
    web::Live live;
    Watch watch(live,
                !settings.trace.empty() ? read_trace(settings.trace)
                : settings.rows > 0     ? many_rows(settings.rows)
                                        : made_up(),
                settings.every, writing.get());
    if (settings.past_days > 0) watch.live_through(settings.past_days);
    if (settings.empty)
        watch.begin();
    else
        watch.publish();

    auto server = web::Server::start(settings.server, live, reading.get());
    if (!server) refuse(server.error());
    std::cout << (*server)->url() << std::endl;
    for (std::string line; std::getline(std::cin, line);) {
        if (watch.obey(line))
            std::cout << "serial " << watch.serial() << std::endl;
        else
            std::cout << "no such line" << std::endl;
    }
    (*server)->stop();
    return 0;
}

}  // namespace

int main(int count, char** values) { return serve(settings_from({values + 1, values + count})); }
