// TLS without sockets: both ends in memory.
#include "net/tls_session.hpp"

#include <array>
#include <utility>

#include "catch.hpp"
#include "peers/authority.hpp"

using namespace fdnprobe;
using namespace fdnprobe::net;
using peers::Authority;
using peers::Identity;
using Status = TlsSession::Status;

namespace {

/// Carries bytes between the two until neither has anything to say.
void exchange(TlsSession& client, TlsSession& server, Status& client_status, Status& server_status) {
    for (int round = 0; round < 10; ++round) {
        if (client_status == Status::wants) client_status = client.handshake();
        const std::string to_server = client.take_output();
        server.feed(to_server);
        if (server_status == Status::wants) server_status = server.handshake();
        const std::string to_client = server.take_output();
        client.feed(to_client);
        if (to_server.empty() && to_client.empty()) break;
    }
}

}  // namespace

TEST_CASE("a handshake shows version, chain and staple, and carries bytes both ways") {
    const Authority ca("CA", "Test");
    const Identity identity = ca.issue({"update.example.net"});
    const system::SslContext server_context = peers::make_server_context(identity);
    const system::SslContext client_context = make_client_context();
    TlsSession client = TlsSession::client(client_context.get(), "update.example.net", {});
    TlsSession server = TlsSession::server(server_context.get());
    Status client_status = Status::wants;
    Status server_status = Status::wants;
    exchange(client, server, client_status, server_status);
    REQUIRE(client_status == Status::done);
    REQUIRE(server_status == Status::done);
    CHECK(client.version() == "TLSv1.3");
    CHECK(client.chain().size() == 2);
    CHECK(client.staple() == identity.staple);

    REQUIRE(client.write("hello") == Status::done);
    server.feed(client.take_output());
    std::array<char, 64> buffer{};
    std::size_t size = 0;
    REQUIRE(server.read(buffer, size) == Status::done);
    CHECK(std::string(buffer.data(), size) == "hello");
    CHECK(server.read(buffer, size) == Status::wants);
    client.close_notify();
    server.feed(client.take_output());
    CHECK(server.read(buffer, size) == Status::closed);
}

TEST_CASE("a server that wants a client certificate is noticed, and its refusal has a number") {
    const Authority ca("CA", "Test");
    const Identity identity = ca.issue({"update.example.net"});
    const bool tls13 = GENERATE(true, false);
    const system::SslContext server_context = peers::make_server_context(identity);
    SSL_CTX_set_verify(server_context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    if (!tls13) SSL_CTX_set_max_proto_version(server_context.get(), TLS1_2_VERSION);
    const system::SslContext client_context = make_client_context();
    bool requested = false;
    int received_alert = -1;
    TlsObserver observer;
    observer.certificate_requested = [&] { requested = true; };
    observer.alert = [&](bool received, int alert) {
        if (received) received_alert = alert;
    };
    TlsSession client = TlsSession::client(client_context.get(), "update.example.net", std::move(observer));
    TlsSession server = TlsSession::server(server_context.get());
    Status client_status = Status::wants;
    Status server_status = Status::wants;
    exchange(client, server, client_status, server_status);
    CHECK(requested);
    CHECK(client.chain().size() == 2);
    // TLS 1.3 tells only whoever reads after the handshake (RFC 8446, 4.4.2).
    if (tls13) {
        CHECK(client_status == Status::done);
        std::array<char, 64> buffer{};
        std::size_t size = 0;
        CHECK(client.read(buffer, size) == Status::failed);
        CHECK(received_alert == 116);
    } else {
        CHECK(client_status == Status::failed);
        CHECK(received_alert == 40);
    }
}

TEST_CASE("whatever a server sends instead of TLS is a failure and no crash") {
    const system::SslContext context = make_client_context();
    for (const std::string& bytes : {std::string("HTTP/1.1 400 Bad Request\r\n\r\n"), std::string(3000, '\x16'),
                                     std::string("\x15\x03\x01\x00\x02\x02\x28", 7), std::string(20000, '\0')}) {
        TlsSession client = TlsSession::client(context.get(), "update.example.net", {});
        CHECK(client.handshake() == Status::wants);
        client.feed(bytes);
        CHECK(client.handshake() == Status::failed);
        CHECK(client.chain().empty());
    }
}
