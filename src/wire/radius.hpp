// RADIUS packets (RFC 2865, 3) as far as a reachability check goes: a question about a server's status (RFC 5997), a
// request to end a session that names none (RFC 5176), the answers to both, and the mirror of it for an emulated
// server.
//
// MD5 with the shared secret is all the protection there is. An answer that has not been verified proves nothing of
// whoever sent it, so reading and verifying are two functions, and a judge says which of them failed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace fdnprobe::wire::radius {

inline constexpr std::size_t header_size = 20;
inline constexpr std::size_t largest_packet = 4096;  // RFC 2865, 3
inline constexpr std::size_t authenticator_size = 16;

inline constexpr std::uint8_t code_access_accept = 2;
inline constexpr std::uint8_t code_access_reject = 3;
inline constexpr std::uint8_t code_accounting_response = 5;
inline constexpr std::uint8_t code_access_challenge = 11;
inline constexpr std::uint8_t code_status_server = 12;
inline constexpr std::uint8_t code_disconnect_request = 40;
inline constexpr std::uint8_t code_disconnect_ack = 41;
inline constexpr std::uint8_t code_disconnect_nak = 42;
inline constexpr std::uint8_t code_coa_request = 43;
inline constexpr std::uint8_t code_coa_ack = 44;
inline constexpr std::uint8_t code_coa_nak = 45;

inline constexpr std::uint8_t attribute_event_timestamp = 55;        // RFC 2869, 5.3
inline constexpr std::uint8_t attribute_message_authenticator = 80;  // RFC 2869, 5.14
inline constexpr std::uint8_t attribute_error_cause = 101;           // RFC 5176, 3.5

struct Attribute {
    std::uint8_t type = 0;
    std::string value;
    friend bool operator==(const Attribute&, const Attribute&) = default;
};

/// The four bytes of an Error-Cause.
[[nodiscard]] Attribute error_cause(std::uint32_t value);

struct Packet {
    std::uint8_t code = 0;
    std::uint8_t id = 0;
    std::string authenticator;  ///< authenticator_size bytes
    std::vector<Attribute> attributes;

    /// The value of the first attribute of that type.
    [[nodiscard]] std::optional<std::string_view> find(std::uint8_t type) const;
    /// The value of the first Error-Cause, if it has the length of one.
    [[nodiscard]] std::optional<std::uint32_t> error_cause() const;
    friend bool operator==(const Packet&, const Packet&) = default;
};

/// Why bytes are not the answer to a request.
enum class Fault : std::uint8_t {
    foreign,    ///< not even the beginning of a packet, or the request itself
    malformed,  ///< a packet that breaks the rules, or that answers something else
    unproven,   ///< a packet that whoever shares the secret has not sent
};

struct Problem {
    Fault fault = Fault::foreign;
    std::string what;  ///< what is wrong, without bytes from the network
    friend bool operator==(const Problem&, const Problem&) = default;
};

/// "Access-Accept"; "code 99" where there is no name for it.
[[nodiscard]] std::string name_of_code(std::uint8_t code);
/// "Session Context Not Found (503)"; "Error-Cause 999" where there is no name for it.
[[nodiscard]] std::string name_of_error_cause(std::uint32_t value);

/// The size that a packet says it has; nothing before its first four bytes. It may be one that no packet has. Over TCP
/// nothing else tells packets apart (RFC 6613).
[[nodiscard]] std::optional<std::size_t> packet_size(std::string_view bytes);

/// What follows the packet's own length is padding (RFC 2865, 3).
[[nodiscard]] Expected<Packet, Problem> decode(std::string_view bytes);

/// RFC 5997, 3. Precondition: the authenticator has its size.
[[nodiscard]] std::string encode_status_server(std::uint8_t id, std::string_view authenticator,
                                               std::string_view secret);
/// RFC 5176, 2.1, without an attribute that names a session, a user or the device itself: there is nothing that it
/// could end.
[[nodiscard]] std::string encode_disconnect_request(std::uint8_t id, std::chrono::sys_seconds now,
                                                    std::string_view secret);

/// The answer to a request of those bytes, with a Message-Authenticator before everything else. Precondition: `request`
/// is a packet, and the attributes fit into another.
[[nodiscard]] std::string encode_response(std::uint8_t code, std::string_view request,
                                          std::span<const Attribute> attributes, std::string_view secret);

/// A packet that could be the answer to `request`, as far as can be told without the secret.
[[nodiscard]] Expected<Packet, Problem> read_response(std::string_view bytes, std::string_view request);
/// The same, and whoever sent it knows the secret and the request.
[[nodiscard]] Expected<Packet, Problem> verify_response(std::string_view bytes, std::string_view request,
                                                        std::string_view secret);
/// A Status-Server or a Disconnect-Request from someone who knows the secret.
[[nodiscard]] bool verify_request(std::string_view bytes, std::string_view secret);

}  // namespace fdnprobe::wire::radius
