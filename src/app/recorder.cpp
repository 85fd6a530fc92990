#include "app/recorder.hpp"

#include <optional>
#include <utility>

#include "report/render.hpp"

namespace fdnprobe::app {
namespace {

/// A run of a large table with its evidence is about a megabyte, and a disk that is full for longer than this many runs
/// is not full by chance.
constexpr std::size_t most_waiting = 16;

}  // namespace

Recorder::Recorder(history::History& history, std::function<void(const Status&)> told)
    : history_(history), told_(std::move(told)), thread_([this] { work(); }) {}

Recorder::~Recorder() { finish(std::chrono::milliseconds(0)); }

void Recorder::add(Job job) {
    {
        const std::scoped_lock lock(mutex_);
        jobs_.push_back(std::move(job));
        if (jobs_.size() > most_waiting) {
            jobs_.pop_front();
            ++status_.lost;
        }
        tried_ = false;
    }
    changed_.notify_all();
}

void Recorder::finish(std::chrono::milliseconds patience) {
    {
        std::unique_lock lock(mutex_);
        ending_ = true;
        tried_ = false;  // once more
        changed_.notify_all();
        changed_.wait_for(lock, patience, [this] { return ended_; });
    }
    history_.interrupt();
    if (thread_.joinable()) thread_.join();
}

void Recorder::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return !tried_ || ending_; });
        tried_ = true;
        lock.unlock();
        while (write_one()) {
        }
        lock.lock();
        if (ending_ && tried_) break;
    }
    ended_ = true;
    changed_.notify_all();
}

bool Recorder::write_one() {
    std::optional<Job> job;
    {
        const std::scoped_lock lock(mutex_);
        if (jobs_.empty()) return false;
        job = std::move(jobs_.front());
        jobs_.pop_front();
    }
    const auto trouble =
        history_.record(*job->run, job->at, job->standings, job->events,
                        [&](const CheckResult& result) { return report::render_check(*job->run, result); });
    Status status;
    {
        const std::scoped_lock lock(mutex_);
        if (trouble) jobs_.push_front(std::move(*job));
        status_.problem = trouble ? trouble->what : std::string();
        status_.waiting = jobs_.size();
        status = status_;
    }
    told_(status);
    return !trouble;
}

}  // namespace fdnprobe::app
