#include "peers/responder_socket.hpp"

#include <linux/if_packet.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "net/shortage.hpp"
#include "net/socket_address.hpp"
#include "net/transport.hpp"
#include "peers/responder_bind.hpp"
#include "wire/packet_headers.hpp"

namespace fdnprobe::peers {

using net::Clock;
using net::Outcome;

namespace {

/// Packets or connections that one socket takes in a row, before all others have their turn.
constexpr int most_in_a_row = 64;
/// One connection may ask for several attempts; nobody needs to stay for longer than this many.
constexpr int most_requests = 64;

BoundSocket bind_ip(net::Context& context, Port port, const Address& address) {
    if (port.transport == Transport::tcp) return bind_tcp(context, SocketAddress{address, port.number});
    if (port.transport == Transport::udp) return bind_udp(context, SocketAddress{address, port.number});
    return bind_esp(context, address);
}

/// A kernel without IPv6 is in order where nobody has asked for it.
bool lacks_family(const Address& address, int error) {
    return address.is_unspecified() && address.family() == Family::ipv6 &&
           (error == EAFNOSUPPORT || error == EADDRNOTAVAIL || error == EPROTONOSUPPORT);
}

/// The hops that the SYN of a connection had left.
std::optional<std::uint8_t> hops_of_syn(int descriptor) {
    std::array<char, 512> headers;  // IP and TCP with every option: 60 + 60, or with IPv6's extensions some more
    socklen_t size = headers.size();
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_SAVED_SYN, headers.data(), &size) != 0) return std::nullopt;
    return wire::hops_left(std::string_view(headers.data(), size));
}

std::optional<SocketAddress> far_end_of(int descriptor) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return std::nullopt;
    return net::from_native(storage);
}

}  // namespace

Instant present() {
    return {std::chrono::steady_clock::now(),
            std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now())};
}

/// One accepted connection, on the list of those that are open.
struct ResponderSockets::Connection {
    Connection(ResponderSockets& all, int descriptor, Port port) : list(all.connections_), socket(all.context_) {
        socket.adopt(descriptor);
        arrival.port = port;
        arrival.source = far_end_of(descriptor);
        arrival.ttl = hops_of_syn(descriptor);
        place = list.insert(list.end(), this);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { leave(); }

    void leave() {
        if (place) list.erase(*place);
        place.reset();
    }
    /// Ends it from outside; whoever waits for it notices.
    void end() {
        leave();
        socket.stop();
        socket.close();
    }

    std::list<Connection*>& list;
    std::optional<std::list<Connection*>::iterator> place;
    net::Socket socket;
    Arrival arrival;
};

std::shared_ptr<ResponderSockets> ResponderSockets::start(net::Context& context, Responder responder,
                                                          const ResponderPlaces& places) {
    std::shared_ptr<ResponderSockets> self(new ResponderSockets(context, std::move(responder)));
    std::vector<Address> addresses = places.listen;
    if (addresses.empty()) addresses = {Address::from_ipv4({}), Address::from_ipv6({})};
    for (const Port port : places.ports) self->open(port, addresses, places.interface);
    std::set<Port> whole;
    for (const Served& one : self->served_)
        if (one.served && one.failures.empty()) whole.insert(one.port);
    self->responder_.listens_on(std::move(whole));
    asio::co_spawn(context.io, sum_up(self), net::rethrow);
    return self;
}

void ResponderSockets::open(Port port, std::span<const Address> addresses, int interface) {
    Served& served = served_.emplace_back();
    served.port = port;
    if (port.transport == Transport::ethernet) {
        BoundSocket socket = bind_ethernet(context_, port.number, interface);
        served.served = socket.has_value();
        if (socket)
            asio::co_spawn(context_.io, serve_datagrams(shared_from_this(), std::move(*socket), port), net::rethrow);
        else
            served.failures.push_back({std::nullopt, socket.error()});
        return;
    }
    for (const Address& address : addresses) {
        BoundSocket socket = bind_ip(context_, port, address);
        if (!socket) {
            if (!lacks_family(address, socket.error())) served.failures.push_back({address, socket.error()});
            continue;
        }
        served.served = true;
        served.addresses.push_back(address);
        if (port.transport == Transport::tcp)
            asio::co_spawn(context_.io, accept_all(shared_from_this(), std::move(*socket), port), net::rethrow);
        else
            asio::co_spawn(context_.io, serve_datagrams(shared_from_this(), std::move(*socket), port), net::rethrow);
    }
}

net::Task<void> ResponderSockets::sum_up(Self self) {
    for (;;) {
        const bool go_on = co_await self->context_.sleep(std::chrono::seconds(1));
        self->responder_.flush(present());
        if (!go_on) co_return;
    }
}

void ResponderSockets::begin(int descriptor, Port port) {
    if (connections_.size() >= most_connections) {
        Connection& oldest = *connections_.front();
        responder_.note_no_request(oldest.arrival, present());
        oldest.end();
    }
    auto connection = std::make_unique<Connection>(*this, descriptor, port);
    asio::co_spawn(context_.io, serve(shared_from_this(), std::move(connection)), net::rethrow);
}

net::Task<void> ResponderSockets::accept_all(Self self, std::unique_ptr<net::Socket> socket, Port port) {
    for (int in_a_row = 0; !self->context_.stopped();) {
        const int descriptor = ::accept4(socket->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        const int error = descriptor < 0 ? errno : 0;
        if (error == 0) {
            self->begin(descriptor, port);
            if (++in_a_row < most_in_a_row) continue;
            co_await self->context_.turn();
        } else if (error == EAGAIN) {
            const Outcome ready = co_await socket->wait_readable(Clock::time_point::max());
            if (ready != Outcome::ok) co_return;
        } else if (net::is_shortage(error)) {
            if (!self->connections_.empty()) self->connections_.front()->end();
            const bool go_on = co_await self->context_.sleep(net::shortage_pause);
            if (!go_on) co_return;
        }
        // Anything else is the trouble of one connection that has gone again (accept(2)).
        in_a_row = 0;
    }
}

net::Task<void> ResponderSockets::serve(Self self, std::unique_ptr<Connection> connection) {
    constexpr std::size_t message_size = wire::responder::message_size;
    for (int count = 0; count < most_requests; ++count) {
        const Clock::time_point limit = Clock::now() + patience;
        std::string bytes;
        while (bytes.size() < message_size) {
            const std::span<char> memory = self->context_.scratch().first(message_size - bytes.size());
            const net::Received received = co_await net::receive(connection->socket, memory, limit);
            const bool more = received.outcome == Outcome::ok;
            if (more) bytes.append(memory.data(), received.size);
            if (!more || !wire::responder::may_become_message(bytes)) {
                const bool had_its_answer = count > 0 && bytes.empty();
                const bool sent_away = !connection->place || received.outcome == Outcome::stopped;
                if (!had_its_answer && !sent_away) self->responder_.note_no_request(connection->arrival, present());
                co_return;
            }
        }
        const std::string reply = self->responder_.answer(bytes, connection->arrival, present());
        if (reply.empty()) co_return;
        for (std::string_view rest = reply; !rest.empty();) {
            const ssize_t sent = ::send(connection->socket.descriptor(), rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent > 0) {
                rest.remove_prefix(static_cast<std::size_t>(sent));
                continue;
            }
            if (errno != EAGAIN) co_return;
            const Outcome ready = co_await connection->socket.wait_writable(limit);
            if (ready != Outcome::ok) co_return;
        }
    }
}

net::Task<void> ResponderSockets::serve_datagrams(Self self, std::unique_ptr<net::Socket> socket, Port port) {
    for (int in_a_row = 0; !self->context_.stopped();) {
        const auto datagram = take_datagram(socket->descriptor(), self->context_.scratch());
        if (datagram) {
            self->answer(socket->descriptor(), *datagram, port);
            if (++in_a_row < most_in_a_row) continue;
            co_await self->context_.turn();
        } else if (datagram.error() == EAGAIN) {
            const Outcome ready = co_await socket->wait_readable(Clock::time_point::max());
            if (ready != Outcome::ok) co_return;
        } else {
            // An interface that went down, say: it may come back.
            const bool go_on = co_await self->context_.sleep(std::chrono::milliseconds(10));
            if (!go_on) co_return;
        }
        in_a_row = 0;
    }
}

void ResponderSockets::answer(int descriptor, const Datagram& datagram, Port port) {
    if (port.transport == Transport::ethernet) return answer_frame(descriptor, datagram, port);
    if (!datagram.sent_to && !datagram.sent_to6) return;
    Arrival arrival;
    arrival.port = port;
    arrival.source = net::from_native(datagram.sender);
    arrival.ttl = datagram.ttl;
    if (!arrival.source) return;
    if (port.transport == Transport::udp) {
        const std::string reply = responder_.answer(datagram.bytes, arrival, present());
        if (!reply.empty()) send_back(descriptor, datagram, reply);
        return;
    }
    // A raw socket of IPv4 shows the packet with its header, one of IPv6 without (raw(7), RFC 3542, 3).
    const auto packet =
        datagram.sent_to ? wire::ipv4_payload(datagram.bytes) : std::optional<std::string_view>(datagram.bytes);
    const auto esp = packet ? wire::decode_esp(*packet) : std::nullopt;
    if (!esp) return;
    const std::string reply = responder_.answer(esp->payload, arrival, present());
    if (!reply.empty()) send_back(descriptor, datagram, wire::encode(wire::EspPacket{esp->spi, esp->sequence, reply}));
}

void ResponderSockets::answer_frame(int descriptor, const Datagram& datagram, Port port) {
    sockaddr_ll sender{};
    std::memcpy(&sender, &datagram.sender, sizeof sender);
    const bool for_us = sender.sll_pkttype == PACKET_HOST || sender.sll_pkttype == PACKET_BROADCAST ||
                        sender.sll_pkttype == PACKET_MULTICAST;
    constexpr std::uint8_t hardware_size = 6;
    constexpr unsigned group_bit = 1;  // IEEE 802, 8.2: no station sends from a group's address
    const bool station =
        sender.sll_hatype == ARPHRD_ETHER && sender.sll_halen == hardware_size && (sender.sll_addr[0] & group_bit) == 0;
    if (!for_us || !station) return;
    Arrival arrival;
    arrival.port = port;
    arrival.hardware_source.assign(reinterpret_cast<const char*>(sender.sll_addr), hardware_size);
    const std::string reply = responder_.answer(datagram.bytes, arrival, present());
    if (!reply.empty()) send_back(descriptor, datagram, reply);
}

}  // namespace fdnprobe::peers
