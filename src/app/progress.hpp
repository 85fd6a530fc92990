// The line that moves while checks are under way: on a terminal only, and gone when they have ended.
#pragma once

#include <chrono>
#include <cstddef>

namespace fdnprobe::app {

class Progress {
  public:
    /// `shown`: whether somebody is looking; false: nothing is ever written.
    Progress(bool shown, std::size_t total) : shown_(shown), total_(total) {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { clear(); }

    void advance();
    void clear();

  private:
    bool shown_;
    std::size_t total_;
    std::size_t done_ = 0;
    std::chrono::steady_clock::time_point last_{};
    bool on_screen_ = false;
};

}  // namespace fdnprobe::app
