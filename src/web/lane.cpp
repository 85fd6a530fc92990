#include "web/lane.hpp"

#include <utility>

namespace fdnprobe::web {

Lane::Lane() : thread_([this] { work(); }) {}

void Lane::put(Task task) {
    {
        const std::scoped_lock lock(mutex_);
        tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
}

std::size_t Lane::waiting() const {
    const std::scoped_lock lock(mutex_);
    return tasks_.size();
}

void Lane::stop() {
    {
        const std::scoped_lock lock(mutex_);
        stopped_ = true;
        tasks_.clear();
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Lane::work() {
    HttpWriter writer;
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return stopped_ || !tasks_.empty(); });
        if (stopped_) return;
        const Task task = std::move(tasks_.front());
        tasks_.pop_front();
        lock.unlock();
        task(writer);
        lock.lock();
    }
}

}  // namespace fdnprobe::web
