#include "app/progress.hpp"

#include <cstdio>

#include <fmt/format.h>

namespace fdnprobe::app {

void Progress::advance() {
    ++done_;
    const auto now = std::chrono::steady_clock::now();
    // Ten times a second is as often as an eye follows.
    if (!shown_ || (now - last_ < std::chrono::milliseconds(100) && done_ != total_)) return;
    last_ = now;
    fmt::print(stderr, "\r{} of {} checks done\x1b[K", done_, total_);
    std::fflush(stderr);
    on_screen_ = true;
}

void Progress::clear() {
    if (!on_screen_) return;
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    on_screen_ = false;
}

}  // namespace fdnprobe::app
