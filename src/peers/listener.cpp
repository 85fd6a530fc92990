#include "peers/listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "net/socket_address.hpp"
#include "net/tls_session.hpp"
#include "net/transport.hpp"

namespace fdnprobe::peers {
namespace {

using net::Clock;
using net::Outcome;
using net::TlsSession;

/// A client that says nothing for this long has forgotten us.
constexpr auto idle_limit = std::chrono::seconds(30);

const SocketAddress any_loopback_port{Address::from_ipv4({127, 0, 0, 1}), 0};

std::string failure(std::string_view action, int error) {
    return fmt::format("the lab cannot {} on 127.0.0.1: {}; is the loopback interface up?", action,
                       std::strerror(error));
}

/// Binds a new socket; its port, or why not.
Expected<std::uint16_t, std::string> bind_socket(net::Socket& socket, int type) {
    if (const int error = socket.open(Family::ipv4, type); error != 0)
        return Unexpected<std::string>(failure("open a socket", error));
    const net::NativeAddress native = net::to_native(any_loopback_port);
    if (::bind(socket.descriptor(), native.pointer(), native.length) != 0)
        return Unexpected<std::string>(failure("bind", errno));
    return net::local_address(socket.descriptor())->port;
}

net::Task<void> serve_one(std::unique_ptr<Connection> connection, std::shared_ptr<const ServeConnection> serve) {
    const bool open = co_await connection->open();
    if (open) co_await (*serve)(*connection);
}

net::Task<void> accept_all(net::Context& context, std::unique_ptr<net::Socket> socket, SSL_CTX* tls,
                           std::shared_ptr<const ServeConnection> serve) {
    for (;;) {
        const int descriptor = ::accept4(socket->descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            auto connection = std::make_unique<Connection>(context, descriptor, tls);
            asio::co_spawn(context.io, serve_one(std::move(connection), serve), net::rethrow);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE) {
            // The clients wait in the queue until one of them has gone.
            const bool go_on = co_await context.sleep(std::chrono::milliseconds(10));
            if (!go_on) co_return;
            continue;
        }
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) co_return;
        const Outcome ready = co_await socket->wait_readable(Clock::time_point::max());
        if (ready != Outcome::ok) co_return;
    }
}

net::Task<void> answer_all(std::unique_ptr<net::Socket> socket, AnswerDatagram answer) {
    std::array<char, 2048> buffer;
    for (;;) {
        sockaddr_storage sender{};
        socklen_t length = sizeof sender;
        const ssize_t got = ::recvfrom(socket->descriptor(), buffer.data(), buffer.size(), 0,
                                       reinterpret_cast<sockaddr*>(&sender), &length);
        if (got >= 0) {
            const std::string reply = answer(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
            if (!reply.empty())
                ::sendto(socket->descriptor(), reply.data(), reply.size(), MSG_NOSIGNAL,
                         reinterpret_cast<const sockaddr*>(&sender), length);
            continue;
        }
        if (errno != EAGAIN) continue;  // an ICMP error of a client that has gone
        const Outcome ready = co_await socket->wait_readable(Clock::time_point::max());
        if (ready != Outcome::ok) co_return;
    }
}

/// Keeps sockets open that only have to be there.
net::Task<void> keep_until_stopped(net::Context& context, std::vector<std::unique_ptr<net::Socket>> sockets) {
    for (bool go_on = true; go_on;) go_on = co_await context.sleep(std::chrono::hours(1));
    sockets.clear();
}

}  // namespace

struct Connection::State {
    explicit State(net::Context& context) : shared(context), socket(context) {}
    net::Context& shared;
    net::Socket socket;
    std::optional<TlsSession> tls;

    net::Task<bool> send_raw(std::string bytes) {
        std::string_view rest = bytes;
        while (!rest.empty()) {
            const ssize_t sent = ::send(socket.descriptor(), rest.data(), rest.size(), MSG_NOSIGNAL);
            if (sent > 0) {
                rest.remove_prefix(static_cast<std::size_t>(sent));
                continue;
            }
            if (errno != EAGAIN && errno != EINTR) co_return false;
            const Outcome ready = co_await socket.wait_writable(Clock::now() + idle_limit);
            if (ready != Outcome::ok) co_return false;
        }
        co_return true;
    }

    net::Task<std::string> read_raw() {
        const net::Received received = co_await net::receive(socket, shared.scratch(), Clock::now() + idle_limit);
        std::string bytes;
        if (received.outcome == Outcome::ok) bytes.assign(shared.scratch().data(), received.size);
        co_return bytes;
    }
};

Connection::Connection(net::Context& context, int descriptor, SSL_CTX* tls) : state_(std::make_unique<State>(context)) {
    state_->socket.adopt(descriptor);
    if (tls != nullptr) state_->tls.emplace(TlsSession::server(tls));
}

Connection::~Connection() = default;

net::Task<bool> Connection::open() {
    if (!state_->tls) co_return true;
    for (;;) {
        const TlsSession::Status status = state_->tls->handshake();
        const bool sent = co_await state_->send_raw(state_->tls->take_output());
        if (status == TlsSession::Status::done) co_return sent;
        if (status != TlsSession::Status::wants || !sent) co_return false;
        const std::string bytes = co_await state_->read_raw();
        if (bytes.empty()) co_return false;
        state_->tls->feed(bytes);
    }
}

net::Task<std::string> Connection::read() {
    if (!state_->tls) {
        std::string bytes = co_await state_->read_raw();
        co_return bytes;
    }
    for (;;) {
        std::size_t size = 0;
        const std::span<char> scratch = state_->shared.scratch();
        const TlsSession::Status status = state_->tls->read(scratch, size);
        if (status == TlsSession::Status::done) co_return std::string(scratch.data(), size);
        if (status != TlsSession::Status::wants) co_return std::string();
        const std::string bytes = co_await state_->read_raw();
        if (bytes.empty()) co_return std::string();
        state_->tls->feed(bytes);
    }
}

net::Task<bool> Connection::write(std::string bytes) {
    if (state_->tls) {
        if (state_->tls->write(bytes) != TlsSession::Status::done) co_return false;
        bytes = state_->tls->take_output();
    }
    const bool sent = co_await state_->send_raw(std::move(bytes));
    co_return sent;
}

Expected<std::uint16_t, std::string> listen_tcp(net::Context& context, SSL_CTX* tls, ServeConnection serve) {
    auto socket = std::make_unique<net::Socket>(context);
    auto port = bind_socket(*socket, SOCK_STREAM);
    if (!port) return port;
    if (::listen(socket->descriptor(), SOMAXCONN) != 0) return Unexpected<std::string>(failure("listen", errno));
    auto shared = std::make_shared<const ServeConnection>(std::move(serve));
    asio::co_spawn(context.io, accept_all(context, std::move(socket), tls, std::move(shared)), net::rethrow);
    return port;
}

Expected<std::uint16_t, std::string> listen_udp(net::Context& context, AnswerDatagram answer) {
    auto socket = std::make_unique<net::Socket>(context);
    auto port = bind_socket(*socket, SOCK_DGRAM);
    if (!port) return port;
    asio::co_spawn(context.io, answer_all(std::move(socket), std::move(answer)), net::rethrow);
    return port;
}

Expected<std::uint16_t, std::string> listen_silently(net::Context& context) {
    auto listener = std::make_unique<net::Socket>(context);
    auto port = bind_socket(*listener, SOCK_STREAM);
    if (!port) return port;
    if (::listen(listener->descriptor(), 0) != 0) return Unexpected<std::string>(failure("listen", errno));
    // A queue of length 0 holds one connection; with that one in it, Linux drops every further SYN.
    auto filler = std::make_unique<net::Socket>(context);
    if (const int error = filler->open(Family::ipv4, SOCK_STREAM); error != 0)
        return Unexpected<std::string>(failure("open a socket", error));
    const net::NativeAddress native = net::to_native(SocketAddress{any_loopback_port.address, *port});
    if (::connect(filler->descriptor(), native.pointer(), native.length) != 0 && errno != EINPROGRESS)
        return Unexpected<std::string>(failure("connect", errno));
    std::vector<std::unique_ptr<net::Socket>> both;
    both.push_back(std::move(listener));
    both.push_back(std::move(filler));
    asio::co_spawn(context.io, keep_until_stopped(context, std::move(both)), net::rethrow);
    return port;
}

Expected<std::uint16_t, std::string> reserve_closed_port(net::Context& context) {
    auto socket = std::make_unique<net::Socket>(context);
    auto port = bind_socket(*socket, SOCK_STREAM);
    if (!port) return port;
    std::vector<std::unique_ptr<net::Socket>> one;
    one.push_back(std::move(socket));
    asio::co_spawn(context.io, keep_until_stopped(context, std::move(one)), net::rethrow);
    return port;
}

}  // namespace fdnprobe::peers
