#include "peers/nonce_memory.hpp"

#include <algorithm>

namespace fdnprobe::peers {

NonceMemory::Entry NonceMemory::enter(std::string_view nonce, Clock::time_point now) {
    // A message may be exactly as old as the tolerance, so the last moment counts too.
    while (!order_.empty() && now - order_.front().first > remembered) {
        known_.erase(order_.front().second);
        order_.pop_front();
    }
    Nonce key{};
    std::copy_n(nonce.begin(), std::min(nonce.size(), key.size()), key.begin());
    if (known_.contains(key)) return Entry::seen;
    if (known_.size() >= most_) return Entry::full;
    known_.insert(key);
    order_.emplace_back(now, key);
    return Entry::fresh;
}

}  // namespace fdnprobe::peers
