#include "config/folders.hpp"

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "base/version.hpp"

namespace fdnprobe::config {
namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

}  // namespace

std::vector<std::filesystem::path> table_folders(const Surroundings& from) {
    std::vector<std::filesystem::path> folders;
    if (!from.targets_dir.empty()) folders.emplace_back(from.targets_dir);
    if (!from.program.empty()) {
        // Beside the binary; above it, where a build folder lies in the source tree, with up to two folders in between
        // (`build/dev/tests/`); and in `share`, where the whole prefix has been moved.
        const std::filesystem::path folder = from.program.parent_path();
        for (const char* way :
             {"targets", "../targets", "../../targets", "../../../targets", "../share/fdnprobe/targets"})
            folders.push_back((folder / way).lexically_normal());
    }
    // The XDG Base Directory Specification: a relative path is invalid and to be ignored.
    if (std::filesystem::path(from.config_home).is_absolute())
        folders.push_back(std::filesystem::path(from.config_home) / "fdnprobe");
    else if (!from.home.empty())
        folders.push_back(std::filesystem::path(from.home) / ".config/fdnprobe");
    folders.emplace_back("/etc/fdnprobe");
    folders.push_back(std::filesystem::path(install_data_directory()) / "targets");
    // Near the root of the file system several of them are one.
    std::vector<std::filesystem::path> once;
    for (std::filesystem::path& folder : folders)
        if (std::find(once.begin(), once.end(), folder) == once.end()) once.push_back(std::move(folder));
    return once;
}

Surroundings surroundings() {
    std::error_code error;
    return {std::filesystem::read_symlink("/proc/self/exe", error), variable("FDNPROBE_TARGETS_DIR"),
            variable("XDG_CONFIG_HOME"), variable("HOME")};
}

}  // namespace fdnprobe::config
