// The messages of one receiver, in order: when the first of them is tried next, and which are given up.
//
// No clock: the time comes in. The steady one says when to try, the wall's how old a message is, because that outlives
// the process.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "notify/backoff.hpp"
#include "notify/message.hpp"

namespace fdnprobe::notify {

/// A message and where it lies on disk. Receivers share the message.
struct Queued {
    std::shared_ptr<const Message> message;
    std::string file;  ///< of the spool; empty: in memory only
};

/// Of the bodies that wait for one receiver: thousands of usual ones, and some of the largest there are.
inline constexpr std::size_t most_bytes_waiting = std::size_t{8} * 1024 * 1024;

class Outbox {
  public:
    using Moment = std::chrono::steady_clock::time_point;

    Outbox(Backoff backoff, std::chrono::hours keep, std::size_t most_waiting);

    /// Returns what had to make room for it: the oldest, but never the one that is being tried.
    [[nodiscard]] std::vector<Queued> add(Queued queued);
    /// What is too old by now, taken out; but never the one that is being tried.
    [[nodiscard]] std::vector<Queued> expire(WallMoment now);

    [[nodiscard]] std::size_t waiting() const { return queue_.size(); }
    /// When the first message is to be tried; nothing: there is none.
    [[nodiscard]] std::optional<Moment> next() const;

    /// The first message is being tried from now on, until one of the two below ends that.
    [[nodiscard]] const Queued& begin();
    /// It was taken, or never will be: the next one has its turn.
    [[nodiscard]] Queued done();
    void failed(Moment now, std::optional<std::chrono::seconds> retry_after);

  private:
    [[nodiscard]] Queued pop(std::size_t index);

    Backoff backoff_;
    std::chrono::hours keep_;
    std::size_t most_waiting_;
    std::deque<Queued> queue_;
    std::size_t bytes_ = 0;
    Moment not_before_ = Moment::min();
    bool trying_ = false;
};

}  // namespace fdnprobe::notify
