// SMTP (RFC 5321) as far as a reachability check goes: replies, the commands that greet and part, and the mirror of
// both for an emulated server. What real servers get away with is tolerated (bare LF, long lines); what no SMTP server
// sends is told apart from what merely has not come yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace fdnprobe::wire::smtp {

/// RFC 5321, 4.5.3.1.5 allows 512 bytes a line, and an EHLO reply seldom has twenty of them.
inline constexpr std::size_t largest_reply = std::size_t{16} * 1024;

/// What a client calls itself here. RFC 5321, 4.1.1.1 wants a domain or an address literal after EHLO. The true name
/// and address of this host are its identity and are not told; [127.0.0.1] is somebody's address, and servers refuse
/// it as a forgery; a name under .invalid (RFC 6761, 6.4) is a well-formed domain that can be nobody's, and in the
/// server's log it says who came by. RFC 5321, 4.1.4 has servers accept a name that they cannot verify.
inline constexpr std::string_view client_name = "fdnprobe.invalid";

struct Reply {
    int code = 0;                    ///< 200 to 559
    std::vector<std::string> lines;  ///< the text of each line, raw; at least one
    std::size_t size = 0;            ///< bytes up to the next reply

    friend bool operator==(const Reply&, const Reply&) = default;
};

/// Why bytes are not a reply.
enum class ReplyFault : std::uint8_t {
    incomplete,  ///< all is well so far, and more has to come
    malformed,   ///< it begins as a reply and breaks the rules
    foreign,     ///< it does not even begin as a reply
};

struct ReplyProblem {
    ReplyFault fault = ReplyFault::incomplete;
    std::string what;  ///< what is wrong, without bytes from the network
    friend bool operator==(const ReplyProblem&, const ReplyProblem&) = default;
};

/// The reply at the front of `bytes` (RFC 5321, 4.2), all of its lines.
[[nodiscard]] Expected<Reply, ReplyProblem> parse_reply(std::string_view bytes);

/// Whether an EHLO reply offers that extension (RFC 5321, 4.1.1.1): a keyword on a line after the first, in any case.
[[nodiscard]] bool offers(const Reply& reply, std::string_view keyword);

enum class Verb : std::uint8_t { ehlo, helo, quit };

/// The line of a command; the greetings carry `client_name`.
[[nodiscard]] std::string encode_command(Verb verb);

/// A reply of these lines. For emulated servers. Precondition: there is a line.
[[nodiscard]] std::string encode_reply(int code, std::span<const std::string_view> lines);

struct Command {
    std::string verb;      ///< in upper case
    std::string argument;  ///< raw
    std::size_t size = 0;  ///< bytes up to the next command
};

/// The command at the front of `bytes`; nothing until the end of its line is there. For emulated servers.
[[nodiscard]] std::optional<Command> parse_command(std::string_view bytes);

}  // namespace fdnprobe::wire::smtp
