// Asking a responder after the fact. Where a request drew no reply, the responder may still have got it; if it answers
// over TCP on another port of the same host, it can be asked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "engine/talk.hpp"
#include "fdnprobe/check.hpp"
#include "net/socket.hpp"
#include "wire/responder.hpp"

namespace fdnprobe::engine {

/// Whether a responder may stand there: there is a key for it, and the address is not the vendor's own, which nobody
/// but the vendor could make one of.
[[nodiscard]] bool may_have_responder(const Check& check);

/// Where responders have answered over TCP in this run.
class Responders {
  public:
    void confirm(const SocketAddress& place) { places_.try_emplace(place.address, place.port); }
    [[nodiscard]] std::optional<SocketAddress> at(const Address& address) const;

  private:
    std::map<Address, std::uint16_t> places_;
};

/// Notes What::arrival in the attempt of that occasion, as the responder at `place` tells it. `socket` belongs to the
/// caller, who may stop it. Nothing is noted where the connection, or the responder, fails.
[[nodiscard]] net::Task<void> ask_arrivals(const TalkSettings& settings, const Check& check,
                                           const probes::Occasion& occasion, SocketAddress place, net::Socket& socket,
                                           net::Recorder& recorder);

}  // namespace fdnprobe::engine
