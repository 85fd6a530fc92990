#include "net/socket.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/socket_address.hpp"

namespace fdnprobe::net {

Socket::Socket(Context& context) : context_(context), wait_(context.io), stopped_(context.stopped()) {
    context_.add(*this);
}

Socket::~Socket() { context_.remove(*this); }

int Socket::open(Family family, int type, int protocol) { return open_native(native_family(family), type, protocol); }

int Socket::open_native(int family, int type, int protocol) {
    close();
    const int descriptor = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (descriptor < 0) return errno;
    adopt(descriptor);
    return 0;
}

void Socket::adopt(int descriptor) { native_ = system::Descriptor(descriptor); }

void Socket::close() {
    native_.close();  // which takes it out of the epoll set
    wait_.registered = false;
}

bool Socket::quiet() const { return wait_.events != 0 && (wait_.events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) == 0; }

void Socket::stop() {
    stopped_ = true;
    wait_.timer.cancel();
}

Task<Outcome> Socket::wait_readable(Clock::time_point limit) { return wait(EPOLLIN, limit); }
Task<Outcome> Socket::wait_writable(Clock::time_point limit) { return wait(EPOLLOUT | EPOLLRDHUP, limit); }

Task<Outcome> Socket::wait(std::uint32_t events, Clock::time_point limit) {
    if (stopped_) co_return Outcome::stopped;
    if (Clock::now() >= limit) co_return Outcome::expired;
    wait_.timer.expires_at(limit);
    context_.poller.begin(native_.number(), wait_, events);
    [[maybe_unused]] const auto [error] = co_await wait_.timer.async_wait(use_task);
    context_.poller.end();
    if (stopped_) co_return Outcome::stopped;
    co_return wait_.events != 0 ? Outcome::ok : Outcome::expired;
}

}  // namespace fdnprobe::net
