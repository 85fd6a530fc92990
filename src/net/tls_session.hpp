// A TLS connection without a socket: bytes go in, bytes come out. The client observes rather than enforces: every chain
// is accepted, recorded and judged afterwards, so that the far end sees no failure that this program caused and the
// report can name the issuer. The same class is the server side of the lab.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "system/openssl.hpp"
#include "system/tls.hpp"

namespace fdnprobe::net {

/// What a client handshake may note while it runs; called in order.
struct TlsObserver {
    std::function<void(bool received, int alert)> alert;
    std::function<void()> certificate_requested;
};

/// A context for probing: TLS 1.2 and later, no verification, no client certificate, no session kept.
[[nodiscard]] system::SslContext make_client_context();

class TlsSession {
  public:
    enum class Status : std::uint8_t {
        done,    ///< the handshake is complete; or bytes were read or written
        wants,   ///< more bytes from the far end are needed
        closed,  ///< the far end has closed the TLS connection in order
        failed,  ///< see error() and error_text()
    };

    /// `server_name`: for the SNI extension; empty, or an address: none is sent (RFC 6066, 3).
    static TlsSession client(SSL_CTX* context, const std::string& server_name, TlsObserver observer);
    static TlsSession server(SSL_CTX* context);

    TlsSession(TlsSession&&) noexcept;
    TlsSession& operator=(TlsSession&&) noexcept;
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;
    ~TlsSession();

    void feed(std::string_view bytes);
    /// What has to be sent to the far end.
    [[nodiscard]] std::string take_output();

    [[nodiscard]] Status handshake();
    [[nodiscard]] Status read(std::span<char> buffer, std::size_t& size);
    [[nodiscard]] Status write(std::string_view bytes);
    void close_notify();

    /// OpenSSL's reason, and its words, of the last failure.
    [[nodiscard]] int error() const { return error_; }
    [[nodiscard]] const std::string& error_text() const { return error_text_; }

    [[nodiscard]] std::string version() const;
    [[nodiscard]] std::string cipher() const;
    [[nodiscard]] std::string alpn() const;
    /// The chain as it was sent, leaf first, each certificate once; at most ten. There also when the handshake failed
    /// after it.
    [[nodiscard]] std::vector<system::Certificate> chain() const;
    /// The stapled OCSP answer in DER; empty: none.
    [[nodiscard]] std::string staple() const;

  private:
    explicit TlsSession(SSL_CTX* context);
    Status status_of(const system::TlsResult& result);

    system::Ssl ssl_;
    std::unique_ptr<TlsObserver> observer_;
    int error_ = 0;
    std::string error_text_;
};

}  // namespace fdnprobe::net
