// A thread that carries out what is put in its queue, in its order.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "web/http.hpp"

namespace fdnprobe::web {

class Lane {
  public:
    /// Is given the thread's own writer.
    using Task = std::function<void(HttpWriter&)>;

    Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;
    ~Lane() { stop(); }

    void put(Task task);
    [[nodiscard]] std::size_t waiting() const;
    /// What has not begun is dropped.
    void stop();

  private:
    void work();

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Task> tasks_;
    bool stopped_ = false;
    std::thread thread_;
};

}  // namespace fdnprobe::web
