// A counted resource that is queued for: file descriptors, above all. First come, first served.
#pragma once

#include <cstddef>
#include <list>

#include "net/asio.hpp"

namespace fdnprobe::net {

class Gate {
  public:
    Gate(asio::io_context& io, std::size_t capacity) : io_(io), free_(capacity) {}
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    /// Takes one without waiting. Those who wait are served first.
    [[nodiscard]] bool try_enter();
    /// Takes one, whenever it becomes free; false when the gate was shut meanwhile.
    [[nodiscard]] Task<bool> enter();
    void leave();
    /// Sends all who wait away, and those who come later.
    void shut();

  private:
    struct Waiter {
        Timer timer;
        bool served = false;
    };

    asio::io_context& io_;
    std::size_t free_;
    std::list<Waiter*> waiters_;
    bool shut_ = false;
};

/// A place behind a gate, given back at the end of its scope.
class GatePass {
  public:
    explicit GatePass(Gate& gate) : gate_(&gate) {}
    GatePass(const GatePass&) = delete;
    GatePass& operator=(const GatePass&) = delete;
    ~GatePass() { gate_->leave(); }

  private:
    Gate* gate_;
};

}  // namespace fdnprobe::net
