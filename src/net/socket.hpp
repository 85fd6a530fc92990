// One non-blocking socket and its deadline. Every wait has an absolute limit and ends when the run is stopped; the
// system calls are made by whoever uses the socket, so that each errno is seen where it happens.
#pragma once

#include <cstdint>

#include "fdnprobe/address.hpp"
#include "net/context.hpp"
#include "system/descriptor.hpp"

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

    /// A new non-blocking socket of this type (SOCK_STREAM, SOCK_DGRAM, SOCK_RAW); 0 or errno.
    [[nodiscard]] int open(Family family, int type, int protocol = 0);
    /// The same, of a family of the operating system's own, such as AF_PACKET.
    [[nodiscard]] int open_native(int family, int type, int protocol);
    /// Takes over an open descriptor, such as an accepted one.
    void adopt(int descriptor);
    [[nodiscard]] int descriptor() const { return native_.number(); }
    [[nodiscard]] bool is_open() const { return native_.is_open(); }
    void close();

    [[nodiscard]] Task<Outcome> wait_readable(Clock::time_point limit);
    [[nodiscard]] Task<Outcome> wait_writable(Clock::time_point limit);

    /// The last wait ended with what it waited for and nothing else: no error, no hang-up, no end of the stream.
    [[nodiscard]] bool quiet() const;

    /// Ends the wait under way and all later ones.
    void stop() override;

  private:
    [[nodiscard]] Task<Outcome> wait(std::uint32_t events, Clock::time_point limit);

    Context& context_;
    Wait wait_;
    system::Descriptor native_;  // after wait_, and so closed before that goes
    bool stopped_;
};

}  // namespace fdnprobe::net
