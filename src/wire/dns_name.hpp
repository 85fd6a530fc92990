// Domain names: text <-> bytes.
//
// As text: labels joined by '.', no dot at the end, the root is "." (RFC 1035, 5.1). A byte that is not a visible ASCII
// character, and a dot or a backslash inside a label, is escaped (RFC 4343, 2.1), so no name needs further care when it
// is shown. As bytes: labels behind their lengths, or a pointer to labels further up in the message (RFC 1035, 4.1.4).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/expected.hpp"

namespace fdnprobe::wire::dns {

inline constexpr std::size_t longest_label = 63;  ///< RFC 1035, 2.3.4
inline constexpr std::size_t longest_name = 255;  ///< as bytes, with lengths and the root; RFC 1035, 2.3.4

/// The uncompressed bytes of a name. A dot at the end is accepted.
[[nodiscard]] Expected<std::string, std::string> encode_name(std::string_view name);

/// Reads a name where `message` stands and leaves it after the name; pointers are followed in all of the message.
[[nodiscard]] Expected<std::string, std::string> decode_name(ByteReader& message);

/// Whether `name` can be asked for: its labels and its whole are not too long, and none is empty.
[[nodiscard]] bool is_name(std::string_view name);

/// Names are compared without ASCII case (RFC 4343, 3).
[[nodiscard]] bool same_name(std::string_view one, std::string_view other);

}  // namespace fdnprobe::wire::dns
