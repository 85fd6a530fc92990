// Web servers of the lab: each answers one request, and closes.
#pragma once

#include <functional>
#include <string>

#include "peers/listener.hpp"
#include "wire/http.hpp"

namespace fdnprobe::peers {

/// The response to a request.
using AnswerRequest = std::function<std::string(const wire::http::RequestLine& request)>;

/// What is no request is answered with 400.
[[nodiscard]] ServeConnection serve_requests(AnswerRequest answer);

}  // namespace fdnprobe::peers
