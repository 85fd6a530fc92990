// `fdnprobe watch` from its first run to its last: one event loop that has signals, the timetable, announcements and
// the service manager's watchdog, and hands everything that may take long to threads of their own.
//
//   timetable -> run thread -> board -> recorder (history) -> page, API, metrics
//                                 '--> announcer -> notifier
//
// Nothing waits for what comes after it: a run begins on time although a disk hangs, and a page is served although the
// network does.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <asio/signal_set.hpp>

#include "app/kept_history.hpp"
#include "app/options.hpp"
#include "app/preparation.hpp"
#include "app/recorder.hpp"
#include "app/run_thread.hpp"
#include "app/watch_settings.hpp"
#include "fdnprobe/watch.hpp"
#include "net/asio.hpp"
#include "net/context.hpp"
#include "notify/notifier.hpp"
#include "watch/announcer.hpp"
#include "watch/board.hpp"
#include "watch/timetable.hpp"
#include "web/live.hpp"
#include "web/server.hpp"

namespace fdnprobe::app {

/// Tables and site, read anew and made sure of.
struct WatchFiles {
    std::shared_ptr<const Preparation> preparation;
    WatchSettings settings;
};

class WatchLoop {
  public:
    /// `read` reads the files again; nothing after a mistake, which is in its argument then.
    WatchLoop(net::Context& context, const WatchOptions& options, WatchFiles files, KeptHistory& history,
              std::function<std::optional<WatchFiles>(Problems&)> read);

    /// Begins to serve and to notify; the text says why it could not.
    [[nodiscard]] std::optional<std::string> begin(const std::optional<web::ServerSettings>& listen);
    /// Returns the process' exit code.
    [[nodiscard]] int run();

  private:
    using Moment = watch::Moment;
    using WallClock = std::chrono::system_clock;

    void await_signal();
    void on_signal(int number);
    void reload();
    /// Why the files could not be taken up; empty: they have been.
    [[nodiscard]] std::string read_again();
    void adopt(WatchFiles files);
    /// From now on these are told; the text says why they cannot be.
    [[nodiscard]] std::optional<std::string> tell_receivers(const notify::Settings& settings);

    void tick();
    void wake_at(Moment when);
    void begin_run(const watch::Due& due, Moment now);
    void on_run(Report report);
    void on_recorded(const Recorder::Status& status);
    void publish();
    void announce(Moment now, bool quiet);
    void tell(const std::vector<WatchEvent>& events);
    void write_output(const Report& report);
    void update_facts();
    [[nodiscard]] bool healthy(Moment now) const;
    void stop();
    void end();

    net::Context& context_;
    const WatchOptions& options_;
    WatchFiles files_;
    KeptHistory& history_;
    std::function<std::optional<WatchFiles>(Problems&)> read_;
    asio::signal_set signals_;
    net::Timer timer_;
    std::mt19937_64 chance_;

    watch::Board board_;
    watch::Announcer announcer_;
    std::optional<watch::Timetable> timetable_;
    std::uint64_t missed_before_ = 0;             ///< by the timetables before this one
    std::unique_ptr<notify::Notifier> notifier_;  ///< there is one from begin() on
    std::vector<std::string> notify_warnings_;    ///< those that have been said
    web::Live live_;
    std::unique_ptr<web::Server> server_;
    WatchFacts facts_;
    std::vector<WatchEvent> unpublished_;  ///< those of runs that are being recorded
    bool unpublished_run_ = false;
    std::uint64_t serial_ = 0;
    std::optional<Moment> run_began_;
    std::optional<std::chrono::microseconds> watchdog_;
    std::size_t lost_ = 0;
    bool reload_wanted_ = false;
    bool stopping_ = false;
    int exit_code_ = 0;
    // Last, so that their threads end before what they call.
    RunThread runs_;
    Recorder recorder_;
};

}  // namespace fdnprobe::app
