// The head of a request, as strictly as RFC 9112 lets a server read it: what two readers could understand differently
// is refused, and what is kept of it is only what this server answers to.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.hpp"

namespace fdnprobe::web {

struct RequestHead {
    std::string method;
    std::string target;         ///< begins with '/'
    std::string host;           ///< as it was sent; empty: HTTP/1.0 without one
    std::string authorization;  ///< empty: none
    std::string last_event_id;
    std::string if_none_match;
    bool close = false;  ///< the connection ends with the answer
};

/// What is answered to a head that is none.
struct BadHead {
    int status = 400;
    std::string what;  ///< one sentence
};

/// Where the head ends, behind its empty line; nothing while it has not.
[[nodiscard]] std::optional<std::size_t> end_of_head(std::string_view bytes);

/// Reads a head with its empty line.
[[nodiscard]] Expected<RequestHead, BadHead> read_head(std::string_view bytes);

}  // namespace fdnprobe::web
