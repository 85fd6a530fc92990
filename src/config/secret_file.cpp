#include <sys/stat.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/load.hpp"

namespace fdnprobe::config {
namespace {

/// Longer than any secret that somebody types, or any credentials; a bigger file is the wrong one.
constexpr std::size_t longest_secret = 4096;

Unexpected<Problem> refuse(const std::string& path, std::string what) {
    return Unexpected<Problem>(Problem{printable(path), 0, 0, std::move(what), false});
}

}  // namespace

Expected<std::string, Problem> read_secret_file(const std::string& path) {
    auto text = read_text_file(path);
    if (!text) return Unexpected<Problem>(text.error());
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        return refuse(path, fmt::format("cannot be examined: {}", std::generic_category().message(errno)));
    if ((status.st_mode & (S_IRGRP | S_IROTH)) != 0)
        return refuse(path, fmt::format("a secret that others can read: its permissions are {:04o}; expected 0600; try "
                                        "`chmod 600 {}`",
                                        status.st_mode & 07777U, printable(path)));
    while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
    if (text->empty()) return refuse(path, "expected a secret in its first line, and the file is empty");
    if (text->size() > longest_secret)
        return refuse(path, fmt::format("expected a secret of at most {} bytes", longest_secret));
    return std::move(*text);
}

}  // namespace fdnprobe::config
