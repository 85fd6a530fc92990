// What a host runs out of and gets back: descriptors, buffers, ports.
#pragma once

#include <cerrno>
#include <chrono>

namespace fdnprobe::net {

/// A connection that this host closed holds its port for 60 s (TIME_WAIT on Linux); past that, ports come back.
inline constexpr auto shortage_patience = std::chrono::seconds(65);
inline constexpr auto shortage_pause = std::chrono::milliseconds(20);

inline bool is_shortage(int error) {
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM || error == EADDRNOTAVAIL;
}

}  // namespace fdnprobe::net
