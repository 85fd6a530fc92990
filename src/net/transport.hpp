// Connecting, sending and receiving over TCP, each step leaving its evidence. The order at a wake-up matters:
// the error queue first (it says who spoke), then SO_ERROR, then TCP_INFO.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fdnprobe/address.hpp"
#include "net/origin.hpp"
#include "net/recorder.hpp"
#include "net/socket.hpp"

namespace fdnprobe::net {

/// What one receive brought.
struct Received {
    Outcome outcome = Outcome::failed;
    std::size_t size = 0;
    int error = 0;                                   ///< errno, where `outcome` is `failed`
    std::optional<SocketAddress> sender;             ///< datagrams over IP
    std::optional<HardwareAddress> hardware_sender;  ///< Ethernet
};

/// Opens `socket` and connects it. Descriptors and ephemeral ports that have run out are waited for (`patience`), and
/// that wait does not count against `budget`, which begins with the first packet. `stage` is what it is evidence of.
[[nodiscard]] Task<Outcome> connect_tcp(Socket& socket, SocketAddress destination, const DialOptions& options,
                                        Recorder& recorder, Clock::duration budget, Stage stage = Stage::connect);

/// Sends all of `bytes`. A failure is recorded.
[[nodiscard]] Task<Outcome> send_all(Socket& socket, std::string_view bytes, Clock::time_point limit,
                                     Recorder& recorder);

/// Waits for bytes and takes at most what `buffer` holds. The end and errors are returned, not recorded.
[[nodiscard]] Task<Received> receive(Socket& socket, std::span<char> buffer, Clock::time_point limit);

/// Whether all that was sent on a TCP socket has been acknowledged: 1 yes, 0 no, -1 unknown.
[[nodiscard]] int all_acknowledged(int descriptor);

}  // namespace fdnprobe::net
