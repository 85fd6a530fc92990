#include "net/datagram.hpp"

#include <cerrno>
#include <cstring>

#include "net/error_queue.hpp"
#include "net/shortage.hpp"

namespace fdnprobe::net {

Task<Outcome> Datagrams::open(DialOptions options) {
    recorder_.stage = Stage::connect;
    const Clock::time_point began = Clock::now();
    for (;;) {
        std::string failed_at;
        const int error = make(options, failed_at);
        if (error == 0) break;
        const bool hopeless = failed_at == "bind";
        if (hopeless || !is_shortage(error) || Clock::now() - began > shortage_patience) {
            recorder_.note(What::connect_error, error, 0, failed_at);
            co_return Outcome::failed;
        }
        const bool go_on = co_await recorder_.context().sleep(shortage_pause);
        if (!go_on) co_return Outcome::stopped;
    }
    recorder_.note(What::connect_ok, 0, 0, interface_);
    co_return Outcome::ok;
}

Outcome Datagrams::send(std::string_view payload) {
    std::string packet;
    const std::string_view bytes = wrap(payload, packet);
    const NativeAddress native = target();
    const sockaddr* const to = native.length == 0 ? nullptr : native.pointer();
    for (;;) {
        if (::sendto(socket_.descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL, to, native.length) >= 0)
            return Outcome::ok;
        const int error = errno;
        if (error == EINTR) continue;
        // With the error queue on, an ICMP error to an earlier datagram is reported by the next call.
        if (!recorder_.note_icmp(socket_.descriptor())) recorder_.note(What::send_error, error);
        return Outcome::failed;
    }
}

Task<Received> Datagrams::receive(std::span<char> buffer, Clock::time_point limit) {
    Received result;
    for (;;) {
        sockaddr_storage sender{};
        socklen_t length = sizeof sender;
        const ssize_t got = ::recvfrom(socket_.descriptor(), buffer.data(), buffer.size(), 0,
                                       reinterpret_cast<sockaddr*>(&sender), &length);
        if (got >= 0) {
            const std::string_view packet(buffer.data(), static_cast<std::size_t>(got));
            const auto payload = unwrap(packet, sender, result);
            if (!payload) continue;
            std::memmove(buffer.data(), payload->data(), payload->size());
            result.outcome = Outcome::ok;
            result.size = payload->size();
            co_return result;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN) {
            result.error = errno;
            result.outcome = Outcome::failed;
            if (!recorder_.note_icmp(socket_.descriptor())) recorder_.note(What::send_error, result.error);
            co_return result;
        }
        if (recorder_.note_icmp(socket_.descriptor())) {
            result.outcome = Outcome::failed;
            co_return result;
        }
        result.outcome = co_await socket_.wait_readable(limit);
        if (result.outcome != Outcome::ok) co_return result;
    }
}

}  // namespace fdnprobe::net
