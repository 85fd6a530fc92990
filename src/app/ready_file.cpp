#include "app/ready_file.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::app {

Expected<ReadyFile, std::string> ReadyFile::prepare(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode)) {
        std::string first;
        std::ifstream in(path);
        std::getline(in, first);
        if (first != mark)
            return Unexpected<std::string>(
                fmt::format("--ready-file {}: there is such a file already, and it is not one of these; choose another "
                            "name, or remove it first",
                            printable(path)));
        // Whoever waits for it must not take the earlier run's for this one's.
        unlink(path.c_str());
    }
    auto file = OutputFile::prepare(path, "--ready-file");
    if (!file) return Unexpected<std::string>(file.error());
    return ReadyFile(std::move(*file), path);
}

ReadyFile::ReadyFile(ReadyFile&& other) noexcept
    : file_(std::move(other.file_)),
      path_(std::move(other.path_)),
      announced_(std::exchange(other.announced_, false)) {}

ReadyFile::~ReadyFile() {
    struct stat status {};
    // A pipe or a terminal stays where it is.
    if (announced_ && stat(path_.c_str(), &status) == 0 && S_ISREG(status.st_mode)) unlink(path_.c_str());
}

std::optional<std::string> ReadyFile::announce(std::string_view text) {
    auto failure = file_.commit(fmt::format("{}\n{}", mark, text));
    announced_ = !failure;
    return failure;
}

}  // namespace fdnprobe::app
