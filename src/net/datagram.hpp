// Datagrams to one place and back, whatever carries them: UDP, IP itself (ESP), or Ethernet. What passes here is the
// payload; headers are the business of each carrier.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fdnprobe/address.hpp"
#include "fdnprobe/row.hpp"
#include "net/socket_address.hpp"
#include "net/transport.hpp"

namespace fdnprobe::net {

class Datagrams {
  public:
    Datagrams(Socket& socket, Recorder& recorder) : socket_(socket), recorder_(recorder) {}
    Datagrams(const Datagrams&) = delete;
    Datagrams& operator=(const Datagrams&) = delete;
    virtual ~Datagrams() = default;

    /// Makes the socket ready to send. Descriptors that have run out are waited for. Failures are recorded.
    [[nodiscard]] Task<Outcome> open(DialOptions options);
    /// Sends one. A failure is recorded.
    [[nodiscard]] Outcome send(std::string_view payload);
    /// Waits for one, whose payload is then at the beginning of `buffer`. ICMP errors on the socket's queue are
    /// recorded and end the wait as `failed`.
    [[nodiscard]] Task<Received> receive(std::span<char> buffer, Clock::time_point limit);

  protected:
    /// Opens the socket: 0, or errno with the name of the step that failed.
    [[nodiscard]] virtual int make(const DialOptions& options, std::string& failed_at) = 0;
    /// What is put on the wire for this payload; it may be written to `packet`.
    [[nodiscard]] virtual std::string_view wrap(std::string_view payload, std::string& packet) = 0;
    /// The payload of a packet; nothing when it is not for us.
    [[nodiscard]] virtual std::optional<std::string_view> unwrap(std::string_view packet,
                                                                 const sockaddr_storage& sender,
                                                                 Received& received) = 0;
    /// Where to send to; empty: the socket is connected.
    [[nodiscard]] virtual NativeAddress target() const = 0;

    Socket& socket_;
    Recorder& recorder_;
    std::string interface_;  ///< for the evidence, where the carrier had to choose one
};

/// UDP. The socket stays unconnected: an answer from another address or port is evidence too.
[[nodiscard]] std::unique_ptr<Datagrams> udp_datagrams(Socket& socket, Recorder& recorder,
                                                       const SocketAddress& destination);

/// IP protocol 50 (RFC 4303), over a raw socket, from and to this destination only. Behind the header with this SPI
/// nothing is encrypted; a tunnel between the two hosts is heard as well.
[[nodiscard]] std::unique_ptr<Datagrams> esp_datagrams(Socket& socket, Recorder& recorder, const Address& destination,
                                                       std::uint32_t spi);

/// Broadcast frames of this EtherType, and whatever frames of it arrive. The interface is the one that was chosen, or
/// the one towards `near`, or the only one that there is.
[[nodiscard]] std::unique_ptr<Datagrams> ethernet_datagrams(Socket& socket, Recorder& recorder, std::uint16_t ethertype,
                                                            std::optional<Address> near);

}  // namespace fdnprobe::net
