#include "app/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::app {
namespace {

std::string failure(std::string_view option, const std::string& path, int error) {
    return fmt::format("{} {}: cannot be written: {}", option, printable(path), std::strerror(error));
}

/// What a new file would get, or what the present one has.
mode_t mode_for(const std::string& path) {
    struct stat status {};
    if (stat(path.c_str(), &status) == 0) return status.st_mode & 07777U;
    const mode_t mask = umask(0);
    umask(mask);
    return 0666U & ~mask;
}

}  // namespace

Expected<OutputFile, std::string> OutputFile::prepare(const std::string& path, std::string_view option) {
    OutputFile file;
    file.option_ = option;
    file.path_ = path;
    struct stat status {};
    const bool exists = stat(path.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) return Unexpected<std::string>(failure(option, path, EISDIR));
    if (exists && !S_ISREG(status.st_mode)) {
        file.file_ = system::Descriptor(open(path.c_str(), O_WRONLY | O_CLOEXEC));
        if (!file.file_.is_open()) return Unexpected<std::string>(failure(option, path, errno));
        return file;
    }
    if (exists) {
        // The file that a link leads to is replaced, not the link.
        char* resolved = realpath(path.c_str(), nullptr);
        if (resolved != nullptr) file.path_ = resolved;
        free(resolved);
    }
    std::string pattern = file.path_ + ".XXXXXX";
    file.file_ = system::Descriptor(mkostemp(pattern.data(), O_CLOEXEC));
    if (!file.file_.is_open()) return Unexpected<std::string>(failure(option, path, errno));
    file.temporary_ = pattern;
    if (fchmod(file.file_.number(), mode_for(file.path_)) != 0)
        return Unexpected<std::string>(failure(option, path, errno));
    return file;
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : option_(std::move(other.option_)),
      path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      file_(std::move(other.file_)) {}

OutputFile::~OutputFile() {
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

std::optional<std::string> OutputFile::commit(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = write(file_.number(), text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failure(option_, path_, errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (!temporary_.empty()) {
        // A full disk may show only now.
        if (fsync(file_.number()) != 0) return failure(option_, path_, errno);
        if (rename(temporary_.c_str(), path_.c_str()) != 0) return failure(option_, path_, errno);
        temporary_.clear();
    }
    if (close(file_.release()) != 0) return failure(option_, path_, errno);
    return std::nullopt;
}

}  // namespace fdnprobe::app
