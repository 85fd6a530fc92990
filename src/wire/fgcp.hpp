// The heartbeat of FGCP, by which the members of a FortiGate or FortiProxy cluster know each other. Fortinet publishes
// no format; this is what observers have made out (Wireshark has a dissector), so only what they agree on is read:
//
//      0  magic                2   not the same in every release
//      2  mode                 1   1 active-active, 2 active-passive
//      3  flags                1   1 encrypted, 2 authenticated: then 32 bytes at the end are a digest
//      4  group name          32   text, filled up with zeros
//     36  unknown              2
//     38  group id             2   little endian, as are all numbers here
//     40  unknown             12
//     52  port                16   text: the interface that it was sent on
//     68  revision             2
//     70  unknown              2
//     72  serial number       16   text
//     88  type 2, length 2, value; and so on up to type 0
//
// Without a magic that could be relied on, bytes are taken for a heartbeat where every field that is text is text, the
// mode is one that exists and the values fit their frame: bytes of another protocol do not do that by chance.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fdnprobe::wire::fgcp {

inline constexpr std::uint8_t mode_active_active = 1;
inline constexpr std::uint8_t mode_active_passive = 2;
inline constexpr std::uint8_t flag_encrypted = 0x01;
inline constexpr std::uint8_t flag_authenticated = 0x02;

inline constexpr std::uint16_t value_end = 0;
inline constexpr std::uint16_t value_priority = 0x0C;

inline constexpr std::size_t heartbeat_header_size = 88;
inline constexpr std::size_t digest_size = 32;

struct Value {
    std::uint16_t type = 0;
    std::string bytes;
    friend bool operator==(const Value&, const Value&) = default;
};

struct Heartbeat {
    std::uint16_t magic = 0;
    std::uint8_t mode = mode_active_passive;
    std::uint8_t flags = 0;
    std::string group;
    std::uint16_t group_id = 0;
    std::string port;
    std::uint16_t revision = 0;
    std::string serial;
    std::vector<Value> values;  ///< none where they are encrypted
    friend bool operator==(const Heartbeat&, const Heartbeat&) = default;

    [[nodiscard]] bool encrypted() const { return (flags & flag_encrypted) != 0; }
    /// The member's priority in the election, where it can be read.
    [[nodiscard]] std::optional<std::uint8_t> priority() const;
};

/// What follows the Ethernet header. Precondition: texts fit their fields, a value fits 16 bits. The digest is zeros.
[[nodiscard]] std::string encode(const Heartbeat& heartbeat);
/// Nothing for whatever is no heartbeat.
[[nodiscard]] std::optional<Heartbeat> decode(std::string_view frame);

}  // namespace fdnprobe::wire::fgcp
