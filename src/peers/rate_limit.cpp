#include "peers/rate_limit.hpp"

#include <algorithm>

namespace fdnprobe::peers {

double TokenBucket::tokens_at(Clock::time_point now) const {
    const double seconds = std::chrono::duration<double>(std::max(now, filled_) - filled_).count();
    return std::min(rate_.burst, tokens_ + rate_.per_second * seconds);
}

bool TokenBucket::take(Clock::time_point now) {
    tokens_ = tokens_at(now);
    filled_ = std::max(now, filled_);
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
}

bool TokenBucket::full(Clock::time_point now) const { return tokens_at(now) >= rate_.burst; }

bool RateLimit::take(const std::string& source, Clock::time_point now) {
    auto found = sources_.find(source);
    if (found == sources_.end()) {
        if (sources_.size() >= most_sources)
            std::erase_if(sources_, [&](const auto& one) { return one.second.full(now); });
        if (sources_.size() >= most_sources) return false;
        found = sources_.try_emplace(source, each_source, now).first;
    }
    return found->second.take(now) && all_.take(now);
}

}  // namespace fdnprobe::peers
