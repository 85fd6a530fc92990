// Which sockets are ready: one epoll set for all of them, seen by Asio as a single descriptor.
//
// Asio would register each socket when it is opened, change that when it is waited for, and set it non-blocking once
// more: three system calls that a check of an open port does not need. Here a socket is registered at its first wait,
// and what ends the wait is the socket's own timer, cancelled.
#pragma once

#include <cstddef>
#include <cstdint>

#include "net/asio.hpp"

namespace fdnprobe::net {

/// A wait under way; owned by the socket, and alive as long as its descriptor is open.
struct Wait {
    explicit Wait(asio::io_context& io) : timer(io) {}
    Timer timer;
    bool registered = false;
    std::uint32_t events = 0;  ///< what epoll saw (EPOLLIN and so on); 0: nothing yet
};

class Poller {
  public:
    explicit Poller(asio::io_context& io);
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    /// Cancels the wait's timer once one of `events` is there. Errors and hang-ups always count.
    void begin(int descriptor, Wait& wait, std::uint32_t events);
    /// Every begin has its end; with the last one the event loop has nothing to wait for here.
    void end();

  private:
    void arm();
    void collect();

    int set_;
    Descriptor watch_;
    std::size_t waiting_ = 0;
    bool armed_ = false;
};

}  // namespace fdnprobe::net
