// Where the watch leaves what it knows, and the page, the API and the metrics pick it up: the only thing that its
// threads share.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "fdnprobe/watch.hpp"
#include "fdnprobe/watch_event.hpp"

namespace fdnprobe::web {

class Live {
  public:
    /// A moment in the stream of what happened: an event, or a new snapshot (`event` is null).
    struct Item {
        std::uint64_t number = 0;  ///< grows by one
        std::shared_ptr<const WatchEvent> event;
    };

    /// Replaces the snapshot, and says so to all who wait, after these events.
    void publish(std::shared_ptr<const Snapshot> snapshot, const std::vector<WatchEvent>& events);
    /// Replaces the snapshot's WatchFacts alone; nobody is woken.
    void update(const WatchFacts& facts);
    /// nullptr before the first run has ended.
    [[nodiscard]] std::shared_ptr<const Snapshot> current() const;
    /// How the watch does, also before the first run.
    [[nodiscard]] WatchFacts facts() const;

    /// What came after item `number`; waits for it up to `patience`. Empty: nothing came, or it is closed. Items that
    /// are older than the last 256 are gone; the caller notices by a gap in the numbers and reads everything anew.
    [[nodiscard]] std::vector<Item> wait_after(std::uint64_t number, std::chrono::milliseconds patience) const;
    /// The number of the newest item.
    [[nodiscard]] std::uint64_t newest() const;
    /// Wakes all who wait; from now on nobody waits.
    void close();
    [[nodiscard]] bool closed() const;

    /// Calls this after every publish(), in the thread that publishes; it may not wait, nor call back. Null: nobody is
    /// called any more once this has returned.
    void call_on_change(std::function<void()> what);

  private:
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::shared_ptr<const Snapshot> snapshot_;
    WatchFacts facts_;
    std::deque<Item> items_;
    std::uint64_t newest_ = 0;
    bool closed_ = false;
    std::mutex observer_mutex_;  ///< held while the observer is called
    std::function<void()> observer_;
};

}  // namespace fdnprobe::web
