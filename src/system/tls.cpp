#include "system/tls.hpp"

#include <cerrno>

#include <openssl/err.h>

#include "system/openssl.hpp"

namespace fdnprobe::system {
namespace {

TlsEnd end_of(int error) {
    switch (error) {
        case SSL_ERROR_NONE: return TlsEnd::done;
        case SSL_ERROR_WANT_READ: return TlsEnd::wants_read;
        case SSL_ERROR_WANT_WRITE: return TlsEnd::wants_write;
        case SSL_ERROR_ZERO_RETURN: return TlsEnd::closed;
        case SSL_ERROR_SYSCALL: return TlsEnd::broken;
        default: return TlsEnd::failed;
    }
}

/// SSL_get_error() looks at the thread's errors, so that those of earlier calls have to be gone before.
template <class Call>
TlsResult outcome_of(SSL* ssl, Call call) {
    TlsResult result;
    ERR_clear_error();
    errno = 0;
    const int code = call(result.size);
    const int system_error = errno;
    result.end = end_of(SSL_get_error(ssl, code));
    result.error = take_first_error();
    if (result.end == TlsEnd::broken) result.system_error = system_error;
    return result;
}

}  // namespace

TlsResult tls_handshake(SSL* ssl) {
    return outcome_of(ssl, [&](std::size_t&) { return SSL_do_handshake(ssl); });
}

TlsResult tls_read(SSL* ssl, std::span<char> buffer) {
    return outcome_of(ssl, [&](std::size_t& size) { return SSL_read_ex(ssl, buffer.data(), buffer.size(), &size); });
}

TlsResult tls_write(SSL* ssl, std::string_view bytes) {
    return outcome_of(ssl, [&](std::size_t& size) { return SSL_write_ex(ssl, bytes.data(), bytes.size(), &size); });
}

void tls_close(SSL* ssl) {
    ERR_clear_error();
    SSL_shutdown(ssl);
    ERR_clear_error();
}

}  // namespace fdnprobe::system
