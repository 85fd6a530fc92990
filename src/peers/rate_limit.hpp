// How much may be asked: token buckets, one for everybody together and one for each source.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace fdnprobe::peers {

struct Rate {
    double per_second = 0;
    double burst = 0;
};

class TokenBucket {
  public:
    using Clock = std::chrono::steady_clock;

    TokenBucket(Rate rate, Clock::time_point now) : rate_(rate), tokens_(rate.burst), filled_(now) {}

    /// Whether one more is within the rate; if so it is counted.
    [[nodiscard]] bool take(Clock::time_point now);
    /// As if nothing had ever been taken.
    [[nodiscard]] bool full(Clock::time_point now) const;

  private:
    [[nodiscard]] double tokens_at(Clock::time_point now) const;

    Rate rate_;
    double tokens_;
    Clock::time_point filled_;
};

class RateLimit {
  public:
    using Clock = TokenBucket::Clock;

    /// A run of all shipped tables asks 150 times within a second, and somebody who has mended something runs it again
    /// at once; nobody needs more than this for long.
    static constexpr Rate each_source{100, 500};
    static constexpr Rate everybody{1000, 1000};
    /// Sources that are counted at the same time. A source is forgotten as soon as its bucket is full again.
    static constexpr std::size_t most_sources = 1024;

    explicit RateLimit(Clock::time_point now) : all_(everybody, now) {}

    [[nodiscard]] bool take(const std::string& source, Clock::time_point now);
    [[nodiscard]] std::size_t sources() const { return sources_.size(); }

  private:
    TokenBucket all_;
    std::unordered_map<std::string, TokenBucket> sources_;
};

}  // namespace fdnprobe::peers
