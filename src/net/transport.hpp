// Connecting, sending and receiving over TCP and UDP, each step leaving its evidence. The order at a wake-up matters:
// the error queue first (it says who spoke), then SO_ERROR, then TCP_INFO.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fdnprobe/address.hpp"
#include "net/recorder.hpp"
#include "net/socket.hpp"

namespace fdnprobe::net {

/// From where to send.
struct DialOptions {
    std::optional<Address> source;  ///< nothing: the system chooses
    std::string interface;          ///< empty: the system chooses
};

/// What one receive brought.
struct Received {
    Outcome outcome = Outcome::failed;
    std::size_t size = 0;
    int error = 0;                        ///< errno, where `outcome` is `failed`
    std::optional<SocketAddress> sender;  ///< UDP
};

/// Opens `socket` and connects it. Descriptors and ephemeral ports that have run out are waited for (`patience`), and
/// that wait does not count against `budget`, which begins with the first packet.
[[nodiscard]] Task<Outcome> connect_tcp(Socket& socket, SocketAddress destination, const DialOptions& options,
                                        Recorder& recorder, Clock::duration budget);

/// Opens `socket` for datagrams to `destination`. It stays unconnected: an answer from another address or port is
/// evidence too.
[[nodiscard]] Task<Outcome> open_udp(Socket& socket, SocketAddress destination, const DialOptions& options,
                                     Recorder& recorder);

/// Sends all of `bytes`. A failure is recorded.
[[nodiscard]] Task<Outcome> send_all(Socket& socket, std::string_view bytes, Clock::time_point limit,
                                     Recorder& recorder);

/// Waits for bytes and takes at most what `buffer` holds. The end and errors are returned, not recorded.
[[nodiscard]] Task<Received> receive(Socket& socket, std::span<char> buffer, Clock::time_point limit);

/// Sends one datagram. A failure is recorded.
[[nodiscard]] Outcome send_datagram(Socket& socket, std::string_view bytes, const SocketAddress& destination,
                                    Recorder& recorder);

/// Waits for one datagram. ICMP errors on the socket's queue are recorded and end the wait as `failed`.
[[nodiscard]] Task<Received> receive_datagram(Socket& socket, std::span<char> buffer, Clock::time_point limit,
                                              Recorder& recorder);

/// Whether all that was sent on a TCP socket has been acknowledged: 1 yes, 0 no, -1 unknown.
[[nodiscard]] int all_acknowledged(int descriptor);

}  // namespace fdnprobe::net
