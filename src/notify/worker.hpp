// One receiver: its queue, and the thread that empties it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fdnprobe/watch.hpp"
#include "notify/attempt.hpp"
#include "notify/outbox.hpp"
#include "notify/spool.hpp"

namespace fdnprobe::notify {

struct WorkerSettings {
    std::string name;  ///< "webhook 1"
    std::string key;   ///< in the spool
    std::chrono::milliseconds attempt_timeout;
    std::shared_ptr<Spool> spool;  ///< nullptr: in memory only
};

class Worker {
  public:
    Worker(WorkerSettings settings, std::unique_ptr<Carrier> carrier, Outbox outbox);

    /// What an earlier process left, before `start`.
    void take_over(std::vector<Spool::Kept> kept);
    void start();
    /// The error is why it is in memory only.
    void send(const std::shared_ptr<const Message>& message);
    [[nodiscard]] ReceiverFacts facts() const;
    /// Why messages are in memory only; empty: they are not.
    [[nodiscard]] std::string spool_problem() const;

    /// While it is held, nothing is tried: what is sent waits.
    void hold(bool held);
    /// Tries what may be tried at once, and ends.
    void finish();
    /// Breaks off the attempt that goes on.
    void cancel();
    /// Whether the thread has ended by then.
    [[nodiscard]] bool ended_by(std::chrono::steady_clock::time_point moment);
    /// Waits for the thread, which takes milliseconds once it is cancelled. Before the worker goes.
    void join();

  private:
    void run();
    /// Waits for a message whose time has come; nothing: it is time to end.
    [[nodiscard]] std::optional<Queued> next(std::unique_lock<std::mutex>& guard);
    void conclude(const Outcome& outcome);
    void give_up(const std::vector<Queued>& dropped, const std::string& why);

    WorkerSettings settings_;
    std::unique_ptr<Carrier> carrier_;
    Cancel cancel_;
    std::thread thread_;

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Outbox outbox_;
    ReceiverFacts facts_;
    std::string trouble_;  ///< of the last attempt; empty: it was taken
    std::string loss_;     ///< why the last message that was given up was
    std::string spool_problem_;
    bool held_ = false;
    bool finishing_ = false;
    bool ended_ = false;
};

}  // namespace fdnprobe::notify
