// What a watch goes by: its command line over its site file.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "app/options.hpp"
#include "app/preparation.hpp"
#include "fdnprobe/schedule.hpp"
#include "model/problem.hpp"
#include "notify/notifier.hpp"
#include "web/server.hpp"

namespace fdnprobe::app {

struct WatchSettings {
    std::chrono::seconds every{300};
    double jitter = 0.1;
    Confirmation confirm;
    Schedule schedule;  ///< what the site file says of rows and windows
    Retention retention;
    NotifySettings announce;
    notify::Settings notify;
};

/// Mistakes go to `problems`.
[[nodiscard]] WatchSettings watch_settings(const WatchOptions& options, const Preparation& preparation,
                                           Problems& problems);

/// Where the page is served; nothing where `--listen` was not given.
[[nodiscard]] std::optional<web::ServerSettings> listen_settings(const WatchOptions& options, Problems& problems);

/// Standard output has the changes as they come; a format that holds a report needs a file for it.
void check_presentation(const WatchOptions& options, Problems& problems);

}  // namespace fdnprobe::app
