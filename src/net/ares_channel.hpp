// c-ares on Asio. Every descriptor that c-ares opens is watched by one stream descriptor, which lets go of it before
// c-ares closes it. A watch is shared with the handlers that wait on it, because c-ares may close a socket from within
// them. The sockets are lent: their error queue is on, and what goes wrong on them is kept, since c-ares itself says
// only that it "could not contact DNS servers".
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ares.h>

#include "fdnprobe/address.hpp"
#include "net/context.hpp"
#include "net/error_queue.hpp"
#include "system/ares.hpp"

namespace fdnprobe::net {

class AresChannel {
  public:
    /// `servers` empty: the system's.
    AresChannel(Context& context, const std::vector<SocketAddress>& servers);
    AresChannel(const AresChannel&) = delete;
    AresChannel& operator=(const AresChannel&) = delete;
    ~AresChannel();

    /// Asks one question of class IN. `done` may be called from within.
    void ask(const std::string& name, int type, ares_callback done, void* argument);

    /// The servers that are asked.
    [[nodiscard]] std::vector<SocketAddress> server_addresses() const;
    /// In text; the port only where it is not 53.
    [[nodiscard]] std::vector<std::string> servers() const;

    /// Which server an answer with this id came from; empty: not known.
    [[nodiscard]] std::string answered_by(std::uint16_t id) const;

    /// What went wrong on the way to a server.
    struct Trouble {
        std::string server;
        int error = 0;  ///< errno
        std::optional<IcmpError> icmp;
    };
    /// The latest for each server.
    [[nodiscard]] std::vector<Trouble> troubles() const;

  private:
    struct Watch;

    ares_socket_t on_open(int family, int type, int protocol);
    int on_close(ares_socket_t socket);
    int on_connect(ares_socket_t socket, const sockaddr* address, ares_socklen_t length);
    ares_ssize_t on_receive(ares_socket_t socket, void* buffer, std::size_t size, int flags, sockaddr* from,
                            ares_socklen_t* length);
    ares_ssize_t on_send(ares_socket_t socket, const iovec* parts, int count);
    void on_state(ares_socket_t socket, bool readable, bool writable);
    void note_trouble(ares_socket_t socket, int error);
    void arm(ares_socket_t socket, const std::shared_ptr<Watch>& watch);
    void process(ares_socket_t readable, ares_socket_t writable);
    void arm_timer();

    Context& context_;
    Timer timer_;
    system::AresHandle channel_;
    std::map<ares_socket_t, std::shared_ptr<Watch>> watches_;
    std::map<ares_socket_t, std::string> server_of_;
    std::map<std::uint16_t, std::string> answered_;
    std::map<std::string, Trouble> troubles_;
};

}  // namespace fdnprobe::net
