#include "net/poller.hpp"

#include <sys/epoll.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace fdnprobe::net {

Poller::Poller(asio::io_context& io) : set_(epoll_create1(EPOLL_CLOEXEC)), watch_(io) {
    if (set_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
    watch_.assign(set_);
}

void Poller::begin(int descriptor, Wait& wait, std::uint32_t events) {
    epoll_event event{};
    // One shot: a socket that nobody waits for wakes nobody.
    event.events = events | EPOLLONESHOT;
    event.data.ptr = &wait;
    epoll_ctl(set_, wait.registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, &event);
    wait.registered = true;
    wait.events = 0;
    ++waiting_;
    if (!armed_) arm();
}

void Poller::end() {
    asio::error_code ignored;
    if (--waiting_ == 0 && armed_) watch_.cancel(ignored);
}

void Poller::arm() {
    armed_ = true;
    watch_.async_wait(Descriptor::wait_read, [this](const asio::error_code& error) {
        armed_ = false;
        if (!error) collect();
        if (waiting_ > 0 && !armed_) arm();
    });
}

/// Cancelling a timer runs nothing yet, so no wait of this batch can be gone before its turn.
void Poller::collect() {
    std::array<epoll_event, 256> events;
    const int count = epoll_wait(set_, events.data(), static_cast<int>(events.size()), 0);
    for (int index = 0; index < count; ++index) {
        const epoll_event& event = events[static_cast<std::size_t>(index)];
        auto& wait = *static_cast<Wait*>(event.data.ptr);
        wait.events = event.events;
        wait.timer.cancel();
    }
}

}  // namespace fdnprobe::net
