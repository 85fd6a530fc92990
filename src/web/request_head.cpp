#include "web/request_head.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "web/limits.hpp"

namespace fdnprobe::web {
namespace {

/// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || marks.find(letter) != std::string_view::npos;
    });
}

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == '\x7f'; }

/// What a target may hold: visible ASCII. Whoever means something else writes it in percents.
bool is_visible(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char letter) { return letter > ' ' && letter < '\x7f'; });
}

Unexpected<BadHead> bad(int status, std::string what) { return Unexpected<BadHead>(BadHead{status, std::move(what)}); }

std::optional<BadHead> read_request_line(std::string_view line, RequestHead& head, bool& old) {
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || first == last) return BadHead{400, "The first line is no request."};
    const std::string_view method = line.substr(0, first);
    std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);
    if (!is_token(method) || !is_visible(target) || target.empty())
        return BadHead{400, "The first line is no request."};
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        if (!version.starts_with("HTTP/")) return BadHead{400, "The first line is no request."};
        return BadHead{505, "This server speaks HTTP/1.1 and HTTP/1.0."};
    }
    old = version == "HTTP/1.0";
    if (target.size() > limits::target_bytes) return BadHead{414, "The address is longer than any that is here."};
    head.method = method;

    // RFC 9112, 3.2.2: a server has to take the absolute form too, whose host replaces the header's.
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (lower(target.substr(0, scheme.size())) != scheme) continue;
        target.remove_prefix(scheme.size());
        const std::size_t slash = std::min(target.find_first_of("/?"), target.size());
        head.host = target.substr(0, slash);
        if (head.host.empty()) return BadHead{400, "The address has no host."};
        target.remove_prefix(slash);
        head.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
        break;
    }
    if (head.target.empty()) head.target = target;
    if (!head.target.starts_with('/') || head.target.find('#') != std::string::npos)
        return BadHead{400, "The address is not a path of this server."};
    return std::nullopt;
}

/// The elements of a list, in lower case (RFC 9110, 5.6.1).
bool lists(std::string_view value, std::string_view word) {
    for (const std::string& one : split(value, ','))
        if (lower(trim(one)) == word) return true;
    return false;
}

/// What the header fields said that is not in RequestHead.
struct Fields {
    std::size_t hosts = 0;
    std::string host;
    std::size_t authorizations = 0;
    bool keep_alive = false;
    bool body = false;
};

std::optional<BadHead> read_field(std::string_view line, RequestHead& head, Fields& fields) {
    const std::size_t colon = line.find(':');
    // A line that begins with a space continues the one before it: RFC 9112, 5.2 lets a server refuse that.
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return BadHead{400, "A header line has no name."};
    const std::string name = lower(line.substr(0, colon));
    const std::string_view value = trim(line.substr(colon + 1));
    if (name == "host") {
        ++fields.hosts;
        fields.host = value;
    } else if (name == "authorization") {
        ++fields.authorizations;
        head.authorization = value;
    } else if (name == "last-event-id") {
        head.last_event_id = value;
    } else if (name == "if-none-match") {
        head.if_none_match = value;
    } else if (name == "connection") {
        head.close = head.close || lists(value, "close");
        fields.keep_alive = fields.keep_alive || lists(value, "keep-alive");
    } else if (name == "transfer-encoding" || (name == "content-length" && value != "0")) {
        fields.body = true;
    } else if (name == "expect") {
        // What it asks for is to be told to send its body, and no body is wanted.
        if (lower(value) != "100-continue") return BadHead{417, "This server knows no such expectation."};
        fields.body = true;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::size_t> end_of_head(std::string_view bytes) {
    // A line that ends without its CR is refused by read_head, which has to get to see it.
    const std::size_t right = bytes.find("\r\n\r\n");
    const std::size_t bare = bytes.find("\n\n");
    const std::size_t mixed = bytes.find("\n\r\n");
    std::size_t end = std::string_view::npos;
    if (right != std::string_view::npos) end = right + 4;
    if (bare != std::string_view::npos) end = std::min(end, bare + 2);
    if (mixed != std::string_view::npos) end = std::min(end, mixed + 3);
    if (end == std::string_view::npos) return std::nullopt;
    return end;
}

Expected<RequestHead, BadHead> read_head(std::string_view bytes) {
    if (bytes.size() > limits::head_bytes) return bad(431, "The head of the request is too long.");
    if (!bytes.ends_with("\r\n\r\n")) return bad(400, "A line ends without its carriage return.");
    bytes.remove_suffix(2);

    RequestHead head;
    Fields fields;
    bool old = false;
    for (std::size_t count = 0; !bytes.empty(); ++count) {
        const std::size_t end = bytes.find("\r\n");
        if (end == std::string_view::npos) return bad(400, "A line ends without its line feed.");
        const std::string_view line = bytes.substr(0, end);
        bytes.remove_prefix(end + 2);
        if (std::any_of(line.begin(), line.end(), [](char letter) { return is_control(letter) && letter != '\t'; }))
            return bad(400, "There is a control character in the head of the request.");
        if (count > limits::header_lines) return bad(431, "The request has too many header lines.");
        if (const auto wrong = count == 0 ? read_request_line(line, head, old) : read_field(line, head, fields))
            return Unexpected<BadHead>(*wrong);
    }
    // RFC 9112, 3.2.
    if (fields.hosts > 1 || (fields.hosts == 0 && !old)) return bad(400, "The request has to name its host once.");
    if (head.host.empty()) head.host = fields.host;
    if (fields.authorizations > 1) return bad(400, "The request has more than one Authorization.");
    if (old && !fields.keep_alive) head.close = true;
    // No body is ever read: what follows the head is not the next request, and nothing may take it for one.
    if (fields.body) head.close = true;
    return head;
}

}  // namespace fdnprobe::web
