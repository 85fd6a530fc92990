// One non-blocking socket and its deadline. Every wait has an absolute limit and ends when the run is stopped; the
// system calls are made by whoever uses the socket, so that each errno is seen where it happens.
#pragma once

#include <cstdint>
#include <memory>

#include "fdnprobe/address.hpp"
#include "net/context.hpp"

namespace fdnprobe::net {

/// How a wait or an operation on a socket ended.
enum class Outcome : std::uint8_t {
    ok,
    closed,   ///< the far end closed in order
    failed,   ///< an error, which has been recorded
    expired,  ///< the limit passed
    stopped,  ///< the run, or this attempt, was ended from outside
};

class Socket final : public Stoppable {
  public:
    explicit Socket(Context& context);
    ~Socket() override;

    /// A new non-blocking socket of this type (SOCK_STREAM, SOCK_DGRAM); 0 or errno.
    [[nodiscard]] int open(Family family, int type);
    /// Takes over an open descriptor, such as an accepted one.
    void adopt(int descriptor);
    [[nodiscard]] int descriptor() const { return native_; }
    [[nodiscard]] bool is_open() const { return native_ >= 0; }
    void close();

    [[nodiscard]] Task<Outcome> wait_readable(Clock::time_point limit);
    [[nodiscard]] Task<Outcome> wait_writable(Clock::time_point limit);

    /// Ends the wait under way and all later ones.
    void stop() override;

  private:
    struct State;
    [[nodiscard]] Task<Outcome> wait(bool for_reading, Clock::time_point limit);

    Context& context_;
    std::shared_ptr<State> state_;  // shared with the timer's handler, which may run after the socket has gone
    int native_ = -1;
};

}  // namespace fdnprobe::net
