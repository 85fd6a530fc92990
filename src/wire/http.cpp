#include "wire/http.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "base/version.hpp"

namespace fdnprobe::wire::http {
namespace {

constexpr std::string_view protocol = "HTTP/";

Unexpected<HeadProblem> fail(HeadFault fault, std::string what) {
    return Unexpected<HeadProblem>(HeadProblem{fault, std::move(what)});
}

Unexpected<HeadProblem> incomplete() { return fail(HeadFault::incomplete, "the head has not come to its end"); }

/// Takes a line off the front, without its end; nothing until its end is there. A bare LF ends a line (RFC 9112, 2.2).
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    text.remove_prefix(end + 1);
    return line;
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// RFC 9110, 5.6.2.
bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char letter) {
        return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               std::string_view("!#$%&'*+-.^_`|~").find(letter) != std::string_view::npos;
    });
}

/// `HTTP/1.1` -> `1.1`.
std::optional<std::string_view> version_of(std::string_view text) {
    if (!text.starts_with(protocol)) return std::nullopt;
    const std::string_view version = text.substr(protocol.size());
    if (version.size() != 3 || !is_digit(version[0]) || version[1] != '.' || !is_digit(version[2])) return std::nullopt;
    return version;
}

bool read_status_line(std::string_view line, ResponseHead& head) {
    const std::size_t space = line.find(' ');
    const auto version = version_of(line.substr(0, space));
    if (!version || space == std::string_view::npos) return false;
    const std::string_view rest = line.substr(space + 1);
    const auto status = parse_number(rest.substr(0, 3), 100, 999);
    if (!status || (rest.size() > 3 && rest[3] != ' ')) return false;
    head.version = *version;
    head.status = static_cast<int>(*status);
    if (rest.size() > 4) head.reason = trim(rest.substr(4));
    return true;
}

/// Adds a line to the headers; the failure says what is wrong with it.
std::optional<std::string> read_header_line(std::string_view line, std::vector<Header>& headers) {
    if (line.front() == ' ' || line.front() == '\t') {
        // RFC 9112, 5.2: a folded line continues the value above it.
        if (headers.empty()) return "the first header line continues nothing";
        std::string& value = headers.back().value;
        if (!value.empty()) value += ' ';
        value += trim(line);
        return std::nullopt;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return "a header line has no colon";
    const std::string_view name = trim(line.substr(0, colon));
    if (!is_token(name)) return "a header's name is not one";
    if (headers.size() == most_headers) return fmt::format("the head has more than {} headers", most_headers);
    headers.push_back({std::string(name), std::string(trim(line.substr(colon + 1)))});
    return std::nullopt;
}

/// What may stand in a request line or a Host header without ending it.
std::string visible(std::string_view text) {
    std::string kept;
    std::copy_if(text.begin(), text.end(), std::back_inserter(kept),
                 [](char letter) { return letter > 0x20 && letter < 0x7F; });
    return kept;
}

/// A text inside a line: its control characters become spaces.
std::string one_line(std::string_view text) {
    std::string line(text);
    std::replace_if(
        line.begin(), line.end(), [](char letter) { return static_cast<unsigned char>(letter) < 0x20; }, ' ');
    return line;
}

std::string encode_request(std::string_view method, std::string_view host, std::string_view path) {
    return fmt::format(
        "{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: fdnprobe/{}\r\nAccept: */*\r\nConnection: close\r\n\r\n", method,
        visible(path), visible(host), version());
}

}  // namespace

std::optional<std::string_view> ResponseHead::header(std::string_view name) const {
    const std::string wanted = lower(name);
    const auto found = std::find_if(headers.begin(), headers.end(),
                                    [&](const Header& header) { return lower(header.name) == wanted; });
    if (found == headers.end()) return std::nullopt;
    return found->value;
}

std::string encode_get(std::string_view host, std::string_view path) { return encode_request("GET", host, path); }

std::string encode_head(std::string_view host, std::string_view path) { return encode_request("HEAD", host, path); }

Expected<ResponseHead, HeadProblem> parse_response_head(std::string_view bytes) {
    const std::string_view beginning = bytes.substr(0, protocol.size());
    if (!protocol.starts_with(beginning)) return fail(HeadFault::foreign, "it does not begin with HTTP/");
    std::string_view rest = bytes.substr(0, largest_head);
    const auto not_yet = [&] {
        if (bytes.size() < largest_head) return incomplete();
        return fail(HeadFault::malformed, fmt::format("the head is longer than {} bytes", largest_head));
    };
    const auto status_line = take_line(rest);
    if (!status_line) return not_yet();
    ResponseHead head;
    if (!read_status_line(*status_line, head)) return fail(HeadFault::malformed, "the status line is not one");
    for (;;) {
        const auto line = take_line(rest);
        if (!line) return not_yet();
        if (line->empty()) break;
        if (auto wrong = read_header_line(*line, head.headers)) return fail(HeadFault::malformed, *std::move(wrong));
    }
    head.size = std::min(bytes.size(), largest_head) - rest.size();
    return head;
}

std::string encode_connect(std::string_view authority, std::string_view credentials) {
    const std::string place = visible(authority);
    return fmt::format(
        "CONNECT {0} HTTP/1.1\r\nHost: {0}\r\nUser-Agent: fdnprobe/{1}\r\n{2}\r\n", place, version(),
        credentials.empty() ? std::string() : fmt::format("Proxy-Authorization: Basic {}\r\n", base64(credentials)));
}

Expected<ResponseHead, HeadProblem> parse_connect_answer(std::string_view bytes) {
    std::size_t passed = 0;
    for (;;) {
        auto head = parse_response_head(bytes.substr(passed));
        if (!head) {
            if (head.error().fault == HeadFault::incomplete && bytes.size() >= largest_head)
                return fail(HeadFault::malformed, fmt::format("the head is longer than {} bytes", largest_head));
            return head;
        }
        head->size += passed;
        // 101 is no interim answer: it would be the end of HTTP on this connection.
        constexpr int switching_protocols = 101;
        if (head->status >= 200 || head->status == switching_protocols) return head;
        passed = head->size;
    }
}

std::string encode_response(int status, std::string_view reason, std::span<const Header> headers,
                            std::string_view body) {
    std::string response = fmt::format("HTTP/1.1 {} {}\r\n", status, one_line(reason));
    for (const Header& header : headers)
        response += fmt::format("{}: {}\r\n", visible(header.name), one_line(header.value));
    response += fmt::format("Content-Length: {}\r\nConnection: close\r\n\r\n", body.size());
    response += body;
    return response;
}

Expected<RequestLine, HeadProblem> parse_request_line(std::string_view bytes) {
    std::string_view rest = bytes.substr(0, largest_head);
    const auto line = take_line(rest);
    if (!line) {
        if (bytes.size() < largest_head) return incomplete();
        return fail(HeadFault::malformed, fmt::format("the head is longer than {} bytes", largest_head));
    }
    const std::vector<std::string> words = split(*line, ' ');
    const auto version = version_of(words.back());
    if (!version) return fail(HeadFault::foreign, "the first line does not end with a version of HTTP");
    if (words.size() != 3 || !is_token(words[0]) || words[1].empty())
        return fail(HeadFault::malformed, "the request line is not a method, a target and a version");
    return RequestLine{words[0], words[1], std::string(*version)};
}

std::optional<std::size_t> head_size(std::string_view bytes) {
    std::string_view rest = bytes;
    while (const auto line = take_line(rest))
        if (line->empty()) return bytes.size() - rest.size();
    return std::nullopt;
}

}  // namespace fdnprobe::wire::http
