#include "net/socket.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "net/socket_address.hpp"

namespace fdnprobe::net {

struct Socket::State {
    explicit State(asio::io_context& io) : descriptor(io), timer(io) {}

    Descriptor descriptor;
    Timer timer;
    Clock::time_point armed_for = Clock::time_point::min();
    std::uint64_t armings = 0;  // a timer that had fired already must not end a later wait
    bool stopped = false;
};

Socket::Socket(Context& context) : context_(context), state_(std::make_shared<State>(context.io)) {
    state_->stopped = context.stopped();
    context_.add(*this);
}

Socket::~Socket() {
    context_.remove(*this);
    close();
}

int Socket::open(Family family, int type) {
    close();
    const int descriptor = ::socket(native_family(family), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return errno;
    adopt(descriptor);
    return 0;
}

void Socket::adopt(int descriptor) {
    asio::error_code error;
    state_->descriptor.assign(descriptor, error);
    if (error) {
        ::close(descriptor);
        return;
    }
    native_ = descriptor;
}

void Socket::close() {
    ++state_->armings;
    state_->armed_for = Clock::time_point::min();
    state_->timer.cancel();
    asio::error_code ignored;
    if (native_ >= 0) state_->descriptor.close(ignored);
    native_ = -1;
}

void Socket::stop() {
    state_->stopped = true;
    asio::error_code ignored;
    if (native_ >= 0) state_->descriptor.cancel(ignored);
}

Task<Outcome> Socket::wait_readable(Clock::time_point limit) { return wait(true, limit); }
Task<Outcome> Socket::wait_writable(Clock::time_point limit) { return wait(false, limit); }

Task<Outcome> Socket::wait(bool for_reading, Clock::time_point limit) {
    const std::shared_ptr<State> state = state_;
    if (state->stopped) co_return Outcome::stopped;
    if (state->armed_for != limit) {
        state->armed_for = limit;
        const std::uint64_t arming = ++state->armings;
        state->timer.expires_at(limit);
        state->timer.async_wait([state, arming](const asio::error_code& error) {
            if (error || arming != state->armings) return;
            asio::error_code ignored;
            state->descriptor.cancel(ignored);
        });
    }
    if (Clock::now() >= limit) co_return Outcome::expired;
    const auto kind = for_reading ? Descriptor::wait_read : Descriptor::wait_write;
    const auto [error] = co_await state->descriptor.async_wait(kind, use_task);
    if (state->stopped) co_return Outcome::stopped;
    if (!error) co_return Outcome::ok;
    co_return Clock::now() >= limit ? Outcome::expired : Outcome::failed;
}

}  // namespace fdnprobe::net
