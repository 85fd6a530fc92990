// TLS to a webhook: the certificate is always verified, against the bundles that were named or the system's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <openssl/ssl.h>

#include "notify/connection.hpp"

namespace fdnprobe::notify {

using TlsContext = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

/// `ca_files`: empty: the system's. The error names the bundle that cannot be used.
[[nodiscard]] Expected<TlsContext, std::string> make_tls_context(const std::vector<std::string>& ca_files);

class TlsStream : public Stream {
  public:
    /// The handshake, and whether the certificate is `host`'s.
    [[nodiscard]] static Expected<std::unique_ptr<TlsStream>, std::string> start(SSL_CTX& context, Descriptor socket,
                                                                                 const std::string& host,
                                                                                 const Attempt& attempt);
    TlsStream(const TlsStream&) = delete;
    TlsStream& operator=(const TlsStream&) = delete;
    ~TlsStream() override;

    [[nodiscard]] Expected<std::size_t, std::string> write(const char* bytes, std::size_t size,
                                                           const Attempt& attempt) override;
    [[nodiscard]] Expected<std::size_t, std::string> read(char* bytes, std::size_t size,
                                                          const Attempt& attempt) override;

  private:
    TlsStream(Descriptor socket, SSL* session) : socket_(std::move(socket)), session_(session, SSL_free) {}
    /// What is to be done after a call that gave `result`: nothing once the socket is ready again, or why not.
    [[nodiscard]] std::string wait_for(int result, const Attempt& attempt, const std::string& late);

    Descriptor socket_;
    std::unique_ptr<SSL, decltype(&SSL_free)> session_;
};

}  // namespace fdnprobe::notify
