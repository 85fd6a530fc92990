// The socket that connections come in at.
//
// Not cpp-httplib's: that shares its port with whoever wants it (SO_REUSEPORT), lets five connections wait, and says
// of a failure only that there was one.
#pragma once

#include <cstdint>
#include <string>

#include "base/expected.hpp"
#include "system/descriptor.hpp"

namespace fdnprobe::web {

struct Listener {
    system::Descriptor socket;
    std::uint16_t port = 0;
};

/// The error names the address and the port, and says what to do.
[[nodiscard]] Expected<Listener, std::string> listen_at(const std::string& address, std::uint16_t port);

}  // namespace fdnprobe::web
