// What `check` and `respond` say to each other, to prove that packets of a row arrive and come back.
//
// One message is 160 bytes, in either direction, whatever carries it (TCP, UDP, ESP, an Ethernet frame), so that nobody
// can be made to receive more than was sent in his name. All numbers are in network order:
//
//     0  magic "fdnprobe"      8
//     8  version (1)           1
//     9  kind                  1   1 reach, 2 arrivals; in a reply with the highest bit set
//    10  transport             1   of `asked` (request), of `arrived_at` (reply)
//    11  flags                 1   reply: 1 TTL known; source is 2 IPv4, 4 IPv6, 8 Ethernet; 16 listening
//    12  port                  2   of `asked`, of `arrived_at`
//    14  TTL                   1   reply
//    15  zero                  1
//    16  time                  8   milliseconds since 1970, of whoever asks; in a reply the responder's own
//    24  nonce                16   never twice; a reply repeats it
//    40  attempt               8   the same in all requests of one attempt
//    48  source address       16   reply: IPv4 and Ethernet addresses stand in its first bytes
//    64  source port           2   reply
//    66  arrivals              2   reply to `arrivals`: how many requests of that attempt had come
//    68  zero                 60
//   128  HMAC-SHA-256         32   over the 128 bytes before it, with the shared key
//
// A responder refuses a time that is further from its own than `clock_tolerance`, and a nonce that it has seen.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fdnprobe/address.hpp"
#include "fdnprobe/row.hpp"

namespace fdnprobe::wire::responder {

inline constexpr std::size_t message_size = 160;
inline constexpr std::size_t nonce_size = 16;
inline constexpr std::size_t attempt_size = 8;
/// Clocks at a site that is being built are set by hand, if at all; what is remembered against replays grows with it.
inline constexpr std::chrono::minutes clock_tolerance{5};

enum class Kind : std::uint8_t {
    reach = 1,     ///< did this arrive, and how?
    arrivals = 2,  ///< how many requests of that attempt have arrived, on whatever way?
};

struct Request {
    Kind kind = Kind::reach;
    Port asked;  ///< what the client dialled; for `arrivals`: what that attempt had dialled
    std::chrono::sys_time<std::chrono::milliseconds> time{};
    std::string nonce;    ///< nonce_size bytes
    std::string attempt;  ///< attempt_size bytes
};

struct Reply {
    Kind kind = Kind::reach;
    Port arrived_at;  ///< where the request came in; a port that differs from the one asked was translated on the way
    std::chrono::sys_time<std::chrono::milliseconds> time{};
    std::string nonce;
    std::string attempt;
    std::optional<SocketAddress> source;  ///< as it arrived; for `arrivals`: of the last of them
    std::string hardware_source;          ///< 6 bytes, for Ethernet; else empty
    std::optional<std::uint8_t> ttl;      ///< what was left of it
    std::uint16_t arrivals = 0;
    /// For `arrivals`: the responder listens on the port that was asked about. Where it does not, its having seen
    /// nothing says nothing.
    bool listening = false;
};

/// Message bytes. Precondition: nonce and attempt have their sizes.
[[nodiscard]] std::string encode(const Request& request, std::string_view key);
[[nodiscard]] std::string encode(const Reply& reply, std::string_view key);

/// Nothing for whatever is not such a message under this key. Bytes after it are padding of the link.
[[nodiscard]] std::optional<Request> decode_request(std::string_view bytes, std::string_view key);
[[nodiscard]] std::optional<Reply> decode_reply(std::string_view bytes, std::string_view key);

/// Whether bytes can be the beginning of a message: what a responder may wait for more of.
[[nodiscard]] bool may_become_message(std::string_view bytes);

}  // namespace fdnprobe::wire::responder
