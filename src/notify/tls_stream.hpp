// TLS to a webhook: the certificate is always verified, against the bundles that were named or the system's.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "notify/connection.hpp"
#include "system/openssl.hpp"
#include "system/tls.hpp"

namespace fdnprobe::notify {

/// `ca_files`: empty: the system's. The error names the bundle that cannot be used.
[[nodiscard]] Expected<system::SslContext, std::string> make_tls_context(const std::vector<std::string>& ca_files);

class TlsStream : public Stream {
  public:
    /// The handshake, and whether the certificate is `host`'s.
    [[nodiscard]] static Expected<std::unique_ptr<TlsStream>, std::string> start(SSL_CTX& context,
                                                                                 system::Descriptor socket,
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
    TlsStream(system::Descriptor socket, system::Ssl session)
        : socket_(std::move(socket)), session_(std::move(session)) {}
    /// What is to be done after a call that came to `result`: nothing once the socket is ready again, or why not.
    [[nodiscard]] std::string wait_for(const system::TlsResult& result, const Attempt& attempt,
                                       const std::string& late);

    system::Descriptor socket_;
    system::Ssl session_;
};

}  // namespace fdnprobe::notify
