#include "net/transport.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "net/shortage.hpp"
#include "net/socket_address.hpp"

namespace fdnprobe::net {
namespace {

/// EADDRNOTAVAIL has two meanings: no free port, which passes, or no address to send from, which does not.
bool lacks_source_address(const SocketAddress& destination, const DialOptions& options) {
    const auto source = source_towards(destination, options);
    return !source && source.error() == EADDRNOTAVAIL;
}

tcp_info information(int descriptor) {
    tcp_info info{};
    socklen_t length = sizeof info;
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) info = {};
    return info;
}

/// One try: 0, or the errno of what failed at once. EINPROGRESS: the handshake is under way.
int start_connecting(Socket& socket, const SocketAddress& destination, const DialOptions& options,
                     const char*& failed_at) {
    const Family family = destination.address.family();
    failed_at = "socket";
    if (const int error = socket.open(family, SOCK_STREAM); error != 0) return error;
    watch_errors(socket.descriptor(), family);
    // Before the connection: the SYN then tells the far end of it too (RFC 9293, 3.7.1).
    if (options.segment > 0 &&
        setsockopt(socket.descriptor(), IPPROTO_TCP, TCP_MAXSEG, &options.segment, sizeof options.segment) != 0)
        return errno;
    failed_at = "bind";
    if (const int error = apply_origin(socket.descriptor(), family, options); error != 0) return error;
    failed_at = "";
    const NativeAddress native = to_native(destination);
    return ::connect(socket.descriptor(), native.pointer(), native.length) == 0 ? 0 : errno;
}

}  // namespace

int all_acknowledged(int descriptor) {
    tcp_info info{};
    socklen_t length = sizeof info;
    if (getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
    return info.tcpi_unacked == 0 ? 1 : 0;
}

Task<Outcome> connect_tcp(Socket& socket, SocketAddress destination, const DialOptions& options, Recorder& recorder,
                          Clock::duration budget, Stage stage) {
    recorder.stage = stage;
    const Clock::time_point began = Clock::now();
    const char* failed_at = "";
    int error = 0;
    int waited_for = 0;
    for (;;) {
        error = start_connecting(socket, destination, options, failed_at);
        if (error == 0 || error == EINPROGRESS) {
            const auto local = local_address(socket.descriptor());
            // A port of this host may have been dialled from itself: TCP's simultaneous open, and no server at all.
            const bool self = local && *local == destination;
            if (!self) {
                recorder.attempt().local = local;
                break;
            }
            error = EADDRNOTAVAIL;
        }
        const bool hopeless =
            *failed_at == 'b' || (error == EADDRNOTAVAIL && lacks_source_address(destination, options));
        if (hopeless || !is_shortage(error) || Clock::now() - began > shortage_patience) {
            if (socket.is_open()) recorder.note_icmp(socket.descriptor());
            recorder.note(What::connect_error, error, 0, failed_at);
            co_return Outcome::failed;
        }
        waited_for = error;
        socket.close();
        const bool go_on = co_await recorder.context().sleep(shortage_pause);
        if (!go_on) co_return Outcome::stopped;
    }
    const Clock::time_point started = Clock::now();
    if (waited_for != 0)
        recorder.note(What::descriptor_wait, waited_for,
                      static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(started - began).count()));
    Event& start = recorder.note(What::connect_start);
    if (recorder.attempt().local) {
        start.from = recorder.attempt().local->address;
        start.code = recorder.attempt().local->port;
    }
    if (error == EINPROGRESS) {
        const Outcome waited = co_await socket.wait_writable(started + budget);
        if (waited == Outcome::stopped) co_return waited;
        if (waited == Outcome::expired) {
            recorder.note_icmp(socket.descriptor());
            recorder.note(What::connect_timeout, static_cast<int>(information(socket.descriptor()).tcpi_total_retrans),
                          static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(budget).count()));
            co_return waited;
        }
        // Writable and nothing else: the handshake is complete, and no error waits to be asked for.
        if (socket.quiet()) {
            recorder.note(What::connect_ok);
            co_return Outcome::ok;
        }
    }
    const bool icmp = recorder.note_icmp(socket.descriptor());
    socklen_t length = sizeof error;
    error = 0;
    getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error == 0) {
        // The far end may have accepted and gone again before this process woke up: CLOSE_WAIT after its FIN; after its
        // RST the error may already have been taken off the socket.
        const auto state = information(socket.descriptor()).tcpi_state;
        if (state != TCP_ESTABLISHED && state != TCP_CLOSE_WAIT) error = icmp ? EHOSTUNREACH : ECONNRESET;
    }
    if (error != 0) {
        recorder.note(What::connect_error, error);
        co_return Outcome::failed;
    }
    recorder.note(What::connect_ok);
    co_return Outcome::ok;
}

Task<Outcome> send_all(Socket& socket, std::string_view bytes, Clock::time_point limit, Recorder& recorder) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) {
            const int error = errno;
            recorder.note_icmp(socket.descriptor());
            recorder.note(error == EPIPE || error == ECONNRESET ? What::reset : What::send_error, error);
            co_return Outcome::failed;
        }
        const Outcome waited = co_await socket.wait_writable(limit);
        if (waited != Outcome::ok) co_return waited;
    }
    co_return Outcome::ok;
}

Task<Received> receive(Socket& socket, std::span<char> buffer, Clock::time_point limit) {
    Received result;
    for (;;) {
        const ssize_t got = ::recv(socket.descriptor(), buffer.data(), buffer.size(), 0);
        if (got > 0) {
            result.outcome = Outcome::ok;
            result.size = static_cast<std::size_t>(got);
            co_return result;
        }
        if (got == 0) {
            result.outcome = Outcome::closed;
            co_return result;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) {
            result.error = errno;
            result.outcome = Outcome::failed;
            co_return result;
        }
        result.outcome = co_await socket.wait_readable(limit);
        if (result.outcome != Outcome::ok) co_return result;
    }
}

}  // namespace fdnprobe::net
