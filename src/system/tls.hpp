// One call on a TLS connection, and what came of it. None of these waits: whether the bytes go through memory or
// through a socket, and who waits how until more of them go, is its owner's affair. A process that uses them ignores
// SIGPIPE: OpenSSL also writes to a socket that the far end has closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include <openssl/ssl.h>

namespace fdnprobe::system {

enum class TlsEnd : std::uint8_t {
    done,         ///< the handshake is complete; or at least one byte was read or written
    wants_read,   ///< again, once there are more bytes from the far end
    wants_write,  ///< again, once bytes can go out
    closed,       ///< the far end has closed the TLS connection in order
    broken,       ///< the connection below has ended: see `system_error`
    failed,       ///< see `error`
};

struct TlsResult {
    TlsEnd end = TlsEnd::failed;
    std::size_t size = 0;     ///< bytes read or written
    unsigned long error = 0;  ///< of `broken` and `failed`, for reason_text(); 0: OpenSSL gives none
    int system_error = 0;     ///< of `broken`: errno; 0: the far end has ended it without a word
};

[[nodiscard]] TlsResult tls_handshake(SSL* ssl);
[[nodiscard]] TlsResult tls_read(SSL* ssl, std::span<char> buffer);
/// Some of the bytes, where the connection may write in parts (SSL_MODE_ENABLE_PARTIAL_WRITE); otherwise all.
[[nodiscard]] TlsResult tls_write(SSL* ssl, std::string_view bytes);
/// Says that nothing follows (RFC 8446, 6.1), if the handshake is complete. Nobody waits for the other's word.
void tls_close(SSL* ssl);

}  // namespace fdnprobe::system
