#include "notify/worker.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::notify {
namespace {

/// What a page and a log show of a receiver's trouble.
constexpr std::size_t longest_problem = 400;

WallMoment wall_now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

/// Signals are the main thread's; a pipe or a connection that breaks is told by an errno. Those that tell of a mistake
/// in the program itself stay as they are.
class WithoutSignals {
  public:
    WithoutSignals() {
        sigset_t blocked;
        sigfillset(&blocked);
        for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) sigdelset(&blocked, own);
        pthread_sigmask(SIG_SETMASK, &blocked, &before_);
    }
    WithoutSignals(const WithoutSignals&) = delete;
    WithoutSignals& operator=(const WithoutSignals&) = delete;
    ~WithoutSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_{};
};

}  // namespace

Worker::Worker(WorkerSettings settings, std::unique_ptr<Carrier> carrier, Outbox outbox)
    : settings_(std::move(settings)), carrier_(std::move(carrier)), outbox_(std::move(outbox)) {
    facts_.name = settings_.name;
}

void Worker::take_over(std::vector<Spool::Kept> kept) {
    const std::lock_guard guard(mutex_);
    const WallMoment now = wall_now();
    for (Spool::Kept& one : kept) {
        // A clock that was ahead when it was written must not keep it for longer.
        one.message.queued = std::min(one.message.queued, now);
        auto message = std::make_shared<const Message>(std::move(one.message));
        give_up(outbox_.add({std::move(message), std::move(one.file)}), "too many were waiting");
    }
}

void Worker::start() {
    const WithoutSignals inherited;
    thread_ = std::thread([this] { run(); });
}

void Worker::send(const std::shared_ptr<const Message>& message) {
    Queued queued{message, ""};
    std::string problem;
    if (settings_.spool) {
        auto file = settings_.spool->put(settings_.key, *message);
        if (file)
            queued.file = std::move(*file);
        else
            problem = file.error();
    }
    const std::lock_guard guard(mutex_);
    if (settings_.spool) spool_problem_ = problem;
    give_up(outbox_.add(std::move(queued)), "too many were waiting");
    changed_.notify_all();
}

ReceiverFacts Worker::facts() const {
    const std::lock_guard guard(mutex_);
    ReceiverFacts facts = facts_;
    facts.waiting = outbox_.waiting();
    facts.last_problem = trouble_.empty() ? loss_ : trouble_;
    return facts;
}

std::string Worker::spool_problem() const {
    const std::lock_guard guard(mutex_);
    return spool_problem_;
}

void Worker::hold(bool held) {
    const std::lock_guard guard(mutex_);
    held_ = held;
    changed_.notify_all();
}

void Worker::finish() {
    const std::lock_guard guard(mutex_);
    finishing_ = true;
    changed_.notify_all();
}

void Worker::cancel() {
    const std::lock_guard guard(mutex_);
    finishing_ = true;
    cancel_.set();
    changed_.notify_all();
}

bool Worker::ended_by(std::chrono::steady_clock::time_point moment) {
    std::unique_lock guard(mutex_);
    return changed_.wait_until(guard, moment, [this] { return ended_; });
}

void Worker::join() {
    if (thread_.joinable()) thread_.join();
}

void Worker::run() {
    std::unique_lock guard(mutex_);
    while (auto queued = next(guard)) {
        guard.unlock();
        const Attempt attempt(cancel_, std::chrono::steady_clock::now() + settings_.attempt_timeout);
        const Outcome outcome = carrier_->deliver(*queued->message, attempt);
        guard.lock();
        // What was broken off says nothing of the receiver.
        if (cancel_.is_set() && outcome.result == Outcome::Result::failed) break;
        conclude(outcome);
    }
    ended_ = true;
    changed_.notify_all();
}

std::optional<Queued> Worker::next(std::unique_lock<std::mutex>& guard) {
    while (!cancel_.is_set()) {
        give_up(outbox_.expire(wall_now()), "nobody took it for too long");
        const auto due = held_ ? std::nullopt : outbox_.next();
        if (due && *due <= std::chrono::steady_clock::now()) return outbox_.begin();
        if (finishing_) break;
        if (due)
            changed_.wait_until(guard, *due);
        else
            changed_.wait(guard);
    }
    return std::nullopt;
}

void Worker::conclude(const Outcome& outcome) {
    const std::string problem = printable(outcome.problem, longest_problem);
    switch (outcome.result) {
        case Outcome::Result::taken:
            ++facts_.delivered;
            trouble_.clear();
            if (settings_.spool)
                settings_.spool->remove(outbox_.done().file);
            else
                static_cast<void>(outbox_.done());
            break;
        case Outcome::Result::refused:
            ++facts_.failed;
            trouble_.clear();
            give_up({outbox_.done()}, problem);
            break;
        case Outcome::Result::failed:
            ++facts_.failed;
            trouble_ = problem;
            outbox_.failed(std::chrono::steady_clock::now(), outcome.retry_after);
            break;
    }
}

void Worker::give_up(const std::vector<Queued>& dropped, const std::string& why) {
    if (dropped.empty()) return;
    for (const Queued& queued : dropped) {
        ++facts_.given_up;
        if (settings_.spool) settings_.spool->remove(queued.file);
    }
    loss_ = "a message was given up: " + why;
}

}  // namespace fdnprobe::notify
