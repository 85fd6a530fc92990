#include "judge/errno_text.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>

#include <fmt/format.h>

namespace fdnprobe::judge {
namespace {

struct ErrnoText {
    std::int32_t number;
    std::string_view text;
};

constexpr std::array known{
    ErrnoText{EACCES, "EACCES, permission denied"},
    ErrnoText{EADDRINUSE, "EADDRINUSE, the address is in use"},
    ErrnoText{EADDRNOTAVAIL, "EADDRNOTAVAIL, the address is not available"},
    ErrnoText{EAFNOSUPPORT, "EAFNOSUPPORT, the address family is not supported"},
    ErrnoText{ECONNABORTED, "ECONNABORTED, the connection was aborted"},
    ErrnoText{ECONNREFUSED, "ECONNREFUSED, connection refused"},
    ErrnoText{ECONNRESET, "ECONNRESET, connection reset"},
    ErrnoText{EHOSTDOWN, "EHOSTDOWN, the host is down"},
    ErrnoText{EHOSTUNREACH, "EHOSTUNREACH, no route to the host"},
    ErrnoText{EINVAL, "EINVAL, invalid argument"},
    ErrnoText{EMFILE, "EMFILE, too many open files in this process"},
    ErrnoText{EMSGSIZE, "EMSGSIZE, the message is too long"},
    ErrnoText{ENETDOWN, "ENETDOWN, the network is down"},
    ErrnoText{ENETUNREACH, "ENETUNREACH, the network is unreachable"},
    ErrnoText{ENFILE, "ENFILE, too many open files in this system"},
    ErrnoText{ENOBUFS, "ENOBUFS, no buffer space"},
    ErrnoText{ENODEV, "ENODEV, no such interface"},
    ErrnoText{ENOMEM, "ENOMEM, out of memory"},
    ErrnoText{ENOPROTOOPT, "ENOPROTOOPT, the protocol is not available"},
    ErrnoText{EPERM, "EPERM, operation not permitted"},
    ErrnoText{EPIPE, "EPIPE, the far end had closed"},
    ErrnoText{EPROTO, "EPROTO, protocol error"},
    ErrnoText{ETIMEDOUT, "ETIMEDOUT, timed out"},
};

}  // namespace

std::string errno_text(std::int32_t number) {
    const auto* const found =
        std::find_if(known.begin(), known.end(), [&](const ErrnoText& entry) { return entry.number == number; });
    return found == known.end() ? fmt::format("errno {}", number) : std::string(found->text);
}

}  // namespace fdnprobe::judge
