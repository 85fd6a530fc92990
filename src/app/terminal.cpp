#include "app/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::app {

std::size_t output_width() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    const char* columns = std::getenv("COLUMNS");
    if (columns != nullptr)
        if (const auto number = parse_number(columns, 20, 1000)) return static_cast<std::size_t>(*number);
    return 100;
}

bool output_takes_colour() {
    const char* refused = std::getenv("NO_COLOR");
    const char* kind = std::getenv("TERM");
    if (refused != nullptr && *refused != '\0') return false;
    return isatty(STDOUT_FILENO) == 1 && kind != nullptr && std::strcmp(kind, "dumb") != 0;
}

bool print(std::string_view text) {
    errno = 0;
    const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
    if (written || errno == EPIPE) return true;
    complain(fmt::format("standard output cannot be written: {}", std::strerror(errno)));
    return false;
}

void complain(std::string_view text) { fmt::print(stderr, "fdnprobe: {}\n", text); }

}  // namespace fdnprobe::app
