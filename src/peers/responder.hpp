// The far end of two-ended checks, without its sockets: bytes that came, and how they came, to the bytes of the reply.
//
// To whoever does not know the key it says nothing. A reply is exactly as long as a request, so that nobody receives
// more than was sent in his name. It answers for itself alone: no service is imitated and nothing is changed.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "peers/arrivals.hpp"
#include "peers/responder_guard.hpp"
#include "peers/responder_log.hpp"

namespace fdnprobe::peers {

class Responder {
  public:
    Responder(std::string key, ResponderLog::Write write, Instant now)
        : guard_(std::move(key), now), log_(std::move(write)) {}

    /// The reply; empty: silence.
    [[nodiscard]] std::string answer(std::string_view bytes, const Arrival& arrival, Instant now);
    /// Somebody came and went, or was sent away, before there was a request.
    void note_no_request(const Arrival& arrival, Instant now);
    /// The ports that nothing can come to without being seen here: what has not come to one of them has been lost.
    void listens_on(std::set<Port> ports) { listening_ = std::move(ports); }
    /// To be called every second.
    void flush(Instant now) { log_.flush(now); }

  private:
    [[nodiscard]] std::string confirm(const wire::responder::Request& request, const Arrival& arrival, Instant now);
    [[nodiscard]] std::string tell_arrivals(const wire::responder::Request& request, const Arrival& arrival,
                                            Instant now);

    ResponderGuard guard_;
    Arrivals arrivals_;
    ResponderLog log_;
    std::set<Port> listening_;
};

}  // namespace fdnprobe::peers
