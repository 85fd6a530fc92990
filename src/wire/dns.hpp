// DNS messages (RFC 1035): what a probe asks, what a server answers, and the framing of both over a stream.
//
// A message from the network is hostile until it is read: RFC 9267 lists what other readers got wrong. So every length
// is checked against the bytes that are there, a compression pointer must point before the piece of name that it ends
// (which alone makes every name finite), and what is kept is bounded. Questions go out without EDNS (RFC 6891), in the
// form of 1987 that every server and every device on the path understands; an OPT record in an answer is read over.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"
#include "fdnprobe/address.hpp"
#include "wire/dns_name.hpp"

namespace fdnprobe::wire::dns {

inline constexpr std::uint16_t type_a = 1;
inline constexpr std::uint16_t type_ns = 2;
inline constexpr std::uint16_t type_cname = 5;
inline constexpr std::uint16_t type_aaaa = 28;
inline constexpr std::uint16_t class_in = 1;

inline constexpr std::uint8_t rcode_noerror = 0;
inline constexpr std::uint8_t rcode_formerr = 1;
inline constexpr std::uint8_t rcode_servfail = 2;
inline constexpr std::uint8_t rcode_nxdomain = 3;
inline constexpr std::uint8_t rcode_notimp = 4;
inline constexpr std::uint8_t rcode_refused = 5;

/// The length field of RFC 1035, 4.2.2 has 16 bits.
inline constexpr std::size_t largest_message = 65535;
/// No honest answer about one name comes near it; what lies beyond is checked and not kept.
inline constexpr std::size_t most_records = 64;

struct Question {
    std::string name;
    std::uint16_t type = type_a;
    std::uint16_t record_class = class_in;
    friend bool operator==(const Question&, const Question&) = default;
};

/// A resource record. What it holds is in the field that fits its type, and in `rdata` for every other type.
struct Record {
    std::string name;
    std::uint16_t type = type_a;
    std::uint16_t record_class = class_in;
    std::uint32_t ttl = 0;
    std::optional<Address> address;  ///< A, AAAA
    std::string target;              ///< CNAME, NS: a name
    std::string rdata;               ///< raw
    friend bool operator==(const Record&, const Record&) = default;
};

struct Message {
    std::uint16_t id = 0;
    bool response = false;             ///< QR
    std::uint8_t opcode = 0;           ///< 0 is a standard query
    bool authoritative = false;        ///< AA
    bool truncated = false;            ///< TC
    bool recursion_desired = false;    ///< RD
    bool recursion_available = false;  ///< RA
    std::uint8_t rcode = rcode_noerror;
    std::vector<Question> questions;
    std::vector<Record> answers;   ///< the first `most_records` of them
    std::size_t answers_left = 0;  ///< more answers that were well-formed and are not kept
    std::size_t trailing = 0;      ///< bytes after the last record: tolerated, but no server has a reason for them
    friend bool operator==(const Message&, const Message&) = default;
};

/// The bytes of a message without authority and additional records. The failure says which name cannot be written, or
/// that the whole does not fit.
[[nodiscard]] Expected<std::string, std::string> encode(const Message& message);

/// One question of class IN.
[[nodiscard]] Expected<std::string, std::string> encode_query(std::uint16_t id, std::string_view name,
                                                              std::uint16_t type, bool recursion_desired = true);

/// What a server answers to `query`: its id, question and RD flag, and these records. The caller may set other flags
/// before it encodes.
[[nodiscard]] Message response_to(const Message& query, std::uint8_t rcode, std::vector<Record> answers);

/// Whether a message is an answer to that query: its id, and its question where it has one. Servers that could not
/// read a question may leave it out of what they answer (RFC 1035, 4.1.1: FORMERR).
[[nodiscard]] bool answers(const Message& message, const Message& query);

[[nodiscard]] Record address_record(std::string_view name, const Address& address, std::uint32_t ttl);
[[nodiscard]] Record cname_record(std::string_view name, std::string_view target, std::uint32_t ttl);

/// Reads one message; the failure says what is wrong and where.
[[nodiscard]] Expected<Message, std::string> decode(std::string_view bytes);

/// `NXDOMAIN`, or `RCODE9` for what has no name here.
[[nodiscard]] std::string rcode_name(int rcode);
/// `AAAA`, or `TYPE65` (RFC 3597, 5) for what has no name here.
[[nodiscard]] std::string type_name(int type);

// Over TCP and TLS each message follows its length in two bytes (RFC 1035, 4.2.2; RFC 7858, 3.3).

/// `message` behind its length; what does not fit a length is left away.
[[nodiscard]] std::string frame(std::string_view message);

/// How many bytes the first frame of a stream has, its length field included; nothing until that field is there.
[[nodiscard]] std::optional<std::size_t> frame_size(std::string_view stream);

/// The first message of a stream; nothing until it is whole.
[[nodiscard]] std::optional<std::string_view> unframe(std::string_view stream);

}  // namespace fdnprobe::wire::dns
