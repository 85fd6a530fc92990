// What one client may have of the server. A watch has a handful of readers; whoever wants more than this is no reader.
#pragma once

#include <chrono>
#include <cstddef>

namespace fdnprobe::web::limits {

using namespace std::chrono_literals;

/// Cookies of other services on the same host make the heads of browsers long.
inline constexpr std::size_t head_bytes = 16UL * 1024;
inline constexpr std::size_t header_lines = 64;
/// The longest address here is that of a row, whose id is a few words.
inline constexpr std::size_t target_bytes = 2048;
inline constexpr std::size_t parameters = 16;

/// All connections at once. A descriptor each; the checks need theirs.
inline constexpr std::size_t connections = 256;
/// Open pages that wait for changes.
inline constexpr std::size_t streams = 16;
/// Requests that wait for a thread that has much to do. More of them are told to come back.
inline constexpr std::size_t waiting = 32;
/// Answers that are on their way to all clients together. The longest answer is a report, of a megabyte or two.
inline constexpr std::size_t unsent_bytes = 32UL * 1024 * 1024;
/// What the system keeps for one connection beside them.
inline constexpr int socket_bytes = 64 * 1024;
/// Requests over one connection.
inline constexpr unsigned requests = 100;

/// For a whole head, with the handshake of TLS before it, however it drips.
inline constexpr auto head_time = 5s;
/// Between two requests.
inline constexpr auto idle_time = 15s;
/// A client that takes no byte for so long is gone.
inline constexpr auto write_time = 5s;
/// A whole answer, however it drips.
inline constexpr auto answer_time = 60s;
/// For the client to read the last answer before the connection goes (RFC 9112, 9.6).
inline constexpr auto leaving_time = 1s;
/// A body that nobody reads, while the answer to it is on its way.
inline constexpr std::size_t discarded_bytes = 256UL * 1024;

/// Proxies take a connection for dead after a minute, some after half of one.
inline constexpr auto heartbeat = 15s;
/// What an open page may be behind with.
inline constexpr std::size_t stream_bytes = 256UL * 1024;

}  // namespace fdnprobe::web::limits
