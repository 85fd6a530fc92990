#include "app/watch_loop.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <asio/post.hpp>

#include "app/exit_code.hpp"
#include "app/inputs.hpp"
#include "app/output_file.hpp"
#include "app/presentation.hpp"
#include "app/service_manager.hpp"
#include "app/terminal.hpp"
#include "base/duration.hpp"
#include "base/time.hpp"
#include "report/render.hpp"
#include "watch/week.hpp"

namespace fdnprobe::app {
namespace {

using namespace std::chrono_literals;

/// Windows begin and end on a minute; the page shows what receivers have taken.
constexpr auto longest_sleep = 5s;
/// A run takes seconds. What takes this long and three intervals besides hangs, and only a restart will help.
constexpr auto longest_run = 10min;
/// "SIGTERM ends within a second": what is not done by then is in the spool, or was never begun.
constexpr auto time_to_end = 900ms;
constexpr auto time_to_record = 400ms;
constexpr auto time_to_notify = 150ms;

watch::MinuteOfWeek local_minute() {
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    const int day = (local.tm_wday + 6) % 7;  // tm_wday begins with Sunday
    return (day * 24 + local.tm_hour) * 60 + local.tm_min;
}

std::string counted_states(const Report& report) {
    std::string text;
    for (const auto& [state, count] : count_rows(report))
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, to_string(state));
    return text;
}

}  // namespace

WatchLoop::WatchLoop(net::Context& context, const WatchOptions& options, WatchFiles files, KeptHistory& history,
                     std::function<std::optional<WatchFiles>(Problems&)> read)
    : context_(context),
      options_(options),
      files_(std::move(files)),
      history_(history),
      read_(std::move(read)),
      signals_(context.io, SIGINT, SIGTERM, SIGHUP),
      timer_(context.io),
      chance_(std::random_device()()),
      board_(files_.settings.confirm),
      announcer_(files_.settings.announce),
      watchdog_(watchdog_period()),
      runs_(context.io, options.check, [this](Report report) { on_run(std::move(report)); }),
      recorder_(history, [this](const Recorder::Status& status) {
          asio::post(context_.io, [this, status] { on_recorded(status); });
      }) {
    facts_.started = WallClock::now();
    await_signal();
}

std::optional<std::string> WatchLoop::begin(const std::optional<web::ServerSettings>& listen) {
    const auto problem = history_.begin();
    // A wrong file is the user's mistake. One that is busy, full or damaged must not keep anybody from watching.
    if (problem && problem->kind == history::Trouble::Kind::unusable) return "--history " + problem->what;
    if (problem) facts_.history_problem = problem->what;
    if (auto failure = tell_receivers(files_.settings.notify)) return failure;
    adopt(std::move(files_));
    if (!problem) {
        auto standings = history_.standings();
        if (standings)
            board_.restore(*standings);
        else
            facts_.history_problem = standings.error().what;
    }
    if (!facts_.history_problem.empty()) complain(facts_.history_problem);
    if (listen) {
        auto started = web::Server::start(*listen, live_, &history_);
        if (!started) return started.error();
        server_ = std::move(*started);
        if (!print(fmt::format("listening on {}\n", server_->url()))) return "standard output cannot be written";
    }
    return std::nullopt;
}

int WatchLoop::run() {
    tell_ready("the first run has begun");
    tick();
    context_.io.run();
    return exit_code_;
}

void WatchLoop::await_signal() {
    signals_.async_wait([this](const asio::error_code& error, int number) {
        if (error) return;
        on_signal(number);
        await_signal();
    });
}

void WatchLoop::on_signal(int number) {
    if (number != SIGHUP) return stop();
    if (runs_.busy())
        reload_wanted_ = true;
    else
        reload();
}

std::string WatchLoop::read_again() {
    Problems problems;
    auto files = read_(problems);
    for (const Problem& problem : problems) complain(problem.to_string());
    if (!files) {
        const auto first =
            std::find_if(problems.begin(), problems.end(), [](const Problem& one) { return !one.warning; });
        return first == problems.end() ? "the files could not be read" : first->to_string();
    }
    if (!(files->settings.notify == files_.settings.notify)) {
        if (auto failure = tell_receivers(files->settings.notify)) {
            complain(*failure);
            // They were good before.
            if (const auto again = tell_receivers(files_.settings.notify)) complain(*again);
            return *failure;
        }
    }
    adopt(std::move(*files));
    return {};
}

void WatchLoop::reload() {
    reload_wanted_ = false;
    tell_reloading();
    const std::string problem = read_again();
    if (problem.empty())
        complain("tables and site have been read again");
    else
        complain("the watch goes on with the tables and the site that it had; correct this and send SIGHUP again");
    facts_.reload_problem = problem;
    update_facts();
    tell_ready(problem.empty() ? "tables and site have been read again" : "reading again failed: " + problem);
    tick();
}

std::optional<std::string> WatchLoop::tell_receivers(const notify::Settings& settings) {
    if (notifier_) notifier_->stop(time_to_notify);
    notifier_.reset();
    // What an earlier process left in the spool waits for the end of a quiet window, too.
    notify::Settings now = settings;
    now.held = watch::within(files_.settings.schedule.quiet, local_minute());
    auto started = notify::Notifier::start(now);
    if (!started) return started.error();
    notifier_ = std::move(*started);
    return std::nullopt;
}

void WatchLoop::adopt(WatchFiles files) {
    files_ = std::move(files);
    const WatchSettings& settings = files_.settings;
    board_.plan(begin_report(files_.preparation->plan, files_.preparation->site), settings.confirm);
    announcer_.configure(settings.announce);
    history_.retain(settings.retention);
    if (timetable_) missed_before_ += timetable_->missed();
    timetable_.emplace(board_.report().rows, settings.schedule, settings.every, settings.jitter,
                       [this] { return std::uniform_real_distribution<>(0, 1)(chance_); });
    timetable_->start(net::Clock::now());
    facts_.site = files_.preparation->site.name;
    facts_.every = settings.every;
    facts_.configured = WallClock::now();
}

void WatchLoop::tick() {
    if (stopping_) return;
    const Moment now = net::Clock::now();
    const watch::MinuteOfWeek minute = local_minute();
    const Schedule& schedule = files_.settings.schedule;
    const bool was_paused = std::exchange(facts_.paused, watch::within(schedule.paused, minute));
    if (was_paused && !facts_.paused) timetable_->resume(now);
    facts_.quiet = watch::within(schedule.quiet, minute);
    notifier_->hold(facts_.quiet);

    Moment next = now + longest_sleep;
    if (!runs_.busy()) {
        const watch::Due due = timetable_->next();
        if (due.at > now)
            next = std::min(next, due.at);
        else if (!facts_.paused)
            begin_run(due, now);
        else if (options_.once) {
            complain("the site file has a pause now ([schedule] `paused`); nothing was sent");
            stopping_ = true;
            return end();
        }
    }
    announce(now, facts_.quiet);
    if (const auto when = announcer_.next(facts_.quiet)) next = std::min(next, *when);
    if (watchdog_) {
        if (healthy(now)) tell_alive();
        next = std::min(next, now + *watchdog_ / 2);
    }
    update_facts();
    wake_at(next);
}

void WatchLoop::wake_at(Moment when) {
    timer_.expires_at(when);
    timer_.async_wait([this](const asio::error_code& error) {
        if (!error) tick();
    });
}

bool WatchLoop::healthy(Moment now) const {
    return !run_began_ || now - *run_began_ < longest_run + 3 * files_.settings.every;
}

void WatchLoop::begin_run(const watch::Due& due, Moment now) {
    timetable_->begun(due, now);
    run_began_ = now;
    runs_.start(files_.preparation, engine::some_rows(files_.preparation->plan, due.rows));
}

void WatchLoop::on_run(Report report) {
    run_began_.reset();
    const auto at = WallClock::now();
    auto run = std::make_shared<const Report>(std::move(report));
    std::vector<WatchEvent> events = board_.take(*run, at);
    // What a run had found when the watch was told to end is in the board as far as it goes; it is no run to count.
    const bool cut_short = run->interrupted && stopping_;
    if (!cut_short) {
        ++facts_.runs;
        facts_.last_run = at;
        facts_.last_elapsed = run->elapsed;
        facts_.control_failed = watch::control_failed(*run);
        if (facts_.control_failed) ++facts_.control_failures;
        if (facts_.runs == 1 || options_.check.presentation.verbose)
            complain(fmt::format("{}: {}", to_rfc3339(at), counted_states(*run)));
    }
    facts_.events += events.size();
    tell(events);
    unpublished_.insert(unpublished_.end(), events.begin(), events.end());
    unpublished_run_ = true;
    recorder_.add({run, at, board_.standings(), events});
    announcer_.add(std::move(events), net::Clock::now());
    if (!cut_short) write_output(*run);
    if (options_.once) {
        const auto accepted = accepted_states(options_.check, files_.preparation->site);
        exit_code_ = exit_code_of(*run, options_.check.presentation, accepted);
        stopping_ = true;
    }
    if (stopping_) return end();
    if (reload_wanted_) return reload();
    tick();
    tell_status(fmt::format("{} rows: {}", run->rows.size(), counted_states(*run)));
}

void WatchLoop::write_output(const Report& run) {
    const Presentation& shown = options_.check.presentation;
    if (shown.output.empty() && !options_.once) return;
    // The file has all rows, also where this run was about some of them.
    const std::string text = present(options_.once ? run : board_.report(), shown,
                                     accepted_states(options_.check, files_.preparation->site));
    if (shown.output.empty()) {
        if (!print(text)) exit_code_ = exit_internal;
        return;
    }
    auto file = OutputFile::prepare(shown.output);
    const std::optional<std::string> wrong = file ? file->commit(text) : file.error();
    if (wrong) complain(*wrong);
}

void WatchLoop::on_recorded(const Recorder::Status& status) {
    if (status.problem != facts_.history_problem)
        complain(status.problem.empty() ? "the history is being recorded again" : status.problem);
    if (status.lost != lost_)
        complain(fmt::format("{} runs could not be recorded and have been dropped", status.lost - lost_));
    lost_ = status.lost;
    facts_.history_problem = status.problem;
    facts_.unrecorded = status.waiting;
    publish();
}

void WatchLoop::publish() {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->serial = ++serial_;
    snapshot->report = board_.report();
    snapshot->standings = board_.standings();
    snapshot->watch = facts_;
    unpublished_run_ = false;
    live_.publish(std::move(snapshot), unpublished_);
    unpublished_.clear();
}

void WatchLoop::announce(Moment now, bool quiet) {
    const std::vector<WatchEvent> due = announcer_.due(now, quiet);
    for (const WatchEvent& event : due) notifier_->send(event);
}

void WatchLoop::tell(const std::vector<WatchEvent>& events) {
    const bool as_json = options_.check.presentation.format != "table" && options_.check.presentation.output.empty();
    if (options_.once) return;
    for (const WatchEvent& event : events)
        if (!print(as_json ? report::render_event(event)
                           : fmt::format("{}  {}\n", to_rfc3339(event.at), report::event_sentence(event))))
            exit_code_ = exit_internal;
}

void WatchLoop::update_facts() {
    facts_.runs_skipped = missed_before_ + timetable_->missed();
    facts_.next_run.reset();
    if (!facts_.paused) {
        const auto wait = timetable_->next().at - net::Clock::now();
        facts_.next_run = WallClock::now() + std::chrono::duration_cast<WallClock::duration>(wait);
    }
    facts_.receivers = notifier_->facts();
    std::vector<std::string> warnings = notifier_->warnings();
    for (const std::string& warning : warnings)
        if (std::find(notify_warnings_.begin(), notify_warnings_.end(), warning) == notify_warnings_.end())
            complain("notifications: " + warning);
    notify_warnings_ = std::move(warnings);
    // Nobody is told of a run before its rows can be seen.
    if (!unpublished_run_) live_.update(facts_);
}

void WatchLoop::stop() {
    if (stopping_) return;
    stopping_ = true;
    tell_stopping();
    // Nothing that hangs may hold up a shutdown: what is written is whole, and what is not is begun again.
    std::thread([] {
        std::this_thread::sleep_for(time_to_end);
        std::_Exit(exit_ok);
    }).detach();
    timer_.cancel();
    if (runs_.busy())
        runs_.stop();
    else
        end();
}

void WatchLoop::end() {
    recorder_.finish(options_.once ? std::chrono::milliseconds(10s) : time_to_record);
    // In a quiet window it goes to the spool, and from there when the window has ended.
    for (const WatchEvent& event : announcer_.take_all()) notifier_->send(event);
    notifier_->stop(options_.once ? std::chrono::milliseconds(files_.settings.notify.attempt_timeout) : time_to_notify);
    live_.close();
    if (server_) server_->stop();
    signals_.cancel();
    timer_.cancel();
    context_.stop();
    context_.io.stop();
}

}  // namespace fdnprobe::app
