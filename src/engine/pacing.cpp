#include "engine/pacing.hpp"

#include <algorithm>

namespace fdnprobe::engine {

Pacing::Clock::duration Pacing::take(Clock::time_point now) {
    if (per_second_ <= 0) return {};
    if (started_)
        tokens_ = std::min(burst_, tokens_ + std::chrono::duration<double>(now - last_).count() * per_second_);
    started_ = true;
    last_ = now;
    tokens_ -= 1;
    if (tokens_ >= 0) return {};
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(-tokens_ / per_second_));
}

}  // namespace fdnprobe::engine
