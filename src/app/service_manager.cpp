#include "app/service_manager.hpp"

#include <time.h>

#include <cstdint>

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

namespace fdnprobe::app {
namespace {

// A line break would begin another assignment.
std::string one_line(std::string text) {
    for (char& one : text)
        if (one == '\n') one = ' ';
    return text;
}

}  // namespace

void tell_ready(const std::string& status) {
    sd_notify(0, fmt::format("READY=1\nSTATUS={}", one_line(status)).c_str());
}

void tell_reloading() {
    // Type=notify-reload wants to know since when, to tell this from an answer to an earlier reload.
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = static_cast<std::int64_t>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
    sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", microseconds).c_str());
}

void tell_stopping() { sd_notify(0, "STOPPING=1"); }

void tell_status(const std::string& status) { sd_notify(0, fmt::format("STATUS={}", one_line(status)).c_str()); }

void tell_alive() { sd_notify(0, "WATCHDOG=1"); }

std::optional<std::chrono::microseconds> watchdog_period() {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
    return std::chrono::microseconds(microseconds);
}

}  // namespace fdnprobe::app
