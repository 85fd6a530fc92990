#include "wire/smtp.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"

namespace fdnprobe::wire::smtp {
namespace {

constexpr std::size_t code_digits = 3;

Unexpected<ReplyProblem> fail(ReplyFault fault, std::string what) {
    return Unexpected<ReplyProblem>(ReplyProblem{fault, std::move(what)});
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// RFC 5321, 4.2: Reply-code = %x32-35 %x30-35 %x30-39.
bool is_code(std::string_view digits) {
    return digits[0] >= '2' && digits[0] <= '5' && digits[1] >= '0' && digits[1] <= '5';
}

/// Whether the first bytes of a line can be a reply's: three digits, and then a space, a hyphen or the line's end.
bool can_begin_line(std::string_view bytes) {
    const std::string_view digits = bytes.substr(0, code_digits);
    if (!std::all_of(digits.begin(), digits.end(), is_digit)) return false;
    return bytes.size() <= code_digits || std::string_view(" -\r\n").find(bytes[code_digits]) != std::string_view::npos;
}

}  // namespace

Expected<Reply, ReplyProblem> parse_reply(std::string_view bytes) {
    std::string_view rest = bytes.substr(0, largest_reply);
    Reply reply;
    for (;;) {
        if (!can_begin_line(rest)) {
            if (reply.lines.empty()) return fail(ReplyFault::foreign, "it does not begin with a reply code");
            return fail(ReplyFault::malformed, "a line of the reply does not begin with its code");
        }
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos) {
            if (bytes.size() < largest_reply) return fail(ReplyFault::incomplete, "the reply has not come to its end");
            return fail(ReplyFault::malformed, fmt::format("the reply is longer than {} bytes", largest_reply));
        }
        std::string_view line = rest.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        rest.remove_prefix(end + 1);
        if (!is_code(line)) return fail(ReplyFault::malformed, "the reply code is none that SMTP has");
        const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
        // RFC 5321, 4.2.1: all lines carry the same code.
        if (!reply.lines.empty() && code != reply.code)
            return fail(ReplyFault::malformed, "the lines of the reply disagree about its code");
        reply.code = code;
        // RFC 5321, 4.2: a bare code is a whole line.
        const std::string_view text = line.substr(code_digits);
        if (text.starts_with('\r')) return fail(ReplyFault::malformed, "a carriage return follows the reply code");
        reply.lines.emplace_back(text.substr(text.empty() ? 0 : 1));
        if (text.starts_with('-')) continue;
        reply.size = std::min(bytes.size(), largest_reply) - rest.size();
        return reply;
    }
}

bool offers(const Reply& reply, std::string_view keyword) {
    const std::string wanted = lower(keyword);
    return std::any_of(reply.lines.begin() + 1, reply.lines.end(), [&](const std::string& line) {
        const std::string_view text = line;
        return lower(text.substr(0, text.find(' '))) == wanted;
    });
}

std::string encode_command(Verb verb) {
    switch (verb) {
        case Verb::ehlo: return fmt::format("EHLO {}\r\n", client_name);
        case Verb::helo: return fmt::format("HELO {}\r\n", client_name);
        case Verb::quit: break;
    }
    return "QUIT\r\n";
}

std::string encode_reply(int code, std::span<const std::string_view> lines) {
    std::string reply;
    for (std::size_t index = 0; index < lines.size(); ++index)
        reply += fmt::format("{}{}{}\r\n", code, index + 1 < lines.size() ? '-' : ' ', lines[index]);
    return reply;
}

std::optional<Command> parse_command(std::string_view bytes) {
    const std::size_t end = bytes.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = trim(bytes.substr(0, end));
    const std::size_t space = line.find(' ');
    Command command;
    command.verb = line.substr(0, space);
    for (char& letter : command.verb)
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    if (space != std::string_view::npos) command.argument = trim(line.substr(space));
    command.size = end + 1;
    return command;
}

}  // namespace fdnprobe::wire::smtp
