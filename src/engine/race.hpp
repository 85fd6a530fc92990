// One check at all its addresses. The first address gets a head start; the next is tried when the one before it has
// failed, or has kept silent for a while: a dead address then costs the check next to nothing (RFC 8305 has the idea).
// The first good answer ends the race, and what had failed by then is kept as evidence.
//
// Where there may be a responder at the far end, it has a head start at each address before the service: if it confirms
// the arrival, or if the way there fails, nothing is left to ask.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/pacing.hpp"
#include "engine/responders.hpp"
#include "engine/talk.hpp"
#include "fdnprobe/check.hpp"
#include "net/condition.hpp"
#include "net/context.hpp"

namespace fdnprobe::engine {

class Race {
  public:
    /// `proxy`: what all attempts go through. `responders`: each address is asked for a responder before the service
    /// is; nullptr: it is not.
    Race(net::Context& context, const TalkSettings& settings, Pacing& pacing, bool pace_loopback, const Check& check,
         const probes::Probe& probe, const std::optional<SocketAddress>& proxy, Responders* responders)
        : context_(context),
          settings_(settings),
          pacing_(pacing),
          pace_loopback_(pace_loopback),
          check_(check),
          probe_(probe),
          proxy_(proxy),
          responders_(responders),
          changed_(context) {}

    /// `resolution` is what all attempts begin with: how the addresses were come by. Without an address there is one
    /// attempt all the same: whoever carries it knows where it goes.
    [[nodiscard]] net::Task<std::vector<Attempt>> run(const std::vector<Address>& addresses,
                                                      const std::vector<Event>& resolution,
                                                      std::chrono::nanoseconds resolve_time, bool all_addresses);

  private:
    /// One attempt.
    struct Runner {
        explicit Runner(const probes::Probe& what) : probe(what) {}
        const probes::Probe& probe;
        Attempt attempt;
        net::Socket* socket = nullptr;
        bool begun = false;
        bool ended = false;
    };
    /// One address: a responder has the first word there, where there may be one.
    struct Lane {
        explicit Lane(const probes::Probe& probe) : service(probe) {}
        std::unique_ptr<Runner> responder;
        Runner service;
        bool won = false;
    };

    [[nodiscard]] net::Task<void> run_lane(Lane& lane);
    [[nodiscard]] net::Task<void> hear_responder(Lane& lane);
    [[nodiscard]] net::Task<void> attempt(Lane& lane, Runner& runner);
    [[nodiscard]] net::Task<void> look_for_arrivals(Runner& runner, const probes::Occasion& occasion,
                                                    net::Recorder& recorder);
    void launch(Lane& lane);
    void settle(Lane& lane, Runner& runner);
    [[nodiscard]] bool over(const Lane& lane) const { return lane.won || (won_ && !keep_all_); }
    static void end(Lane& lane);

    net::Context& context_;
    const TalkSettings& settings_;
    Pacing& pacing_;
    bool pace_loopback_;
    const Check& check_;
    const probes::Probe& probe_;
    std::optional<SocketAddress> proxy_;
    Responders* responders_;
    net::Condition changed_;
    std::size_t running_ = 0;
    bool won_ = false;
    bool keep_all_ = false;
    std::vector<Lane> lanes_;
};

}  // namespace fdnprobe::engine
