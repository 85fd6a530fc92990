#include "net/ares_channel.hpp"

#include <arpa/nameser.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fmt/format.h>

#include "net/socket_address.hpp"

namespace fdnprobe::net {
namespace {

/// Addresses as c-ares hands them out: bytes and a family.
Address from_bytes(int family, const void* data) {
    if (family == AF_INET) {
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), data, bytes.size());
        return Address::from_ipv4(bytes);
    }
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), data, bytes.size());
    return Address::from_ipv6(bytes);
}

std::string server_text(const SocketAddress& server) {
    return server.port == 53 ? server.address.to_string() : server.to_string();
}

}  // namespace

struct AresChannel::Watch {
    explicit Watch(asio::io_context& io) : descriptor(io) {}
    Descriptor descriptor;
    bool reading = false;  // what c-ares wants to know
    bool writing = false;
    bool waits_read = false;  // what is being waited for
    bool waits_write = false;
    bool closed = false;
};

AresChannel::AresChannel(Context& context, const std::vector<SocketAddress>& servers)
    : context_(context), timer_(context.io) {
    ares_options settings{};
    // One second for the first try and twice as long for each next one: a lost packet is asked again in time, and three
    // tries fill the stage's budget.
    settings.timeout = 1000;
    settings.tries = 3;
    // Without this flag REFUSED and SERVFAIL arrive as "could not contact DNS servers", without their bytes.
    settings.flags = ARES_FLAG_NOCHECKRESP;
    settings.sock_state_cb = [](void* self, ares_socket_t socket, int readable, int writable) {
        static_cast<AresChannel*>(self)->on_state(socket, readable != 0, writable != 0);
    };
    settings.sock_state_cb_data = this;
    channel_ =
        system::open_ares(settings, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB);
    if (!channel_) return;
    if (!servers.empty()) {
        std::vector<std::string> texts;
        for (const SocketAddress& server : servers) texts.push_back(server.to_string());
        ares_set_servers_ports_csv(channel_.get(), fmt::format("{}", fmt::join(texts, ",")).c_str());
    }
    static const ares_socket_functions functions{
        [](int family, int type, int protocol, void* self) {
            return static_cast<AresChannel*>(self)->on_open(family, type, protocol);
        },
        [](ares_socket_t socket, void* self) { return static_cast<AresChannel*>(self)->on_close(socket); },
        [](ares_socket_t socket, const sockaddr* address, ares_socklen_t length, void* self) {
            return static_cast<AresChannel*>(self)->on_connect(socket, address, length);
        },
        [](ares_socket_t socket, void* buffer, size_t size, int flags, sockaddr* from, ares_socklen_t* length,
           void* self) {
            return static_cast<AresChannel*>(self)->on_receive(socket, buffer, size, flags, from, length);
        },
        [](ares_socket_t socket, const iovec* parts, int count, void* self) {
            return static_cast<AresChannel*>(self)->on_send(socket, parts, count);
        },
    };
    ares_set_socket_functions(channel_.get(), &functions, this);
}

AresChannel::~AresChannel() {
    timer_.cancel();
    channel_.reset();  // the answers to open questions still find everything in place
}

void AresChannel::ask(const std::string& name, int type, ares_callback done, void* argument) {
    if (!channel_) {
        done(argument, ARES_ENOTINITIALIZED, 0, nullptr, 0);
        return;
    }
    ares_query(channel_.get(), name.c_str(), ns_c_in, type, done, argument);
    arm_timer();
}

std::vector<SocketAddress> AresChannel::server_addresses() const {
    std::vector<SocketAddress> addresses;
    ares_addr_port_node* first = nullptr;
    if (!channel_ || ares_get_servers_ports(channel_.get(), &first) != ARES_SUCCESS) return addresses;
    for (const ares_addr_port_node* node = first; node != nullptr; node = node->next) {
        const auto port = static_cast<std::uint16_t>(node->udp_port == 0 ? 53 : node->udp_port);
        addresses.push_back(SocketAddress{from_bytes(node->family, &node->addr), port});
    }
    ares_free_data(first);
    return addresses;
}

std::vector<std::string> AresChannel::servers() const {
    std::vector<std::string> texts;
    for (const SocketAddress& server : server_addresses()) texts.push_back(server_text(server));
    return texts;
}

std::string AresChannel::answered_by(std::uint16_t id) const {
    const auto found = answered_.find(id);
    return found == answered_.end() ? std::string() : found->second;
}

std::vector<AresChannel::Trouble> AresChannel::troubles() const {
    std::vector<Trouble> list;
    for (const auto& [server, trouble] : troubles_) list.push_back(trouble);
    return list;
}

ares_socket_t AresChannel::on_open(int family, int type, int protocol) {
    const int socket = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (socket >= 0) watch_errors(socket, family == AF_INET6 ? Family::ipv6 : Family::ipv4);
    return socket;
}

int AresChannel::on_close(ares_socket_t socket) {
    server_of_.erase(socket);
    return ::close(socket);
}

int AresChannel::on_connect(ares_socket_t socket, const sockaddr* address, ares_socklen_t length) {
    sockaddr_storage storage{};
    std::memcpy(&storage, address, std::min<std::size_t>(length, sizeof storage));
    if (const auto server = from_native(storage)) server_of_[socket] = server_text(*server);
    const int result = ::connect(socket, address, length);
    const int error = errno;
    if (result != 0 && error != EINPROGRESS) note_trouble(socket, error);
    errno = error;
    return result;
}

ares_ssize_t AresChannel::on_receive(ares_socket_t socket, void* buffer, std::size_t size, int flags, sockaddr* from,
                                     ares_socklen_t* length) {
    const ares_ssize_t got = ::recvfrom(socket, buffer, size, flags, from, length);
    const int error = errno;
    if (got >= 2) {
        const auto* bytes = static_cast<const unsigned char*>(buffer);
        answered_[static_cast<std::uint16_t>(bytes[0] * 256 + bytes[1])] = server_of_[socket];
    }
    if (got < 0 && error != EAGAIN) note_trouble(socket, error);
    errno = error;
    return got;
}

ares_ssize_t AresChannel::on_send(ares_socket_t socket, const iovec* parts, int count) {
    const ares_ssize_t sent = ::writev(socket, parts, count);
    const int error = errno;
    if (sent < 0 && error != EAGAIN) note_trouble(socket, error);
    errno = error;
    return sent;
}

void AresChannel::note_trouble(ares_socket_t socket, int error) {
    Trouble trouble;
    trouble.server = server_of_[socket];
    trouble.error = error;
    const auto icmp = drain_errors(socket);
    if (!icmp.empty()) trouble.icmp = icmp.back();
    troubles_[trouble.server] = trouble;
}

void AresChannel::on_state(ares_socket_t socket, bool readable, bool writable) {
    auto found = watches_.find(socket);
    if (!readable && !writable) {
        if (found == watches_.end()) return;
        found->second->closed = true;
        found->second->descriptor.release();
        watches_.erase(found);
        return;
    }
    if (found == watches_.end()) {
        const auto watch = std::make_shared<Watch>(context_.io);
        asio::error_code error;
        watch->descriptor.assign(socket, error);
        if (error) return;
        found = watches_.emplace(socket, watch).first;
    }
    found->second->reading = readable;
    found->second->writing = writable;
    arm(socket, found->second);
}

void AresChannel::arm(ares_socket_t socket, const std::shared_ptr<Watch>& watch) {
    if (watch->reading && !watch->waits_read) {
        watch->waits_read = true;
        watch->descriptor.async_wait(Descriptor::wait_read, [this, socket, watch](const asio::error_code& error) {
            watch->waits_read = false;
            if (error || watch->closed) return;
            process(socket, ARES_SOCKET_BAD);
            if (!watch->closed) arm(socket, watch);
        });
    }
    if (watch->writing && !watch->waits_write) {
        watch->waits_write = true;
        watch->descriptor.async_wait(Descriptor::wait_write, [this, socket, watch](const asio::error_code& error) {
            watch->waits_write = false;
            if (error || watch->closed) return;
            process(ARES_SOCKET_BAD, socket);
            if (!watch->closed) arm(socket, watch);
        });
    }
}

void AresChannel::process(ares_socket_t readable, ares_socket_t writable) {
    ares_process_fd(channel_.get(), readable, writable);
    arm_timer();
}

void AresChannel::arm_timer() {
    timeval buffer{};
    const timeval* due = ares_timeout(channel_.get(), nullptr, &buffer);
    if (due == nullptr) {
        timer_.cancel();
        return;
    }
    timer_.expires_after(std::chrono::seconds(due->tv_sec) + std::chrono::microseconds(due->tv_usec));
    timer_.async_wait([this](const asio::error_code& error) {
        if (!error) process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    });
}

}  // namespace fdnprobe::net
