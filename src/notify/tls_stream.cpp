#include "notify/tls_stream.hpp"

#include <poll.h>

#include <cerrno>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "fdnprobe/address.hpp"

namespace fdnprobe::notify {
namespace {

Unexpected<std::string> trouble(std::string text) { return Unexpected<std::string>(std::move(text)); }

std::string openssl_text() {
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    return reason == nullptr ? "no reason is given" : reason;
}

/// Whom the certificate has to be for: a name, which also goes into SNI (RFC 6066, 3), or an address, which does not.
bool expect_host(SSL* session, const std::string& host) {
    if (Address::parse(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
    SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(session, host.c_str()) == 1 && SSL_set_tlsext_host_name(session, host.c_str()) == 1;
}

}  // namespace

Expected<TlsContext, std::string> make_tls_context(const std::vector<std::string>& ca_files) {
    ERR_clear_error();
    TlsContext context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    if (!context) return trouble("no TLS: " + openssl_text());
    // RFC 8996 deprecates what is older.
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    // A peer that sends session tickets without end would otherwise be read without end.
    SSL_CTX_clear_mode(context.get(), SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (ca_files.empty() && SSL_CTX_set_default_verify_paths(context.get()) != 1)
        return trouble("the system's CA certificates cannot be read: " + openssl_text());
    for (const std::string& file : ca_files)
        if (SSL_CTX_load_verify_file(context.get(), file.c_str()) != 1)
            return trouble(fmt::format("the CA bundle {} cannot be read: {}", file, openssl_text()));
    return context;
}

Expected<std::unique_ptr<TlsStream>, std::string> TlsStream::start(SSL_CTX& context, Descriptor socket,
                                                                   const std::string& host, const Attempt& attempt) {
    ERR_clear_error();
    const int number = socket.number();
    std::unique_ptr<TlsStream> stream(new TlsStream(std::move(socket), SSL_new(&context)));
    SSL* session = stream->session_.get();
    if (session == nullptr || SSL_set_fd(session, number) != 1 || !expect_host(session, host))
        return trouble("no TLS: " + openssl_text());
    while (true) {
        ERR_clear_error();
        errno = 0;
        const int result = SSL_connect(session);
        if (result == 1) return stream;
        if (const long verdict = SSL_get_verify_result(session); verdict != X509_V_OK)
            return trouble(fmt::format("its certificate does not hold: {}", X509_verify_cert_error_string(verdict)));
        const std::string problem = stream->wait_for(result, attempt, "no TLS handshake in time");
        if (!problem.empty()) return trouble(problem);
    }
}

TlsStream::~TlsStream() {
    // Says that nothing follows (RFC 8446, 6.1); the socket does not block, and nobody waits for the other's word.
    if (session_ && SSL_is_init_finished(session_.get()) == 1) SSL_shutdown(session_.get());
    ERR_clear_error();
}

std::string TlsStream::wait_for(int result, const Attempt& attempt, const std::string& late) {
    const int system = errno;
    switch (SSL_get_error(session_.get(), result)) {
        case SSL_ERROR_WANT_READ: return why_unless_ready(attempt.wait(socket_.number(), POLLIN), late);
        case SSL_ERROR_WANT_WRITE: return why_unless_ready(attempt.wait(socket_.number(), POLLOUT), late);
        case SSL_ERROR_ZERO_RETURN: return "it ended the connection";
        case SSL_ERROR_SYSCALL:
            return system == 0 ? "it ended the connection" : "the connection broke: " + error_text(system);
        default: return "TLS failed: " + openssl_text();
    }
}

Expected<std::size_t, std::string> TlsStream::write(const char* bytes, std::size_t size, const Attempt& attempt) {
    while (true) {
        ERR_clear_error();
        errno = 0;
        std::size_t written = 0;
        const int result = SSL_write_ex(session_.get(), bytes, size, &written);
        if (result == 1) return written;
        const std::string problem = wait_for(result, attempt, "it does not read what it is sent");
        if (!problem.empty()) return trouble(problem);
    }
}

Expected<std::size_t, std::string> TlsStream::read(char* bytes, std::size_t size, const Attempt& attempt) {
    while (true) {
        ERR_clear_error();
        errno = 0;
        std::size_t got = 0;
        const int result = SSL_read_ex(session_.get(), bytes, size, &got);
        if (result == 1) return got;
        if (SSL_get_error(session_.get(), result) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
        const std::string problem = wait_for(result, attempt, "no answer in time");
        if (!problem.empty()) return trouble(problem);
    }
}

}  // namespace fdnprobe::notify
