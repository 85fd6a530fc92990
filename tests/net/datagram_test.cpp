#include "net/datagram.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "catch.hpp"
#include "net/interfaces.hpp"
#include "net/own_socket.hpp"
#include "net/privilege.hpp"
#include "net/run_task.hpp"
#include "net/socket_address.hpp"
#include "wire/packet_headers.hpp"

using namespace fdnprobe;
using namespace fdnprobe::net;

namespace {

struct Tried {
    Outcome outcome = Outcome::failed;
    Attempt attempt;
    std::string got;
    Received received;
};

enum class Carrier : std::uint8_t { udp, esp, ethernet };

Task<Tried> send_and_receive(Context& context, Carrier carrier, SocketAddress destination, std::string payload,
                             Clock::duration patience) {
    Tried tried;
    Recorder recorder(context, tried.attempt);
    Socket socket(context);
    std::unique_ptr<Datagrams> datagrams = udp_datagrams(socket, recorder, destination);
    DialOptions options;
    if (carrier == Carrier::esp) datagrams = esp_datagrams(socket, recorder, destination.address, 0x1234'5678);
    if (carrier == Carrier::ethernet) {
        datagrams = ethernet_datagrams(socket, recorder, 0x8890, std::nullopt);
        options.interface = "not-there";
    }
    tried.outcome = co_await datagrams->open(options);
    if (tried.outcome != Outcome::ok) co_return tried;
    tried.outcome = datagrams->send(payload);
    if (tried.outcome != Outcome::ok) co_return tried;
    tried.received = co_await datagrams->receive(context.scratch(), Clock::now() + patience);
    tried.outcome = tried.received.outcome;
    tried.got.assign(context.scratch().data(), tried.received.size);
    co_return tried;
}

}  // namespace

TEST_CASE("a closed UDP port shows the ICMP message and its sender") {
    Context context(4);
    SocketAddress closed;
    {
        const Peer bound(SOCK_DGRAM);
        closed = bound.address();
    }
    const Tried tried = run_task(context, send_and_receive(context, Carrier::udp, closed, "hello", generous));
    CHECK(tried.outcome == Outcome::failed);
    const Event* icmp = tried.attempt.find(What::icmp_error);
    REQUIRE(icmp != nullptr);
    CHECK(icmp->code == 3);
    CHECK(icmp->detail == 3);
    REQUIRE(icmp->from);
    CHECK(*icmp->from == loopback);
}

TEST_CASE("a datagram from another port than the one asked is taken, with its sender") {
    Context context(4);
    const Peer asked(SOCK_DGRAM);
    const Peer other(SOCK_DGRAM);
    // Answers for `asked` from `other`'s port as soon as the question is there.
    Descriptor watch(context.io, ::dup(asked.descriptor()));
    watch.async_wait(Descriptor::wait_read, [&](const asio::error_code&) {
        std::array<char, 64> buffer{};
        sockaddr_storage client{};
        socklen_t length = sizeof client;
        ::recvfrom(asked.descriptor(), buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&client), &length);
        ::sendto(other.descriptor(), "answer", 6, 0, reinterpret_cast<const sockaddr*>(&client), length);
    });
    const Tried tried = run_task(context, send_and_receive(context, Carrier::udp, asked.address(), "hello", generous));
    CHECK(tried.outcome == Outcome::ok);
    CHECK(tried.got == "answer");
    REQUIRE(tried.received.sender);
    CHECK(*tried.received.sender == other.address());
    REQUIRE(tried.attempt.local);
    CHECK(tried.attempt.local->address == loopback);
}

TEST_CASE("ESP has its header around what is sent, and takes it off what comes") {
    Context context(4);
    if (!may_send_raw()) {
        // The kernel says what is missing, and the evidence says to whom.
        const Tried tried =
            run_task(context, send_and_receive(context, Carrier::esp, SocketAddress{loopback, 50}, "x", generous));
        CHECK(tried.outcome == Outcome::failed);
        REQUIRE(tried.attempt.find(What::connect_error) != nullptr);
        CHECK(tried.attempt.find(What::connect_error)->code == EPERM);
        CHECK(tried.attempt.find(What::connect_error)->text.starts_with("raw socket of /"));
        return;
    }
    const int far_end = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ESP);
    REQUIRE(far_end >= 0);
    Descriptor watch(context.io, far_end);
    std::string heard;
    // On loopback a raw socket hears its own packets too: the far end stands at another address.
    const SocketAddress there{*Address::parse("127.0.0.9"), 50};
    const NativeAddress own = to_native(SocketAddress{there.address, 0});
    REQUIRE(::bind(far_end, own.pointer(), own.length) == 0);
    watch.async_wait(Descriptor::wait_read, [&](const asio::error_code&) {
        std::array<char, 512> buffer{};
        const ssize_t got = ::recv(far_end, buffer.data(), buffer.size(), 0);
        heard.assign(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        const NativeAddress client = to_native(SocketAddress{loopback, 0});
        // One that is too short to be ESP, then the answer.
        const std::string packet = wire::encode(wire::EspPacket{0x0100, 1, "answer"});
        for (const std::size_t size : {std::size_t{7}, packet.size()})
            ::sendto(far_end, packet.data(), size, 0, client.pointer(), client.length);
    });
    const Tried tried = run_task(context, send_and_receive(context, Carrier::esp, there, "question", generous));
    CHECK(tried.outcome == Outcome::ok);
    CHECK(tried.got == "answer");
    CHECK_FALSE(tried.received.sender);  // it can only be the destination
    REQUIRE(tried.attempt.local);
    CHECK(tried.attempt.local->address == loopback);
    const auto carried = wire::ipv4_payload(heard);
    REQUIRE(carried);
    const auto esp = wire::decode_esp(*carried);
    REQUIRE(esp);
    CHECK(esp->spi == 0x1234'5678);
    CHECK(esp->sequence == 1);
    CHECK(esp->payload == "question");
}

TEST_CASE("an interface that is not there is said to be so") {
    Context context(4);
    const Tried tried =
        run_task(context, send_and_receive(context, Carrier::ethernet, SocketAddress{loopback, 0}, "x", generous));
    CHECK(tried.outcome == Outcome::failed);
    const Event* error = tried.attempt.find(What::connect_error);
    REQUIRE(error != nullptr);
    if (may_send_raw()) {
        CHECK(error->code == ENODEV);
        CHECK(error->text == "bind");
    } else {
        CHECK(error->code == EPERM);
        CHECK(error->text.starts_with("raw socket of /"));
    }
}

TEST_CASE("the interface for frames is the one that was named, and else has to be told apart") {
    const auto all = ethernet_interfaces();
    for (const EthernetInterface& one : all) {
        CHECK(one.index > 0);
        DialOptions options;
        options.interface = one.name;
        CHECK(choose_ethernet(options, std::nullopt) == one);
    }
    DialOptions options;
    options.interface = "lo";  // up, but no Ethernet
    CHECK_FALSE(choose_ethernet(options, loopback));
    // The way to this host's own loopback address leads through no Ethernet interface.
    CHECK(choose_ethernet({}, loopback).has_value() == (all.size() == 1));
}
