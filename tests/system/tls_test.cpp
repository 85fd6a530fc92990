// Both ends of a TLS connection over sockets that do not block. The suites are those without certificates, of which
// nothing here depends.
#include "system/tls.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include "catch.hpp"
#include "system/descriptor.hpp"
#include "system/openssl.hpp"

using namespace fdnprobe::system;

namespace {

SslContext anonymous(const SSL_METHOD* method) {
    SslContext context(SSL_CTX_new(method));
    // TLS 1.3 has no such suites (RFC 8446, B.4), and OpenSSL wants none of them at its usual level.
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    REQUIRE(SSL_CTX_set_cipher_list(context.get(), "aNULL:@SECLEVEL=0") == 1);
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

struct Pair {
    SslContext client_context = anonymous(TLS_client_method());
    SslContext server_context = anonymous(TLS_server_method());
    Descriptor client_socket;
    Descriptor server_socket;
    Ssl client{SSL_new(client_context.get())};
    Ssl server{SSL_new(server_context.get())};

    Pair() {
        // OpenSSL sends an alert to an end that has gone.
        std::signal(SIGPIPE, SIG_IGN);
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
        client_socket = Descriptor(ends[0]);
        server_socket = Descriptor(ends[1]);
        SSL_set_fd(client.get(), ends[0]);
        SSL_set_fd(server.get(), ends[1]);
        SSL_set_connect_state(client.get());
        SSL_set_accept_state(server.get());
    }

    void shake_hands() {
        TlsEnd here = TlsEnd::wants_read;
        TlsEnd there = TlsEnd::wants_read;
        for (int round = 0; round < 10 && (here != TlsEnd::done || there != TlsEnd::done); ++round) {
            here = tls_handshake(client.get()).end;
            there = tls_handshake(server.get()).end;
        }
        REQUIRE(here == TlsEnd::done);
        REQUIRE(there == TlsEnd::done);
    }
};

TlsResult read_of(const Ssl& ssl) {
    std::array<char, 64> buffer{};
    return tls_read(ssl.get(), buffer);
}

}  // namespace

TEST_CASE("bytes go both ways, and an end in order is told from what is not there yet", "[system]") {
    Pair pair;
    CHECK(tls_handshake(pair.client.get()).end == TlsEnd::wants_read);
    pair.shake_hands();

    CHECK(read_of(pair.server).end == TlsEnd::wants_read);
    const TlsResult sent = tls_write(pair.client.get(), "hello");
    CHECK(sent.end == TlsEnd::done);
    CHECK(sent.size == 5);
    std::array<char, 64> buffer{};
    const TlsResult got = tls_read(pair.server.get(), buffer);
    CHECK(got.end == TlsEnd::done);
    CHECK(std::string(buffer.data(), got.size) == "hello");

    tls_close(pair.client.get());
    CHECK(read_of(pair.server).end == TlsEnd::closed);
}

TEST_CASE("whoever is not read wants to write, and goes on once he is", "[system]") {
    Pair pair;
    pair.shake_hands();
    const std::string much(16384, 'x');
    TlsResult result;
    std::size_t sent = 0;
    do {
        result = tls_write(pair.client.get(), much);
        sent += result.size;
    } while (result.end == TlsEnd::done && sent < (std::size_t{1} << 26));
    REQUIRE(result.end == TlsEnd::wants_write);
    CHECK(result.size == 0);

    std::array<char, 16384> buffer{};
    while (tls_read(pair.server.get(), buffer).end == TlsEnd::done) {
    }
    CHECK(tls_write(pair.client.get(), much).end == TlsEnd::done);
}

TEST_CASE("a connection that ends without a word is no end in order", "[system]") {
    Pair pair;
    pair.shake_hands();
    pair.client_socket.close();
    const TlsResult result = read_of(pair.server);
    CHECK(result.end == TlsEnd::failed);
    CHECK(reason_text(result.error) == "unexpected eof while reading");
    CHECK(result.system_error == 0);
}

TEST_CASE("a connection that breaks says what the system says", "[system]") {
    Pair pair;
    pair.shake_hands();
    // Bytes that nobody has read when a socket is closed: the other end learns of that (unix(7)).
    REQUIRE(tls_write(pair.server.get(), "unread").end == TlsEnd::done);
    pair.client_socket.close();
    const TlsResult result = read_of(pair.server);
    CHECK(result.end == TlsEnd::broken);
    CHECK(result.system_error == ECONNRESET);
}

TEST_CASE("what is not TLS fails with OpenSSL's reason, and the next call does not hear of it", "[system]") {
    Pair pair;
    Pair other;
    const std::string nonsense = "HTTP/1.1 400 Bad Request\r\n\r\n";
    REQUIRE(::send(pair.server_socket.number(), nonsense.data(), nonsense.size(), MSG_NOSIGNAL) > 0);
    CHECK(tls_handshake(pair.client.get()).end == TlsEnd::failed);
    CHECK(tls_handshake(other.client.get()).end == TlsEnd::wants_read);

    Pair third;
    REQUIRE(::send(third.server_socket.number(), nonsense.data(), nonsense.size(), MSG_NOSIGNAL) > 0);
    CHECK(reason_text(tls_handshake(third.client.get()).error) == "wrong version number");
}

TEST_CASE("closing before the handshake is complete says nothing", "[system]") {
    const Pair pair;
    tls_close(pair.client.get());
    std::array<char, 16> buffer{};
    CHECK(::recv(pair.server_socket.number(), buffer.data(), buffer.size(), MSG_DONTWAIT) == -1);
    CHECK(errno == EAGAIN);
}
