// The digests that protocols are made of. None of them guards anything against the strong: RADIUS prescribes MD5.
#pragma once

#include <string>
#include <string_view>

namespace fdnprobe {

/// RFC 1321: 16 bytes.
[[nodiscard]] std::string md5(std::string_view bytes);
/// RFC 2104 with MD5: 16 bytes.
[[nodiscard]] std::string hmac_md5(std::string_view key, std::string_view bytes);
/// FIPS 180-4: 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);
/// RFC 2104 with SHA-256: 32 bytes.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// Compares in a time that does not depend on where the two differ.
[[nodiscard]] bool same_digest(std::string_view one, std::string_view other);

}  // namespace fdnprobe
