#include "notify/outbox.hpp"

#include <algorithm>
#include <utility>

namespace fdnprobe::notify {

Outbox::Outbox(Backoff backoff, std::chrono::hours keep, std::size_t most_waiting)
    : backoff_(std::move(backoff)), keep_(keep), most_waiting_(std::max<std::size_t>(most_waiting, 1)) {}

std::vector<Queued> Outbox::add(Queued queued) {
    bytes_ += queued.message->body.size();
    queue_.push_back(std::move(queued));
    std::vector<Queued> dropped;
    const std::size_t first = trying_ ? 1 : 0;
    // Neither the one that is being tried nor the newest.
    while (queue_.size() > first + 1 && (queue_.size() > most_waiting_ || bytes_ > most_bytes_waiting))
        dropped.push_back(pop(first));
    return dropped;
}

std::vector<Queued> Outbox::expire(WallMoment now) {
    std::vector<Queued> dropped;
    if (trying_) return dropped;
    while (!queue_.empty() && now - queue_.front().message->queued > keep_) dropped.push_back(pop(0));
    return dropped;
}

std::optional<Outbox::Moment> Outbox::next() const {
    return queue_.empty() ? std::nullopt : std::optional(not_before_);
}

const Queued& Outbox::begin() {
    trying_ = true;
    return queue_.front();
}

Queued Outbox::pop(std::size_t index) {
    const auto at = queue_.begin() + static_cast<std::ptrdiff_t>(index);
    Queued found = std::move(*at);
    queue_.erase(at);
    bytes_ -= found.message->body.size();
    return found;
}

Queued Outbox::done() {
    trying_ = false;
    not_before_ = Moment::min();
    backoff_.after_success();
    return pop(0);
}

void Outbox::failed(Moment now, std::optional<std::chrono::seconds> retry_after) {
    trying_ = false;
    not_before_ = now + backoff_.after_failure(retry_after);
}

}  // namespace fdnprobe::notify
