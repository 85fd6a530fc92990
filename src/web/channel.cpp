#include "web/channel.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <openssl/err.h>

#include "base/text.hpp"
#include "system/tls.hpp"

namespace fdnprobe::web {
namespace {

std::string last_tls_error() { return system::reason_text(system::take_last_error(), "OpenSSL does not say why"); }

Unexpected<std::string> wrong(const std::string& what, const std::string& file) {
    return Unexpected<std::string>(what + " " + printable(file) + ": " + last_tls_error() + ".");
}

Channel::Result after_tls(system::TlsEnd end) {
    if (end == system::TlsEnd::wants_read) return Channel::Result::wants_read;
    if (end == system::TlsEnd::wants_write) return Channel::Result::wants_write;
    return Channel::Result::ended;
}

}  // namespace

Expected<system::SslContext, std::string> server_context(const std::string& certificate_file,
                                                         const std::string& key_file) {
    ERR_clear_error();
    system::SslContext context(SSL_CTX_new(TLS_server_method()));
    if (context == nullptr) return Unexpected<std::string>("TLS cannot be used: " + last_tls_error() + ".");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(),
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    // A service has nobody to ask for a passphrase.
    SSL_CTX_set_default_passwd_cb(context.get(), [](char*, int, int, void*) { return 0; });
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1)
        return wrong("cannot use the certificate in", certificate_file);
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        return wrong("cannot use the private key in", key_file);
    if (SSL_CTX_check_private_key(context.get()) != 1)
        return wrong("the certificate in " + printable(certificate_file) + " is not that of the private key in",
                     key_file);
    return context;
}

Channel::Channel(system::Descriptor socket, SSL_CTX* context) : socket_(std::move(socket)) {
    if (context == nullptr) return;
    ssl_.reset(SSL_new(context));
    if (ssl_ == nullptr || SSL_set_fd(ssl_.get(), socket_.number()) != 1) {
        socket_.close();
        return;
    }
    SSL_set_accept_state(ssl_.get());
}

Channel::Result Channel::read(std::string& bytes, std::size_t most) {
    std::array<char, 4096> buffer;
    while (most > 0) {
        const std::size_t wanted = std::min(most, buffer.size());
        if (ssl_ != nullptr) {
            const system::TlsResult got = system::tls_read(ssl_.get(), {buffer.data(), wanted});
            if (got.end != system::TlsEnd::done) return after_tls(got.end);
            bytes.append(buffer.data(), got.size);
            most -= got.size;
            continue;
        }
        const ssize_t count = ::recv(socket_.number(), buffer.data(), wanted, 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN ? Result::wants_read : Result::ended;
        if (count == 0) return Result::ended;
        bytes.append(buffer.data(), static_cast<std::size_t>(count));
        most -= static_cast<std::size_t>(count);
    }
    return Result::done;
}

Channel::Result Channel::write(std::string_view bytes, std::size_t& written) {
    while (written < bytes.size()) {
        const std::string_view rest = bytes.substr(written);
        if (ssl_ != nullptr) {
            const system::TlsResult sent = system::tls_write(ssl_.get(), rest);
            if (sent.end != system::TlsEnd::done) return after_tls(sent.end);
            written += sent.size;
            continue;
        }
        const ssize_t count = ::send(socket_.number(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN ? Result::wants_write : Result::ended;
        written += static_cast<std::size_t>(count);
    }
    return Result::done;
}

void Channel::finish() {
    if (ssl_ != nullptr) system::tls_close(ssl_.get());
    ::shutdown(socket_.number(), SHUT_WR);
}

}  // namespace fdnprobe::web
