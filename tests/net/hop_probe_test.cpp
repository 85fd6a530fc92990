#include "net/hop_probe.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "catch.hpp"
#include "net/own_socket.hpp"
#include "net/run_task.hpp"
#include "net/socket_address.hpp"

using namespace fdnprobe;
using namespace fdnprobe::net;
using namespace std::chrono_literals;

namespace {

Task<HopAsked> ask(Context& context, HopFlow& flow, Clock::duration patience, int hop = 1) {
    Socket socket(context);
    const Clock::time_point limit = Clock::now() + patience;
    HopAsked asked = co_await ask_hop(context, socket, flow, hop, limit);
    co_return asked;
}

HopFlow flow_to(Transport transport, const SocketAddress& destination, std::string payload = "hello") {
    auto flow = hop_flow(transport, destination, {}, std::move(payload));
    REQUIRE(flow);
    return *flow;
}

/// A bound one takes datagrams: a closed one is free again, for anybody.
SocketAddress closed_udp_port() {
    const Peer bound(SOCK_DGRAM);
    return bound.address();
}

}  // namespace

TEST_CASE("an open port accepts, as often as it is asked and from the same port") {
    Context context(4);
    const Peer server(SOCK_STREAM);
    REQUIRE(::listen(server.descriptor(), 16) == 0);
    HopFlow flow = flow_to(Transport::tcp, server.address());
    CHECK(flow.source.port == 0);
    std::uint16_t port = 0;
    for (int hop = 1; hop <= 5; ++hop) {
        const HopAsked asked = run_task(context, ask(context, flow, generous, hop));
        CHECK(asked.probe.answer == HopAnswer::accepted);
        CHECK(asked.probe.hop == hop);
        CHECK_FALSE(asked.probe.from);
        CHECK(asked.missing.empty());
        CHECK_FALSE(asked.stopped);
        CHECK(asked.probe.took < generous);
        sockaddr_storage client{};
        socklen_t length = sizeof client;
        const int accepted = ::accept(server.descriptor(), reinterpret_cast<sockaddr*>(&client), &length);
        REQUIRE(accepted >= 0);
        // Nobody wanted the connection: it has been reset.
        char byte = 0;
        CHECK(::recv(accepted, &byte, 1, 0) == -1);
        CHECK(errno == ECONNRESET);
        ::close(accepted);
        if (hop == 1) port = from_native(client)->port;
        CHECK(from_native(client)->port == port);
    }
    CHECK(flow.source.port == port);
}

TEST_CASE("a closed port resets") {
    Context context(4);
    const Peer closed(SOCK_STREAM);
    HopFlow flow = flow_to(Transport::tcp, closed.address());
    for (int hop = 1; hop <= 3; ++hop) {
        const HopAsked asked = run_task(context, ask(context, flow, generous, hop));
        CHECK(asked.probe.answer == HopAnswer::reset);
        CHECK_FALSE(asked.probe.from);
    }
}

TEST_CASE("a full queue keeps silent until the limit") {
    Context context(8);
    const Peer server(SOCK_STREAM);
    REQUIRE(::listen(server.descriptor(), 0) == 0);
    // Connections that nobody accepts fill it.
    std::array<int, 4> fillers{};
    for (int& filler : fillers) {
        filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        const NativeAddress there = to_native(server.address());
        static_cast<void>(::connect(filler, there.pointer(), there.length));
    }
    HopFlow flow = flow_to(Transport::tcp, server.address());
    const auto began = Clock::now();
    const HopAsked asked = run_task(context, ask(context, flow, 50ms));
    CHECK(asked.probe.answer == HopAnswer::silence);
    CHECK(Clock::now() - began >= 50ms);
    for (const int filler : fillers) ::close(filler);
}

TEST_CASE("a datagram to a closed port brings the ICMP message") {
    Context context(4);
    HopFlow flow = flow_to(Transport::udp, closed_udp_port());
    for (int round = 0; round < 2; ++round) {
        const HopAsked asked = run_task(context, ask(context, flow, generous));
        // Over loopback the destination's address is this host's own, which is what it says.
        CHECK(asked.probe.answer == HopAnswer::not_sent);
        CHECK(asked.probe.code == ECONNREFUSED);
        CHECK(asked.probe.from == loopback);
    }
}

TEST_CASE("another address of this host is another host, as far as ICMP tells") {
    Context context(4);
    DialOptions options;
    options.source = Address::parse("127.0.0.7");
    auto flow = hop_flow(Transport::udp, closed_udp_port(), options, "hello");
    REQUIRE(flow);
    CHECK(flow->source.address == *options.source);
    const HopAsked asked = run_task(context, ask(context, *flow, generous));
    CHECK(asked.probe.answer == HopAnswer::unreachable);
    CHECK(asked.probe.type == 3);
    CHECK(asked.probe.code == 3);
    CHECK(asked.probe.from == loopback);
}

TEST_CASE("a datagram carries its payload, and what comes back is a reply") {
    Context context(4);
    const Peer server(SOCK_DGRAM);
    HopFlow flow = flow_to(Transport::udp, server.address(), "are you there?");
    std::string heard;
    Descriptor watch(context.io, ::dup(server.descriptor()));
    watch.async_wait(Descriptor::wait_read, [&](const asio::error_code&) {
        std::array<char, 64> buffer{};
        sockaddr_storage client{};
        socklen_t length = sizeof client;
        const ssize_t got = ::recvfrom(server.descriptor(), buffer.data(), buffer.size(), 0,
                                       reinterpret_cast<sockaddr*>(&client), &length);
        heard.assign(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        ::sendto(server.descriptor(), "yes", 3, 0, reinterpret_cast<const sockaddr*>(&client), length);
    });
    const HopAsked asked = run_task(context, ask(context, flow, generous));
    CHECK(heard == "are you there?");
    CHECK(asked.probe.answer == HopAnswer::replied);
    CHECK(asked.probe.from == loopback);
}

TEST_CASE("a server that keeps silent is waited for until the limit, over UDP too") {
    Context context(4);
    const Peer server(SOCK_DGRAM);
    HopFlow flow = flow_to(Transport::udp, server.address());
    const auto began = Clock::now();
    const HopAsked asked = run_task(context, ask(context, flow, 30ms));
    CHECK(asked.probe.answer == HopAnswer::silence);
    CHECK(Clock::now() - began >= 30ms);
}

TEST_CASE("ending the run ends the wait") {
    Context context(4);
    const Peer server(SOCK_DGRAM);
    HopFlow flow = flow_to(Transport::udp, server.address());
    Timer end(context.io, Clock::now() + 20ms);
    end.async_wait([&](const asio::error_code&) { context.stop(); });
    const auto began = Clock::now();
    const HopAsked asked = run_task(context, ask(context, flow, 1h));
    CHECK(asked.stopped);
    CHECK(Clock::now() - began < generous);
}

TEST_CASE("what this host cannot send is said with its errno") {
    Context context(4);
    const Peer closed(SOCK_STREAM);
    HopFlow flow = flow_to(Transport::tcp, closed.address());
    flow.source.address = *Address::parse("192.0.2.1");  // nobody's
    const HopAsked asked = run_task(context, ask(context, flow, generous));
    CHECK(asked.probe.answer == HopAnswer::not_sent);
    CHECK(asked.probe.code == EADDRNOTAVAIL);

    HopFlow broadcast = flow_to(Transport::udp, closed_udp_port());
    broadcast.destination.address = *Address::parse("255.255.255.255");
    const HopAsked refused = run_task(context, ask(context, broadcast, generous));
    CHECK(refused.probe.answer == HopAnswer::not_sent);
    CHECK(refused.probe.code != 0);
}
