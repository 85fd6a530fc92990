#include "web/live.hpp"

#include <utility>

namespace fdnprobe::web {
namespace {

/// A page that was away for longer reads everything anew.
constexpr std::size_t most_items = 256;

}  // namespace

void Live::publish(std::shared_ptr<const Snapshot> snapshot, const std::vector<WatchEvent>& events) {
    {
        const std::scoped_lock lock(mutex_);
        facts_ = snapshot->watch;
        snapshot_ = std::move(snapshot);
        for (const WatchEvent& event : events) items_.push_back({++newest_, std::make_shared<const WatchEvent>(event)});
        items_.push_back({++newest_, nullptr});
        while (items_.size() > most_items) items_.pop_front();
    }
    changed_.notify_all();
    const std::scoped_lock lock(observer_mutex_);
    if (observer_) observer_();
}

void Live::call_on_change(std::function<void()> what) {
    const std::scoped_lock lock(observer_mutex_);
    observer_ = std::move(what);
}

void Live::update(const WatchFacts& facts) {
    const std::scoped_lock lock(mutex_);
    facts_ = facts;
}

std::shared_ptr<const Snapshot> Live::current() const {
    const std::scoped_lock lock(mutex_);
    return snapshot_;
}

WatchFacts Live::facts() const {
    const std::scoped_lock lock(mutex_);
    return facts_;
}

std::vector<Live::Item> Live::wait_after(std::uint64_t number, std::chrono::milliseconds patience) const {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, patience, [&] { return closed_ || newest_ > number; });
    std::vector<Item> after;
    for (const Item& item : items_)
        if (item.number > number) after.push_back(item);
    return after;
}

std::uint64_t Live::newest() const {
    const std::scoped_lock lock(mutex_);
    return newest_;
}

void Live::close() {
    {
        const std::scoped_lock lock(mutex_);
        closed_ = true;
    }
    changed_.notify_all();
}

bool Live::closed() const {
    const std::scoped_lock lock(mutex_);
    return closed_;
}

}  // namespace fdnprobe::web
