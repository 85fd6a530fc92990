// Writes runs into the history, in order, on a thread of its own: a disk that is slow or full holds up nobody.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fdnprobe/history.hpp"
#include "fdnprobe/report.hpp"
#include "fdnprobe/watch.hpp"
#include "fdnprobe/watch_event.hpp"
#include "history/history.hpp"

namespace fdnprobe::app {

class Recorder {
  public:
    struct Job {
        std::shared_ptr<const Report> run;
        WallTime at;  ///< its end
        Standings standings;
        std::vector<WatchEvent> events;
    };
    struct Status {
        std::string problem;      ///< why runs are not being recorded; empty: they are
        std::size_t waiting = 0;  ///< runs that are kept in memory until they can be
        std::size_t lost = 0;     ///< runs that have been dropped since too many waited
    };

    /// `told` is called on the recorder's thread after each attempt.
    Recorder(history::History& history, std::function<void(const Status&)> told);
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;
    /// As finish(), at once.
    ~Recorder();

    void add(Job job);
    /// Writes what waits, and ends; what is not written after `patience` is lost.
    void finish(std::chrono::milliseconds patience);

  private:
    void work();
    /// Tries the oldest; false when it has to stay.
    [[nodiscard]] bool write_one();

    history::History& history_;
    std::function<void(const Status&)> told_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> jobs_;
    bool tried_ = true;  ///< all that waits has been tried since the last run came
    bool ending_ = false;
    bool ended_ = false;
    Status status_;
    std::thread thread_;
};

}  // namespace fdnprobe::app
