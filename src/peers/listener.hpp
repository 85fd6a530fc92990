// A socket on loopback that an emulated peer listens on; the system chooses the port.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/expected.hpp"
#include "net/context.hpp"
#include "net/socket.hpp"
#include "system/openssl.hpp"

namespace fdnprobe::peers {

/// The far end of one accepted connection, with or without TLS.
class Connection {
  public:
    Connection(net::Context& context, int descriptor, SSL_CTX* tls);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    /// The server's side of a TLS handshake, where there is TLS; false when it came to nothing.
    [[nodiscard]] net::Task<bool> open();
    /// What the client sends next; empty when it has gone, or has said nothing for a while.
    [[nodiscard]] net::Task<std::string> read();
    [[nodiscard]] net::Task<bool> write(std::string bytes);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// What is done with one connection. It ends when this returns.
using ServeConnection = std::function<net::Task<void>(Connection&)>;
/// The answer to one datagram; empty: none.
using AnswerDatagram = std::function<std::string(std::string_view)>;

/// Begins to listen, on 127.0.0.1, until the context is stopped; the port, or why there is none.
[[nodiscard]] Expected<std::uint16_t, std::string> listen_tcp(net::Context& context, SSL_CTX* tls,
                                                              ServeConnection serve);
[[nodiscard]] Expected<std::uint16_t, std::string> listen_udp(net::Context& context, AnswerDatagram answer);

/// A TCP port on which every SYN is dropped by the kernel: its queue of connections is full, and nobody accepts.
[[nodiscard]] Expected<std::uint16_t, std::string> listen_silently(net::Context& context);

/// A TCP port on which nobody listens. It stays bound, so that nobody else begins to.
[[nodiscard]] Expected<std::uint16_t, std::string> reserve_closed_port(net::Context& context);

}  // namespace fdnprobe::peers
