// The responder on its sockets: everything that can be bound is, and what comes in is answered until the context is
// stopped.
#pragma once

#include <list>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "fdnprobe/address.hpp"
#include "fdnprobe/row.hpp"
#include "net/context.hpp"
#include "net/socket.hpp"
#include "peers/datagram.hpp"
#include "peers/responder.hpp"

namespace fdnprobe::peers {

struct ResponderPlaces {
    std::set<Port> ports;
    std::vector<Address> listen;  ///< empty: every address of this host
    int interface = 0;            ///< for Ethernet: its index; 0: every interface
};

/// One port and what became of it.
struct Served {
    Port port;
    std::vector<Address> addresses;  ///< where it is served; empty for Ethernet
    struct Failure {
        std::optional<Address> address;
        int error = 0;
    };
    std::vector<Failure> failures;
    bool served = false;  ///< in one place at least
};

/// Now, on both clocks.
[[nodiscard]] Instant present();

/// Kept alive by what it has to do; it ends when the context is stopped.
class ResponderSockets : public std::enable_shared_from_this<ResponderSockets> {
  public:
    /// Connections at a time. A new one then takes the place of the oldest: whoever has something to say says it at
    /// once, and those who say nothing must not keep others out.
    static constexpr std::size_t most_connections = 256;
    /// A request is one segment: this long is enough for two repetitions of it.
    static constexpr auto patience = std::chrono::seconds(3);

    [[nodiscard]] static std::shared_ptr<ResponderSockets> start(net::Context& context, Responder responder,
                                                                 const ResponderPlaces& places);

    /// In the order of the ports.
    [[nodiscard]] const std::vector<Served>& served() const { return served_; }

  private:
    struct Connection;
    using Self = std::shared_ptr<ResponderSockets>;

    ResponderSockets(net::Context& context, Responder responder)
        : context_(context), responder_(std::move(responder)) {}

    void open(Port port, std::span<const Address> addresses, int interface);
    static net::Task<void> accept_all(Self self, std::unique_ptr<net::Socket> socket, Port port);
    static net::Task<void> serve(Self self, std::unique_ptr<Connection> connection);
    static net::Task<void> serve_datagrams(Self self, std::unique_ptr<net::Socket> socket, Port port);
    static net::Task<void> sum_up(Self self);

    void begin(int descriptor, Port port);
    void answer(int descriptor, const Datagram& datagram, Port port);
    void answer_frame(int descriptor, const Datagram& datagram, Port port);

    net::Context& context_;
    Responder responder_;
    std::vector<Served> served_;
    std::list<Connection*> connections_;  ///< the oldest first
};

}  // namespace fdnprobe::peers
