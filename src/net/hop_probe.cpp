#include "net/hop_probe.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "net/error_queue.hpp"
#include "net/socket_address.hpp"

namespace fdnprobe::net {
namespace {

constexpr const char* no_ttl =
    "This host does not let the program choose how far its packets go, so their way cannot be followed.";
constexpr const char* no_queue =
    "This host keeps no ICMP messages for its sockets, so no device on the way can be named.";
constexpr const char* no_queue_for_tcp =
    "This host keeps no ICMP messages for TCP connections (Linux does since 5.8), so no device on their way can be "
    "named.";

/// -1: as far as the system's packets usually go (ip(7), ipv6(7)).
int set_hops(int descriptor, Family family, int hops) {
    const bool four = family == Family::ipv4;
    const int done =
        setsockopt(descriptor, four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_TTL : IPV6_UNICAST_HOPS, &hops, sizeof hops);
    return done == 0 ? 0 : errno;
}

bool watches_errors(int descriptor, Family family) {
    const bool four = family == Family::ipv4;
    int on = 0;
    socklen_t length = sizeof on;
    return getsockopt(descriptor, four ? IPPROTO_IP : IPPROTO_IPV6, four ? IP_RECVERR : IPV6_RECVERR, &on, &length) ==
               0 &&
           on != 0;
}

/// Opens the socket of one packet: 0 or errno.
int prepare(Socket& socket, HopFlow& flow, int hop, std::string& missing) {
    const Family family = flow.destination.address.family();
    const bool tcp = flow.transport == Transport::tcp;
    if (const int error = socket.open(family, tcp ? SOCK_STREAM : SOCK_DGRAM); error != 0) return error;
    const int descriptor = socket.descriptor();
    if (const int error = set_hops(descriptor, family, hop); error != 0) {
        missing = no_ttl;
        return error;
    }
    watch_errors(descriptor, family);
    if (!watches_errors(descriptor, family)) missing = no_queue;
    if (tcp) {
        const int on = 1;
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        // Closing resets: a connection that ends in order would keep its ports to itself for a minute (TIME_WAIT), and
        // the flow needs them for its next packet.
        const linger at_once{1, 0};
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    DialOptions through;
    through.interface = flow.interface;
    if (const int error = apply_origin(descriptor, family, through); error != 0) return error;
    const NativeAddress own = to_native(flow.source);
    if (::bind(descriptor, own.pointer(), own.length) != 0) return errno;
    if (const auto local = local_address(descriptor)) flow.source.port = local->port;
    return 0;
}

/// An ICMP message as an answer. One from this host's own address is its own packet filter, or a neighbour that does
/// not answer on the link: the packet never left.
void book(HopProbe& probe, const HopFlow& flow, const IcmpError& icmp) {
    probe.from = icmp.sender;
    if (icmp.sender == flow.source.address) {
        probe.answer = HopAnswer::not_sent;
        probe.code = icmp.error;
        return;
    }
    const int time_exceeded = icmp.version6 ? 3 : 11;  // RFC 4443, 3.3; RFC 792
    const bool in_transit = icmp.type == time_exceeded && icmp.code == 0;
    probe.answer = in_transit ? HopAnswer::time_exceeded : HopAnswer::unreachable;
    probe.type = icmp.type;
    probe.code = icmp.code;
}

bool book_queue(HopProbe& probe, const HopFlow& flow, int descriptor) {
    const auto errors = drain_errors(descriptor);
    if (errors.empty()) return false;
    book(probe, flow, errors.front());
    return true;
}

/// What has become of a connection under way; false: nothing yet.
bool look_at_connection(HopAsked& asked, const HopFlow& flow, int descriptor, int error) {
    HopProbe& probe = asked.probe;
    if (book_queue(probe, flow, descriptor)) return true;
    if (error == 0) {
        socklen_t length = sizeof error;
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
    }
    if (error == ECONNREFUSED) {
        probe.answer = HopAnswer::reset;
        return true;
    }
    // Accepted, and gone again before this process woke up.
    if (error == ECONNRESET || error == EPIPE) error = 0;
    if (error != 0) {
        probe.answer = HopAnswer::unreachable;
        asked.missing = no_queue_for_tcp;
        return true;
    }
    tcp_info info{};
    socklen_t length = sizeof info;
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return false;
    if (info.tcpi_state == TCP_SYN_SENT) return false;
    probe.answer = HopAnswer::accepted;
    return true;
}

Task<Outcome> ask_tcp(Socket& socket, const HopFlow& flow, HopAsked& asked, Clock::time_point limit) {
    const NativeAddress there = to_native(flow.destination);
    const int error = ::connect(socket.descriptor(), there.pointer(), there.length) == 0 ? 0 : errno;
    // Over loopback the answer may be there already.
    if (error != 0 && error != EINPROGRESS && error != ECONNREFUSED) {
        if (book_queue(asked.probe, flow, socket.descriptor())) co_return Outcome::ok;
        asked.probe.answer = HopAnswer::not_sent;
        asked.probe.code = error;
        co_return Outcome::ok;
    }
    if (error == ECONNREFUSED && look_at_connection(asked, flow, socket.descriptor(), error)) co_return Outcome::ok;
    for (;;) {
        const Outcome waited = co_await socket.wait_writable(limit);
        if (waited == Outcome::stopped) co_return waited;
        if (look_at_connection(asked, flow, socket.descriptor(), 0)) break;
        if (waited == Outcome::expired) co_return waited;
    }
    if (asked.probe.answer == HopAnswer::accepted)
        // Its reset has to reach whoever accepted, and what gave that answer may be farther away than it seems.
        static_cast<void>(set_hops(socket.descriptor(), flow.destination.address.family(), -1));
    co_return Outcome::ok;
}

Task<Outcome> ask_udp(Context& context, Socket& socket, const HopFlow& flow, HopAsked& asked, Clock::time_point limit) {
    HopProbe& probe = asked.probe;
    const NativeAddress there = to_native(flow.destination);
    if (::sendto(socket.descriptor(), flow.payload.data(), flow.payload.size(), MSG_NOSIGNAL, there.pointer(),
                 there.length) < 0) {
        const int error = errno;
        if (book_queue(probe, flow, socket.descriptor())) co_return Outcome::ok;
        probe.answer = HopAnswer::not_sent;
        probe.code = error;
        co_return Outcome::ok;
    }
    for (;;) {
        const Outcome waited = co_await socket.wait_readable(limit);
        if (waited == Outcome::stopped) co_return waited;
        if (book_queue(probe, flow, socket.descriptor())) co_return Outcome::ok;
        sockaddr_storage sender{};
        socklen_t length = sizeof sender;
        const auto buffer = context.scratch();
        if (::recvfrom(socket.descriptor(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&sender),
                       &length) >= 0) {
            probe.answer = HopAnswer::replied;
            if (const auto from = from_native(sender)) probe.from = from->address;
            co_return Outcome::ok;
        }
        if (waited == Outcome::expired) co_return waited;
    }
}

}  // namespace

Expected<HopFlow, int> hop_flow(Transport transport, const SocketAddress& destination, const DialOptions& options,
                                std::string payload) {
    const auto source = source_towards(destination, options);
    if (!source) return Unexpected<int>(source.error());
    HopFlow flow;
    flow.transport = transport;
    flow.destination = destination;
    flow.source = SocketAddress{source->address, 0};
    flow.interface = options.interface;
    flow.payload = std::move(payload);
    return flow;
}

Task<HopAsked> ask_hop(Context& context, Socket& socket, HopFlow& flow, int hop, Clock::time_point limit) {
    HopAsked asked;
    asked.probe.hop = hop;
    const Clock::time_point began = Clock::now();
    asked.probe.at = began - context.origin;
    const int error = prepare(socket, flow, hop, asked.missing);
    if (error != 0) {
        asked.probe.answer = HopAnswer::not_sent;
        asked.probe.code = error;
    } else {
        Outcome ended = Outcome::expired;
        if (flow.transport == Transport::tcp)
            ended = co_await ask_tcp(socket, flow, asked, limit);
        else
            ended = co_await ask_udp(context, socket, flow, asked, limit);
        asked.stopped = ended == Outcome::stopped;
    }
    asked.probe.took = Clock::now() - began;
    socket.close();
    co_return asked;
}

}  // namespace fdnprobe::net
