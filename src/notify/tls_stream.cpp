#include "notify/tls_stream.hpp"

#include <poll.h>

#include <utility>

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "fdnprobe/address.hpp"

namespace fdnprobe::notify {
namespace {

Unexpected<std::string> trouble(std::string text) { return Unexpected<std::string>(std::move(text)); }

std::string words_of(unsigned long error) { return system::reason_text(error, "no reason is given"); }

/// Whom the certificate has to be for: a name, which also goes into SNI (RFC 6066, 3), or an address, which does not.
bool expect_host(SSL* session, const std::string& host) {
    if (Address::parse(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host.c_str()) == 1;
    SSL_set_hostflags(session, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(session, host.c_str()) == 1 && SSL_set_tlsext_host_name(session, host.c_str()) == 1;
}

}  // namespace

Expected<system::SslContext, std::string> make_tls_context(const std::vector<std::string>& ca_files) {
    ERR_clear_error();
    system::SslContext context(SSL_CTX_new(TLS_client_method()));
    if (!context) return trouble("no TLS: " + words_of(system::take_first_error()));
    // RFC 8996 deprecates what is older.
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    // A peer that sends session tickets without end would otherwise be read without end.
    SSL_CTX_clear_mode(context.get(), SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (ca_files.empty() && SSL_CTX_set_default_verify_paths(context.get()) != 1)
        return trouble("the system's CA certificates cannot be read: " + words_of(system::take_first_error()));
    for (const std::string& file : ca_files)
        if (SSL_CTX_load_verify_file(context.get(), file.c_str()) != 1)
            return trouble(
                fmt::format("the CA bundle {} cannot be read: {}", file, words_of(system::take_first_error())));
    return context;
}

Expected<std::unique_ptr<TlsStream>, std::string> TlsStream::start(SSL_CTX& context, system::Descriptor socket,
                                                                   const std::string& host, const Attempt& attempt) {
    ERR_clear_error();
    system::Ssl session(SSL_new(&context));
    if (session == nullptr || SSL_set_fd(session.get(), socket.number()) != 1 || !expect_host(session.get(), host))
        return trouble("no TLS: " + words_of(system::take_first_error()));
    SSL_set_connect_state(session.get());
    std::unique_ptr<TlsStream> stream(new TlsStream(std::move(socket), std::move(session)));
    while (true) {
        const system::TlsResult result = system::tls_handshake(stream->session_.get());
        if (result.end == system::TlsEnd::done) return stream;
        if (const long verdict = SSL_get_verify_result(stream->session_.get()); verdict != X509_V_OK)
            return trouble(fmt::format("its certificate does not hold: {}", X509_verify_cert_error_string(verdict)));
        const std::string problem = stream->wait_for(result, attempt, "no TLS handshake in time");
        if (!problem.empty()) return trouble(problem);
    }
}

TlsStream::~TlsStream() { system::tls_close(session_.get()); }

std::string TlsStream::wait_for(const system::TlsResult& result, const Attempt& attempt, const std::string& late) {
    using system::TlsEnd;
    switch (result.end) {
        case TlsEnd::wants_read: return why_unless_ready(attempt.wait(socket_.number(), POLLIN), late);
        case TlsEnd::wants_write: return why_unless_ready(attempt.wait(socket_.number(), POLLOUT), late);
        case TlsEnd::closed: return "it ended the connection";
        case TlsEnd::broken:
            return result.system_error == 0 ? "it ended the connection"
                                            : "the connection broke: " + error_text(result.system_error);
        case TlsEnd::done:
        case TlsEnd::failed: break;
    }
    return "TLS failed: " + words_of(result.error);
}

Expected<std::size_t, std::string> TlsStream::write(const char* bytes, std::size_t size, const Attempt& attempt) {
    while (true) {
        const system::TlsResult result = system::tls_write(session_.get(), {bytes, size});
        if (result.end == system::TlsEnd::done) return result.size;
        const std::string problem = wait_for(result, attempt, "it does not read what it is sent");
        if (!problem.empty()) return trouble(problem);
    }
}

Expected<std::size_t, std::string> TlsStream::read(char* bytes, std::size_t size, const Attempt& attempt) {
    while (true) {
        const system::TlsResult result = system::tls_read(session_.get(), {bytes, size});
        if (result.end == system::TlsEnd::done) return result.size;
        if (result.end == system::TlsEnd::closed) return std::size_t{0};
        const std::string problem = wait_for(result, attempt, "no answer in time");
        if (!problem.empty()) return trouble(problem);
    }
}

}  // namespace fdnprobe::notify
