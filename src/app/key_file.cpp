#include "app/key_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/load.hpp"
#include "system/descriptor.hpp"

namespace fdnprobe::app {
namespace {

std::string failure(const std::string& path, int error) {
    if (error == EEXIST)
        return fmt::format(
            "--make-key {0}: there is such a file already, and a key that is in use must not be lost; choose another "
            "name, or remove it first",
            printable(path));
    return fmt::format("--make-key {}: cannot be written: {}", printable(path), std::strerror(error));
}

/// 0, or errno.
int write_private(int descriptor, const std::string& text) {
    // The mask of new files could have taken more away.
    if (::fchmod(descriptor, S_IRUSR | S_IWUSR) != 0) return errno;
    for (std::string_view rest = text; !rest.empty();) {
        const ssize_t written = ::write(descriptor, rest.data(), rest.size());
        if (written < 0 && errno != EINTR) return errno;
        if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(descriptor) == 0 ? 0 : errno;
}

/// 0, or errno; nothing is left of a file that could not be written whole.
int make_private_file(const std::string& path, const std::string& text) {
    const system::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    if (!file.is_open()) return errno;
    const int error = write_private(file.number(), text);
    if (error != 0) ::unlink(path.c_str());
    return error;
}

}  // namespace

std::optional<std::string> make_key_file(const std::string& path) {
    std::array<char, key_bytes> random;
    // So few bytes come whole or not at all (getrandom(2)).
    while (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size()))
        if (errno != EINTR) return failure(path, errno);
    const int error = make_private_file(path, hex(std::string_view(random.data(), random.size())) + '\n');
    return error == 0 ? std::nullopt : std::optional(failure(path, error));
}

std::optional<std::string> make_secret_file(const std::string& path, std::string_view secret) {
    const int error = make_private_file(path, std::string(secret) + '\n');
    if (error == 0) return std::nullopt;
    return fmt::format("{}: the secret cannot be written: {}", printable(path), std::strerror(error));
}

Expected<std::string, Problem> read_key_file(const std::string& path) {
    auto key = config::read_secret_file(path);
    if (!key || key->size() >= shortest_key) return key;
    return Unexpected<Problem>(
        Problem{printable(path), 0, 0,
                fmt::format("a responder's key has at least {} characters, and this one has {}; `fdnprobe respond "
                            "--make-key FILE` writes one",
                            shortest_key, key->size()),
                false});
}

}  // namespace fdnprobe::app
