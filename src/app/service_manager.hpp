// What systemd is told of a service (sd_notify(3)): ready, reloading, alive, stopping. Without systemd nothing happens.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace fdnprobe::app {

void tell_ready(const std::string& status);
void tell_reloading();
void tell_stopping();
/// A line for `systemctl status`.
void tell_status(const std::string& status);
void tell_alive();

/// How often tell_alive() has to come for the service manager not to kill this process; nothing: it does not care.
[[nodiscard]] std::optional<std::chrono::microseconds> watchdog_period();

}  // namespace fdnprobe::app
