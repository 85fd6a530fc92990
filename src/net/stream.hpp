// A connected TCP socket that may turn into TLS on the way.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "fdnprobe/check.hpp"
#include "net/tls_session.hpp"
#include "net/transport.hpp"
#include "net/trust_store.hpp"

namespace fdnprobe::net {

class Stream {
  public:
    Stream(Socket& socket, Recorder& recorder) : socket_(socket), recorder_(recorder) {}

    /// What the far end had sent before this stream was made: behind a proxy's answer, in the same packet.
    void begin_with(std::string bytes) { pending_ = std::move(bytes); }

    /// The client's side of a TLS handshake. `server_name` is asked for, and is what the certificate is held against
    /// (`expected_name`, where they differ: an address). The attempt's TLS facts are there from the moment that a chain
    /// was seen. A far end that asked for a client certificate is given the time to refuse ours, which TLS 1.3 does
    /// only after the handshake. `optional` is written down for the judges: the service may do without TLS.
    [[nodiscard]] Task<Outcome> start_tls(SSL_CTX* context, const TrustStore& trust, const std::string& server_name,
                                          const std::string& expected_name, bool optional, Clock::time_point limit);

    /// Failures are recorded.
    [[nodiscard]] Task<Outcome> send(std::string_view bytes, Clock::time_point limit);
    /// The end, a reset and a failure of TLS are recorded; what came and silence are for the caller to record.
    [[nodiscard]] Task<Received> receive(std::span<char> buffer, Clock::time_point limit);

  private:
    [[nodiscard]] Task<Received> take(std::span<char> buffer, Clock::time_point limit);
    [[nodiscard]] Task<Outcome> await_bytes(Clock::time_point limit);
    [[nodiscard]] Task<Outcome> flush(Clock::time_point limit);
    [[nodiscard]] Task<Outcome> feed(Clock::time_point limit);
    [[nodiscard]] Task<Outcome> shake_hands(Clock::time_point limit);
    [[nodiscard]] Task<Outcome> await_refusal(Clock::time_point limit);
    void record_facts(const TrustStore& trust, const std::string& expected_name);

    Socket& socket_;
    Recorder& recorder_;
    std::optional<TlsSession> tls_;
    std::string early_;                       ///< data that came while a refusal was awaited
    std::string pending_;                     ///< of begin_with, what has not been taken
    std::optional<std::size_t> greeting_at_;  ///< the event of a ClientHello whose size is not known yet
    bool handshake_seen_ = false;
    bool certificate_requested_ = false;
};

}  // namespace fdnprobe::net
