// The Basic Encoding Rules (X.690) in the restriction that LDAP puts on them (RFC 4511, 5.1) and that DER keeps to:
// definite lengths, tags of one byte. Lengths need not be the shortest (Active Directory always writes four bytes).
// Nothing here recurses: an element's content is read by whoever knows what it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/expected.hpp"

namespace fdnprobe::wire::ber {

/// The two highest bits of a tag (X.690, 8.1.2.2).
enum class Class : std::uint8_t { universal = 0x00, application = 0x40, context = 0x80 };

/// A tag byte: class, whether the content is elements again, and a number up to 30.
[[nodiscard]] constexpr std::uint8_t tag(Class tag_class, bool constructed, unsigned number) {
    return static_cast<std::uint8_t>(static_cast<unsigned>(tag_class) | (constructed ? 0x20U : 0U) | (number & 0x1FU));
}

inline constexpr std::uint8_t boolean = tag(Class::universal, false, 1);
inline constexpr std::uint8_t integer = tag(Class::universal, false, 2);
inline constexpr std::uint8_t octet_string = tag(Class::universal, false, 4);
inline constexpr std::uint8_t enumerated = tag(Class::universal, false, 10);
inline constexpr std::uint8_t sequence = tag(Class::universal, true, 16);
inline constexpr std::uint8_t set = tag(Class::universal, true, 17);

struct Element {
    std::uint8_t tag = 0;
    std::string_view content;
};

/// Why bytes are not an element.
enum class Fault : std::uint8_t {
    incomplete,  ///< all is well so far, and more has to come
    malformed,   ///< a tag of several bytes, or a length that is not definite or has more than four bytes
};

/// The element at the front; the reader then stands behind it. On a fault it has not moved.
[[nodiscard]] Expected<Element, Fault> read(ByteReader& reader);

/// The content of the next element, if that has this tag and is whole.
[[nodiscard]] std::optional<std::string_view> read_content(ByteReader& reader, std::uint8_t tag);

/// The next element as a number of at most four bytes, for INTEGER and ENUMERATED: LDAP has no greater ones.
[[nodiscard]] std::optional<std::int32_t> read_number(ByteReader& reader, std::uint8_t tag);

/// How many bytes the element at the front announces in all, its tag and length included.
[[nodiscard]] Expected<std::size_t, Fault> announced_size(std::string_view bytes);

[[nodiscard]] std::string element(std::uint8_t tag, std::string_view content);
[[nodiscard]] std::string number(std::uint8_t tag, std::int32_t value);

}  // namespace fdnprobe::wire::ber
