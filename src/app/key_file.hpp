// A new key for two-ended checks: random, and nobody's but its owner's.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/expected.hpp"
#include "model/problem.hpp"

namespace fdnprobe::app {

/// The key's name in a site's [secrets].
inline constexpr std::string_view responder_secret = "responder";
/// As many bytes as HMAC-SHA-256 gives (RFC 2104, 3: shorter ones weaken it).
inline constexpr std::size_t key_bytes = 32;
/// In the file a byte is two letters; somebody's own key may use more of the alphabet.
inline constexpr std::size_t shortest_key = 32;

/// Writes a new file with mode 0600; a file that is there already stays as it is. Nothing, or why it failed.
[[nodiscard]] std::optional<std::string> make_key_file(const std::string& path);

/// A new file with mode 0600 for a secret that somebody typed; a file that is there already stays as it is. Nothing, or
/// why it failed.
[[nodiscard]] std::optional<std::string> make_secret_file(const std::string& path, std::string_view secret);

/// The key in a file, which only its owner can read (config/load.hpp), and which is long enough.
[[nodiscard]] Expected<std::string, Problem> read_key_file(const std::string& path);

}  // namespace fdnprobe::app
