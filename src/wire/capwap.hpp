// CAPWAP's control channel (RFC 5415, 4) as far as discovery goes: an access point's question for a controller, and the
// answer. Both go in the clear; everything after them is DTLS and needs a certificate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace fdnprobe::wire::capwap {

inline constexpr std::uint32_t type_discovery_request = 1;
inline constexpr std::uint32_t type_discovery_response = 2;
inline constexpr std::uint16_t element_ac_name = 4;  // RFC 5415, 4.6.4

struct Element {
    std::uint16_t type = 0;
    std::string value;
    friend bool operator==(const Element&, const Element&) = default;
};

/// One control message.
struct Message {
    std::uint32_t type = 0;
    std::uint8_t sequence = 0;
    std::vector<Element> elements;

    /// The value of the first element of that type.
    [[nodiscard]] std::optional<std::string_view> find(std::uint16_t type) const;
    friend bool operator==(const Message&, const Message&) = default;
};

/// Why bytes are not a control message in the clear.
enum class Fault : std::uint8_t {
    foreign,    ///< they do not begin as CAPWAP
    dtls,       ///< CAPWAP's preamble of an encrypted packet
    malformed,  ///< CAPWAP that breaks its rules, or only a part of a message
};

struct Problem {
    Fault fault = Fault::foreign;
    std::string what;  ///< what is wrong, without bytes from the network
    friend bool operator==(const Problem&, const Problem&) = default;
};

/// What follows the message's own length is left aside.
[[nodiscard]] Expected<Message, Problem> decode(std::string_view bytes);
/// Precondition: all of it fits one datagram.
[[nodiscard]] std::string encode(const Message& message);

/// RFC 5415, 5.1, with every element that has to be there. Model and versions say what asks; the serial number is a
/// zero and the vendor is nobody, so that no controller can take it for one of its access points, nor for another's.
[[nodiscard]] Message discovery_request(std::uint8_t sequence);
/// RFC 5415, 5.2: the answer of an emulated controller.
[[nodiscard]] Message discovery_response(std::uint8_t sequence, std::string_view name);

}  // namespace fdnprobe::wire::capwap
