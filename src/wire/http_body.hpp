// What stands behind the head of an HTTP/1.1 response (RFC 9112, 6 and 7.1), as far as it has come. Only short answers
// are read: nothing here waits for the end of a long one.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wire/http.hpp"

namespace fdnprobe::wire::http {

struct Body {
    std::string bytes;       ///< freed of what a transfer puts between them
    bool complete = false;   ///< its end is there
    bool malformed = false;  ///< its length or its chunks break the rules; `bytes` is what came before that
    friend bool operator==(const Body&, const Body&) = default;
};

/// `response` is all that came, the head included. `ended`: the connection is at its end, which is also the end of a
/// body that says no length.
[[nodiscard]] Body read_body(const ResponseHead& head, std::string_view response, bool ended);

/// The fixed form of a date, the only one that is still sent: `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_date(std::string_view text);

}  // namespace fdnprobe::wire::http
