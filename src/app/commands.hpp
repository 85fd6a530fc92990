// The commands, one file each. Each returns the program's exit code.
#pragma once

#include <string>
#include <vector>

#include "app/history_options.hpp"
#include "app/options.hpp"

namespace fdnprobe::app {

[[nodiscard]] int check_command(const CheckOptions& options);
[[nodiscard]] int watch_command(const WatchOptions& options);
[[nodiscard]] int history_command(const HistoryOptions& options);
[[nodiscard]] int list_command(const ListOptions& options);
[[nodiscard]] int init_command(const InitOptions& options);
[[nodiscard]] int lab_command(const LabOptions& options);
[[nodiscard]] int respond_command(const RespondOptions& options);
[[nodiscard]] int validate_command(const std::vector<std::string>& files);
[[nodiscard]] int explain_command(const std::vector<std::string>& codes);

}  // namespace fdnprobe::app
