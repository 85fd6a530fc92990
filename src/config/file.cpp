// Reading a file that a person named: it may be missing, a folder, a pipe that nobody writes to, or a disk image.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "config/load.hpp"
#include "config/plain_text.hpp"

namespace fdnprobe::config {
namespace {

class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const { return number_; }

  private:
    int number_;
};

std::string words_of(int error) { return std::generic_category().message(error); }

/// What it is, if it is not a regular file.
std::string kind_name(mode_t mode) {
    if (S_ISDIR(mode)) return "a folder";
    if (S_ISFIFO(mode)) return "a pipe";
    if (S_ISSOCK(mode)) return "a socket";
    if (S_ISCHR(mode) || S_ISBLK(mode)) return "a device";
    return "something else";
}

}  // namespace

Expected<std::string, Problem> read_text_file(const std::string& path) {
    const std::string shown = printable(path);
    const auto fail = [&](std::string what) {
        return Unexpected<Problem>(Problem{shown, 0, 0, std::move(what), false});
    };
    const auto too_large = [&](std::string size) {
        return fail(fmt::format("the file has {} bytes; a table or a site file has at most {}", size, largest_file));
    };
    // Asked before opening, because opening some devices does something; and asked again afterwards, because the name
    // may mean another file by then.
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return fail(fmt::format("cannot read the file: {}", words_of(errno)));
    if (!S_ISREG(status.st_mode))
        return fail(fmt::format("expected a file, and this is {}", kind_name(status.st_mode)));
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (file.get() < 0) return fail(fmt::format("cannot read the file: {}", words_of(errno)));
    if (::fstat(file.get(), &status) != 0) return fail(fmt::format("cannot read the file: {}", words_of(errno)));
    if (!S_ISREG(status.st_mode))
        return fail(fmt::format("expected a file, and this is {}", kind_name(status.st_mode)));
    if (static_cast<std::uint64_t>(status.st_size) > largest_file) return too_large(std::to_string(status.st_size));

    std::string text;
    text.reserve(static_cast<std::size_t>(status.st_size));
    std::array<char, 65536> buffer{};
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail(fmt::format("cannot read the file: {}", words_of(errno)));
        if (count == 0) break;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        // It grows while it is read, or is one of those whose size the kernel does not know.
        if (text.size() > largest_file) return too_large(fmt::format("more than {}", largest_file));
    }
    if (const auto not_text = find_not_text(text))
        return Unexpected<Problem>(Problem{shown, not_text->line, not_text->column, not_text->what, false});
    return text;
}

}  // namespace fdnprobe::config
