#include "net/raw_socket.hpp"

#include <filesystem>
#include <system_error>

namespace fdnprobe::net {

std::string program_file() {
    std::error_code error;
    const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
    return error ? std::string("fdnprobe") : program.string();
}

std::string raw_socket_name() { return "raw socket of " + program_file(); }

}  // namespace fdnprobe::net
