// LDAP (RFC 4511) as far as a reachability check goes: a search for the rootDSE (RFC 4512, 5.1), what may come back,
// and the mirror of both for an emulated server. LDAP over UDP, as Active Directory speaks it (MS-ADTS, 3.1.1.2.3.1.5),
// carries the same messages; the CLDAP of RFC 1798, which put a user's name in front, is historic.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace fdnprobe::wire::ldap {

/// Some attributes of one entry are a few hundred bytes.
inline constexpr std::size_t largest_message = std::size_t{16} * 1024;

inline constexpr std::int32_t success = 0;
inline constexpr std::int32_t no_such_object = 32;

struct Attribute {
    std::string type;
    std::vector<std::string> values;
    friend bool operator==(const Attribute&, const Attribute&) = default;
};

enum class Kind : std::uint8_t {
    search,         ///< searchRequest
    unbind,         ///< unbindRequest
    entry,          ///< searchResultEntry
    reference,      ///< searchResultReference
    done,           ///< searchResultDone
    disconnection,  ///< the unsolicited notification that ends a connection (RFC 4511, 4.4.1)
    other,
};

struct Message {
    std::int32_t id = 0;
    Kind kind = Kind::other;
    std::string name;                   ///< raw; search: where it begins; entry: whose it is
    std::int32_t scope = 0;             ///< search: 0 is the object itself
    std::vector<Attribute> attributes;  ///< entry; search: those asked for, without values
    std::int32_t result = 0;            ///< done, disconnection
    std::string diagnostic;             ///< raw; done, disconnection
    std::size_t size = 0;               ///< bytes up to the next message
    friend bool operator==(const Message&, const Message&) = default;
};

/// Why bytes are not a message.
enum class MessageFault : std::uint8_t {
    incomplete,  ///< all is well so far, and more has to come
    malformed,   ///< it begins as a message and breaks the rules
    foreign,     ///< it does not even begin as a message
};

struct MessageProblem {
    MessageFault fault = MessageFault::incomplete;
    std::string what;  ///< what is wrong, without bytes from the network
    friend bool operator==(const MessageProblem&, const MessageProblem&) = default;
};

/// The message at the front of `bytes`.
[[nodiscard]] Expected<Message, MessageProblem> parse_message(std::string_view bytes);

/// The name that RFC 4511, appendix A gives a result code; empty for others.
[[nodiscard]] std::string_view result_name(std::int32_t code);

/// A search for these attributes of the rootDSE. It is anonymous: nothing is bound before.
[[nodiscard]] std::string encode_root_search(std::int32_t id, std::span<const std::string_view> attributes);
[[nodiscard]] std::string encode_unbind(std::int32_t id);

/// For emulated servers.
[[nodiscard]] std::string encode_entry(std::int32_t id, std::string_view name, std::span<const Attribute> attributes);
[[nodiscard]] std::string encode_done(std::int32_t id, std::int32_t result, std::string_view diagnostic);
[[nodiscard]] std::string encode_disconnection(std::int32_t result, std::string_view diagnostic);

}  // namespace fdnprobe::wire::ldap
