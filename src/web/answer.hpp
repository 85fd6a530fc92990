// An answer before it is HTTP.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fdnprobe::web {

struct Answer {
    int status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;  ///< beside those of security.hpp
    bool stream = false;                                       ///< the body goes on as a stream of events
    std::uint64_t stream_after = 0;                            ///< the last item that its reader knows of
};

inline constexpr std::string_view html_type = "text/html; charset=utf-8";
inline constexpr std::string_view json_type = "application/json";

/// A refusal as whoever asks there reads it: JSON under `/api/`, a page elsewhere. `what` is one or two sentences.
[[nodiscard]] Answer refusal(std::string_view path, int status, std::string_view what);

/// For what will be better in a moment.
[[nodiscard]] Answer busy(std::string_view path, std::string_view what);

}  // namespace fdnprobe::web
