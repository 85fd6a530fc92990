// What all sockets of a run share: the event loop, the clock that evidence is stamped with, the descriptors that may be
// used, and the way to stop everything at once.
#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <vector>

#include "net/asio.hpp"
#include "net/gate.hpp"
#include "net/poller.hpp"

namespace fdnprobe::net {

/// Something that waits and can be told to stop waiting.
class Stoppable {
  public:
    Stoppable() = default;
    Stoppable(const Stoppable&) = delete;
    Stoppable& operator=(const Stoppable&) = delete;
    virtual ~Stoppable() = default;
    virtual void stop() = 0;
};

class Context {
    // Before the event loop, and so destroyed after it: what is still suspended in there takes itself off this list.
    std::set<Stoppable*> live_;
    bool stopped_ = false;
    std::vector<char> scratch_ = std::vector<char>(65536);  // the largest datagram, or four TLS records

  public:
    /// `sockets`: how many checks may hold at once.
    explicit Context(std::size_t sockets) : descriptors(io, sockets) {}
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

    asio::io_context io{1};
    Clock::time_point origin = Clock::now();  ///< the beginning of the run
    Poller poller{io};
    Gate descriptors;

    [[nodiscard]] Clock::duration now() const { return Clock::now() - origin; }
    [[nodiscard]] bool stopped() const { return stopped_; }
    /// Ends every wait, now and later. What was observed until then is kept.
    void stop();

    /// Waits; false when the run was stopped meanwhile.
    [[nodiscard]] Task<bool> sleep(Clock::duration span);

    /// Memory for what one system call brings. Whoever fills it uses it up before waiting again, so that thousands of
    /// connections can share it.
    [[nodiscard]] std::span<char> scratch() { return scratch_; }

    /// Lets everything else that is ready have its turn first.
    [[nodiscard]] Task<void> turn();

    void add(Stoppable& one) { live_.insert(&one); }
    void remove(Stoppable& one) { live_.erase(&one); }
};

/// How many descriptors this process may still open, after raising its soft limit to the hard one; `reserve` stay free
/// for files, the resolver and what libraries open.
[[nodiscard]] std::size_t available_descriptors(std::size_t reserve);

}  // namespace fdnprobe::net
