// What every answer tells the browser to keep to.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace fdnprobe::web {

/// Whatever text came from a network: no script but the page's own runs, nothing is loaded from elsewhere or sent
/// there.
inline constexpr std::string_view content_policy =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

/// Beside Content-Security-Policy and Cache-Control.
inline constexpr std::array<std::pair<std::string_view, std::string_view>, 6> security_headers{{
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    // No part of an answer is given alone: a client that asked for many parts would get many times the whole.
    {"Accept-Ranges", "none"},
}};

/// For a document that brings its style in itself: no script, and no style but this one.
[[nodiscard]] std::string policy_for_own_style(std::string_view document);

}  // namespace fdnprobe::web
