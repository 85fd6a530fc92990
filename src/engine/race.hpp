// One check at all its addresses. The first address gets a head start; the next is tried when the one before it has
// failed, or has kept silent for a while: a dead address then costs the check next to nothing (RFC 8305 has the idea).
// The first good answer ends the race, and what had failed by then is kept as evidence.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/pacing.hpp"
#include "engine/talk.hpp"
#include "fdnprobe/check.hpp"
#include "net/condition.hpp"
#include "net/context.hpp"

namespace fdnprobe::engine {

class Race {
  public:
    Race(net::Context& context, const TalkSettings& settings, Pacing& pacing, bool pace_loopback, const Check& check,
         const probes::Probe& probe)
        : context_(context),
          settings_(settings),
          pacing_(pacing),
          pace_loopback_(pace_loopback),
          check_(check),
          probe_(probe),
          changed_(context) {}

    /// `resolution` is what all attempts begin with: how the addresses were come by.
    [[nodiscard]] net::Task<std::vector<Attempt>> run(const std::vector<Address>& addresses,
                                                      const std::vector<Event>& resolution,
                                                      std::chrono::nanoseconds resolve_time, bool all_addresses);

  private:
    struct Runner {
        Attempt attempt;
        net::Socket* socket = nullptr;
    };

    [[nodiscard]] net::Task<void> attempt(Runner& runner);
    void launch(Runner& runner);
    void end_others();

    net::Context& context_;
    const TalkSettings& settings_;
    Pacing& pacing_;
    bool pace_loopback_;
    const Check& check_;
    const probes::Probe& probe_;
    net::Condition changed_;
    std::size_t running_ = 0;
    bool won_ = false;
    bool keep_all_ = false;
    std::vector<Runner> runners_;
};

}  // namespace fdnprobe::engine
