#include "net/tls_session.hpp"

#include <algorithm>
#include <utility>

#include <openssl/err.h>

#include "fdnprobe/address.hpp"

namespace fdnprobe::net {
namespace {

constexpr int longest_chain = 10;

TlsObserver* observer_of(const SSL* ssl) { return static_cast<TlsObserver*>(SSL_get_app_data(ssl)); }

void on_information(const SSL* ssl, int where, int value) {
    TlsObserver* observer = observer_of(ssl);
    if (observer == nullptr || (where & SSL_CB_ALERT) == 0) return;
    const int alert = value & 0xFF;
    constexpr int close_notify = 0;
    if (alert != close_notify && observer->alert) observer->alert((where & SSL_CB_READ) != 0, alert);
}

int on_certificate_request(SSL* ssl, X509**, EVP_PKEY**) {
    TlsObserver* observer = observer_of(ssl);
    if (observer != nullptr && observer->certificate_requested) observer->certificate_requested();
    return 0;  // there is none to give
}

int accept_every_chain(X509_STORE_CTX*, void*) { return 1; }

int accept_every_staple(SSL*, void*) { return 1; }

}  // namespace

system::SslContext make_client_context() {
    system::SslContext context(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // Appliances come with RSA-1024 and SHA-1 to this day; the judge looks at names and issuers, not at key lengths.
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_cert_verify_callback(context.get(), accept_every_chain, nullptr);
    SSL_CTX_set_client_cert_cb(context.get(), on_certificate_request);
    SSL_CTX_set_info_callback(context.get(), on_information);
    SSL_CTX_set_tlsext_status_cb(context.get(), accept_every_staple);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE);
    return context;
}

TlsSession::TlsSession(SSL_CTX* context) : ssl_(SSL_new(context)) {
    SSL_set_bio(ssl_.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
}

TlsSession::TlsSession(TlsSession&&) noexcept = default;
TlsSession& TlsSession::operator=(TlsSession&&) noexcept = default;
TlsSession::~TlsSession() = default;

TlsSession TlsSession::client(SSL_CTX* context, const std::string& server_name, TlsObserver observer) {
    TlsSession session(context);
    session.observer_ = std::make_unique<TlsObserver>(std::move(observer));
    SSL* ssl = session.ssl_.get();
    SSL_set_app_data(ssl, session.observer_.get());
    SSL_set_connect_state(ssl);
    if (!server_name.empty() && !Address::parse(server_name)) SSL_set_tlsext_host_name(ssl, server_name.c_str());
    SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
    return session;
}

TlsSession TlsSession::server(SSL_CTX* context) {
    TlsSession session(context);
    SSL_set_accept_state(session.ssl_.get());
    return session;
}

void TlsSession::feed(std::string_view bytes) {
    BIO_write(SSL_get_rbio(ssl_.get()), bytes.data(), static_cast<int>(bytes.size()));
}

std::string TlsSession::take_output() {
    BIO* out = SSL_get_wbio(ssl_.get());
    std::string bytes(BIO_ctrl_pending(out), '\0');
    if (!bytes.empty()) BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
    return bytes;
}

TlsSession::Status TlsSession::status_of(const system::TlsResult& result) {
    using system::TlsEnd;
    switch (result.end) {
        case TlsEnd::done: return Status::done;
        case TlsEnd::wants_read:
        case TlsEnd::wants_write: return Status::wants;
        case TlsEnd::closed: return Status::closed;
        case TlsEnd::broken:
        case TlsEnd::failed: break;
    }
    error_ = ERR_GET_REASON(result.error);
    error_text_ = system::reason_text(result.error);
    return Status::failed;
}

TlsSession::Status TlsSession::handshake() { return status_of(system::tls_handshake(ssl_.get())); }

TlsSession::Status TlsSession::read(std::span<char> buffer, std::size_t& size) {
    const system::TlsResult result = system::tls_read(ssl_.get(), buffer);
    size = result.size;
    return status_of(result);
}

TlsSession::Status TlsSession::write(std::string_view bytes) {
    // The output is memory: it takes everything, one record at a time.
    while (!bytes.empty()) {
        const system::TlsResult result = system::tls_write(ssl_.get(), bytes);
        if (result.end != system::TlsEnd::done) return status_of(result);
        bytes.remove_prefix(result.size);
    }
    return Status::done;
}

void TlsSession::close_notify() { system::tls_close(ssl_.get()); }

std::string TlsSession::version() const { return SSL_get_version(ssl_.get()); }

std::string TlsSession::cipher() const { return SSL_get_cipher_name(ssl_.get()); }

std::string TlsSession::alpn() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &name, &size);
    return size == 0 ? std::string() : std::string(reinterpret_cast<const char*>(name), size);
}

std::vector<system::Certificate> TlsSession::chain() const {
    std::vector<system::Certificate> certificates;
    const STACK_OF(X509)* sent = SSL_get_peer_cert_chain(ssl_.get());
    for (int index = 0; sent != nullptr && index < sk_X509_num(sent) && index < longest_chain; ++index) {
        X509* certificate = sk_X509_value(sent, index);
        // Some servers send one twice: what it says does not change by that.
        const bool known = std::any_of(certificates.begin(), certificates.end(), [&](const system::Certificate& one) {
            return X509_cmp(one.get(), certificate) == 0;
        });
        if (!known) certificates.push_back(system::share(certificate));
    }
    return certificates;
}

std::string TlsSession::staple() const {
    const unsigned char* der = nullptr;
    const long size = SSL_get_tlsext_status_ocsp_resp(ssl_.get(), &der);
    return der == nullptr || size <= 0
               ? std::string()
               : std::string(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
}

}  // namespace fdnprobe::net
