// Where tables are looked for.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace fdnprobe::config {

/// What the folders depend on; an empty text is an unset variable.
struct Surroundings {
    std::filesystem::path program;  ///< the running binary
    std::string targets_dir;        ///< $FDNPROBE_TARGETS_DIR
    std::string config_home;        ///< $XDG_CONFIG_HOME
    std::string home;               ///< $HOME
};

/// In the order in which they are searched.
[[nodiscard]] std::vector<std::filesystem::path> table_folders(const Surroundings& surroundings);

/// Of this process.
[[nodiscard]] Surroundings surroundings();

}  // namespace fdnprobe::config
