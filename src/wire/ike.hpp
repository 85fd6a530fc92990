// IKE messages (RFC 7296; for version 1 RFC 2408 and RFC 2409) as far as the first two of an exchange go, which are not
// encrypted. Both versions have the same header and the same chain of payloads; their proposals differ in one header.
//
// What a payload holds is read only when somebody asks for it, so that one that nobody needs can be anything. Lengths
// are checked against the bytes that are there, and what is kept is bounded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace fdnprobe::wire::ike {

inline constexpr std::uint8_t version_1 = 0x10;
inline constexpr std::uint8_t version_2 = 0x20;

inline constexpr std::uint8_t exchange_main_mode = 2;        ///< RFC 2408, 3.1: identity protection
inline constexpr std::uint8_t exchange_informational_1 = 5;  ///< of version 1
inline constexpr std::uint8_t exchange_sa_init = 34;
inline constexpr std::uint8_t exchange_informational_2 = 37;  ///< of version 2

inline constexpr std::uint8_t flag_encrypted_1 = 0x01;  ///< of version 1
inline constexpr std::uint8_t flag_initiator = 0x08;    ///< of version 2, as is the next
inline constexpr std::uint8_t flag_response = 0x20;

/// Payloads of version 1 (RFC 2408, 3.1).
inline constexpr std::uint8_t payload_sa_1 = 1;
inline constexpr std::uint8_t payload_notification_1 = 11;
/// Payloads of version 2 (RFC 7296, 3.2).
inline constexpr std::uint8_t payload_sa_2 = 33;
inline constexpr std::uint8_t payload_key_exchange = 34;
inline constexpr std::uint8_t payload_nonce = 40;
inline constexpr std::uint8_t payload_notification_2 = 41;
inline constexpr std::uint8_t payload_encrypted = 46;
inline constexpr std::uint8_t payload_encrypted_fragment = 53;  ///< RFC 7383, 2.5

/// Kinds of transforms of version 2 (RFC 7296, 3.3.2).
inline constexpr std::uint8_t transform_encryption = 1;
inline constexpr std::uint8_t transform_prf = 2;
inline constexpr std::uint8_t transform_integrity = 3;
inline constexpr std::uint8_t transform_group = 4;

/// Attributes of transforms: of version 2 (RFC 7296, 3.3.5), and of version 1 (RFC 2409, appendix A).
inline constexpr std::uint16_t attribute_key_length = 14;  ///< of both
inline constexpr std::uint16_t attribute_encryption = 1;
inline constexpr std::uint16_t attribute_hash = 2;
inline constexpr std::uint16_t attribute_authentication = 3;
inline constexpr std::uint16_t attribute_group = 4;
inline constexpr std::uint16_t attribute_life_type = 11;
inline constexpr std::uint16_t attribute_life = 12;

/// Notifications that are told apart; both versions have these under the same numbers (RFC 7296, 3.10.1; RFC 2408,
/// 3.14.1), but for the last two, which are version 2's.
inline constexpr std::uint16_t notify_invalid_major_version = 5;
inline constexpr std::uint16_t notify_no_proposal_chosen = 14;
inline constexpr std::uint16_t notify_invalid_key_exchange = 17;
inline constexpr std::uint16_t notify_cookie = 16390;
/// From here on they tell a status, below it an error.
inline constexpr std::uint16_t first_status_notification = 16384;

inline constexpr std::uint8_t protocol_ike = 1;
inline constexpr std::uint8_t transform_key_ike = 1;  ///< RFC 2407, 4.4.2: the one transform of version 1
inline constexpr std::size_t header_size = 28;
/// What stands before IKE on UDP/4500, where ESP would have its SPI (RFC 3948, 2.2).
inline constexpr std::string_view non_esp_marker{"\0\0\0\0", 4};

/// No first answer has near as many of each; a chain that is longer is refused.
inline constexpr std::size_t most_payloads = 64;
inline constexpr std::size_t most_transforms = 255;
inline constexpr std::size_t most_attributes = 32;

struct Payload {
    std::uint8_t type = 0;
    bool critical = false;  ///< of version 2; reserved in version 1
    std::string body;
    friend bool operator==(const Payload&, const Payload&) = default;
};

struct Message {
    std::uint64_t initiator_spi = 0;  ///< in version 1 a cookie
    std::uint64_t responder_spi = 0;  ///< 0: none is known yet
    std::uint8_t version = version_2;
    std::uint8_t exchange = 0;
    std::uint8_t flags = 0;
    std::uint32_t id = 0;
    std::vector<Payload> payloads;  ///< of an encrypted message of version 1: none
    friend bool operator==(const Message&, const Message&) = default;

    [[nodiscard]] bool is_version_1() const { return version >> 4U == 1; }
    /// The first payload of that type, or nullptr.
    [[nodiscard]] const Payload* find(std::uint8_t type) const;
};

/// The whole message, without a marker. Precondition: a body fits 16 bits.
[[nodiscard]] std::string encode(const Message& message);
/// The header and the chain of payloads, or what is wrong with them. Nothing is encrypted but what says so.
[[nodiscard]] Expected<Message, std::string> decode(std::string_view bytes);

/// The initiator's SPI, also of a message that was cut.
[[nodiscard]] std::optional<std::uint64_t> initiator_spi(std::string_view bytes);

struct Attribute {
    std::uint16_t type = 0;
    std::uint16_t value = 0;  ///< of a short one
    std::string data;         ///< of a long one
    friend bool operator==(const Attribute&, const Attribute&) = default;
};

struct Transform {
    std::uint8_t kind = 0;  ///< version 2: what it is for; version 1: its number
    std::uint16_t id = 0;
    std::vector<Attribute> attributes;
    friend bool operator==(const Transform&, const Transform&) = default;

    /// The value of the first short attribute of that type.
    [[nodiscard]] std::optional<std::uint16_t> attribute(std::uint16_t type) const;
};

struct Proposal {
    std::uint8_t number = 1;
    std::uint8_t protocol = protocol_ike;
    std::string spi;  ///< empty in a first exchange
    std::vector<Transform> transforms;
    friend bool operator==(const Proposal&, const Proposal&) = default;
};

/// The body of an SA payload. Version 1 has its domain of interpretation and situation before the proposals.
[[nodiscard]] std::string encode_proposals(std::uint8_t version, const std::vector<Proposal>& proposals);
[[nodiscard]] Expected<std::vector<Proposal>, std::string> decode_proposals(std::uint8_t version,
                                                                            std::string_view body);

struct Notification {
    std::uint8_t protocol = 0;
    std::uint16_t type = 0;
    std::string spi;
    std::string data;
    friend bool operator==(const Notification&, const Notification&) = default;
};

[[nodiscard]] std::string encode_notification(std::uint8_t version, const Notification& notification);
[[nodiscard]] Expected<Notification, std::string> decode_notification(std::uint8_t version, std::string_view body);

/// The body of a KE payload of version 2 (RFC 7296, 3.4).
[[nodiscard]] std::string encode_key_exchange(std::uint16_t group, std::string_view value);

}  // namespace fdnprobe::wire::ike
