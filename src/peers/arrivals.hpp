// What has come, by the attempt that it belongs to: a client whose reply got lost asks about it over another way.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "fdnprobe/address.hpp"
#include "fdnprobe/row.hpp"

namespace fdnprobe::peers {

/// How something came in.
struct Arrival {
    Port port;  ///< the one that it came in at
    std::optional<SocketAddress> source;
    std::string hardware_source;  ///< 6 bytes, for Ethernet; else empty
    std::optional<std::uint8_t> ttl;

    /// Whom it counts for: `192.0.2.1`, `02:00:5e:00:53:01`.
    [[nodiscard]] std::string sender() const;
    /// The same with the port, where there is one.
    [[nodiscard]] std::string source_text() const;
};

class Arrivals {
  public:
    using Clock = std::chrono::steady_clock;

    /// A client asks within seconds; ten minutes leave room for one that tries again.
    static constexpr std::chrono::minutes remembered{10};

    struct Count {
        std::uint16_t count = 0;
        Arrival last;
    };

    /// `most`: attempts to remember; past that the oldest is forgotten early. The default is more than the rate limit
    /// of the responder lets in within a quarter of a minute, and some 3 MB.
    explicit Arrivals(std::size_t most = 16384) : most_(most) {}

    void note(std::string_view attempt, const Arrival& arrival, Clock::time_point now);
    /// Nothing: none has come.
    [[nodiscard]] std::optional<Count> of(std::string_view attempt, Clock::time_point now);
    [[nodiscard]] std::size_t size() const { return counts_.size(); }

  private:
    void forget(Clock::time_point now);
    void drop_oldest();

    std::size_t most_;
    std::unordered_map<std::string, Count> counts_;
    std::deque<std::pair<Clock::time_point, std::string>> order_;  ///< by their first arrival
};

}  // namespace fdnprobe::peers
