// HTTP/1.1 (RFC 9112) as far as a reachability check goes: one request, the head of one response, and the mirror of
// both for an emulated server. Bodies are not read. What real servers get away with is tolerated (bare LF, folded
// headers, no reason phrase); what no HTTP server sends is told apart from what merely has not come yet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"

namespace fdnprobe::wire::http {

/// Servers refuse request heads of this size; a response head is smaller still.
inline constexpr std::size_t largest_head = std::size_t{16} * 1024;
/// Ten times what a usual response has.
inline constexpr std::size_t most_headers = 100;

struct Header {
    std::string name;
    std::string value;
    friend bool operator==(const Header&, const Header&) = default;
};

/// Why bytes are not a head.
enum class HeadFault : std::uint8_t {
    incomplete,  ///< all is well so far, and more has to come
    malformed,   ///< it begins as HTTP and breaks its rules
    foreign,     ///< it does not even begin as HTTP
};

struct HeadProblem {
    HeadFault fault = HeadFault::incomplete;
    std::string what;  ///< what is wrong, without bytes from the network
    friend bool operator==(const HeadProblem&, const HeadProblem&) = default;
};

struct ResponseHead {
    std::string version;  ///< `1.1`
    int status = 0;       ///< 100 to 999
    std::string reason;   ///< raw, often empty
    std::vector<Header> headers;
    std::size_t size = 0;  ///< bytes up to the body

    /// The value of the first header of that name, whatever its case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    friend bool operator==(const ResponseHead&, const ResponseHead&) = default;
};

struct RequestLine {
    std::string method;
    std::string target;
    std::string version;  ///< `1.1`
};

/// A GET that asks the server to close afterwards. `host` is the value of the Host header, with its port where that is
/// not 80. Neither may hold spaces or control characters; where they do, those are left away.
[[nodiscard]] std::string encode_get(std::string_view host, std::string_view path);
/// The same without the body of the answer (RFC 9110, 9.3.2).
[[nodiscard]] std::string encode_head(std::string_view host, std::string_view path);

[[nodiscard]] Expected<ResponseHead, HeadProblem> parse_response_head(std::string_view bytes);

/// What asks a proxy for a tunnel to `authority`, HOST:PORT (RFC 9110, 9.3.6). `credentials`, USER:PASSWORD, are sent
/// as RFC 7617 has it; empty: none are.
[[nodiscard]] std::string encode_connect(std::string_view authority, std::string_view credentials);

/// The proxy's answer to that. Interim answers (RFC 9110, 15.2) are passed over, and `size` counts them too; after a
/// 2xx all that follows belongs to the tunnel, whatever the headers say of a length.
[[nodiscard]] Expected<ResponseHead, HeadProblem> parse_connect_answer(std::string_view bytes);

/// A response with its length, which ends the connection. For emulated servers.
[[nodiscard]] std::string encode_response(int status, std::string_view reason, std::span<const Header> headers,
                                          std::string_view body);

/// The first line of a request. For emulated servers.
[[nodiscard]] Expected<RequestLine, HeadProblem> parse_request_line(std::string_view bytes);

/// How many bytes a head has, its blank line included; nothing until that line is there.
[[nodiscard]] std::optional<std::size_t> head_size(std::string_view bytes);

}  // namespace fdnprobe::wire::http
