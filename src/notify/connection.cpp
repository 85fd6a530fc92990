#include "notify/connection.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

#include "notify/name_lookup.hpp"

namespace fdnprobe::notify {
namespace {

Unexpected<std::string> trouble(std::string text) { return Unexpected<std::string>(std::move(text)); }

Expected<system::Descriptor, std::string> connect_one(const ares_addrinfo_node& address, int type,
                                                      const Attempt& attempt) {
    system::Descriptor made(socket(address.ai_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made.is_open()) return trouble("there is no socket: " + error_text(errno));
    if (connect(made.number(), address.ai_addr, address.ai_addrlen) == 0) return made;
    if (errno != EINPROGRESS) return trouble("no connection: " + error_text(errno));
    if (const Waited waited = attempt.wait(made.number(), POLLOUT); waited != Waited::ready)
        return trouble(why_unless_ready(waited, "no connection in time"));
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(made.number(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return trouble("no connection: " + error_text(error));
    return made;
}

}  // namespace

std::string error_text(int error) { return std::generic_category().message(error); }

Expected<system::Descriptor, std::string> connect_to(const std::string& host, std::uint16_t port, int type,
                                                     const Attempt& attempt) {
    const auto addresses = look_up(host, port, attempt);
    if (!addresses) return trouble(addresses.error());
    const ares_addrinfo_node* const first = (*addresses)->nodes;
    std::size_t left = 0;
    for (const auto* address = first; address != nullptr; address = address->ai_next) ++left;
    auto result = Expected<system::Descriptor, std::string>(trouble("the name has no address"));
    for (const auto* address = first; address != nullptr && !attempt.cancelled(); address = address->ai_next) {
        // One that swallows everything must leave time for the others.
        const auto now = std::chrono::steady_clock::now();
        const auto share = (attempt.deadline() - now) / static_cast<int>(left--);
        result = connect_one(*address, type, attempt.until(now + share));
        if (result) return result;
    }
    return result;
}

Expected<std::size_t, std::string> PlainStream::write(const char* bytes, std::size_t size, const Attempt& attempt) {
    while (true) {
        if (const Waited waited = attempt.wait(descriptor(), POLLOUT); waited != Waited::ready)
            return trouble(why_unless_ready(waited, "it does not read what it is sent"));
        const ssize_t sent = send(descriptor(), bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0) return static_cast<std::size_t>(sent);
        if (errno != EAGAIN && errno != EINTR) return trouble("the connection broke: " + error_text(errno));
    }
}

Expected<std::size_t, std::string> PlainStream::read(char* bytes, std::size_t size, const Attempt& attempt) {
    while (true) {
        if (const Waited waited = attempt.wait(descriptor(), POLLIN); waited != Waited::ready)
            return trouble(why_unless_ready(waited, "no answer in time"));
        const ssize_t got = recv(descriptor(), bytes, size, MSG_DONTWAIT);
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EAGAIN && errno != EINTR) return trouble("the connection broke: " + error_text(errno));
    }
}

Expected<std::size_t, std::string> write_all(Stream& stream, std::string_view bytes, const Attempt& attempt) {
    const std::size_t size = bytes.size();
    while (!bytes.empty()) {
        auto written = stream.write(bytes.data(), bytes.size(), attempt);
        if (!written) return written;
        bytes.remove_prefix(*written);
    }
    return size;
}

}  // namespace fdnprobe::notify
