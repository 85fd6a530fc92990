#include "web/access.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include "base/digest.hpp"
#include "base/text.hpp"

namespace fdnprobe::web {
namespace {

/// RFC 4648, 4; nothing when it is not that.
std::optional<std::string> from_base64(std::string_view text) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (unsigned padding = 0; text.ends_with('=') && padding < 2; ++padding) text.remove_suffix(1);
    for (const char letter : text) {
        const std::size_t value = alphabet.find(letter);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>((bits >> count) & 0xFFU);
    }
    return bytes;
}

/// What the header gives as a secret; empty: nothing.
std::string secret_of(std::string_view authorization) {
    const std::size_t space = authorization.find(' ');
    if (space == std::string_view::npos) return {};
    const std::string scheme = lower(authorization.substr(0, space));
    const std::string_view rest = trim(authorization.substr(space));
    if (scheme == "bearer") return std::string(rest);
    if (scheme != "basic") return {};
    const auto pair = from_base64(rest);
    if (!pair) return {};
    const std::size_t colon = pair->find(':');
    return colon == std::string::npos ? std::string() : pair->substr(colon + 1);
}

/// Of one length, whatever goes in: comparing texts of two lengths would tell the length.
std::string digest(std::string_view secret) { return hmac_sha256("fdnprobe access", secret); }

}  // namespace

bool brings_token(std::string_view authorization, std::string_view token) {
    return !token.empty() && same_digest(digest(secret_of(authorization)), digest(token));
}

}  // namespace fdnprobe::web
