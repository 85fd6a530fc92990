// Who is answered: whoever has the key, whose clock is near ours, who says it for the first time, and not too often.
//
// In that order. What costs memory, or takes from what others may ask, comes after the key: strangers, and those who
// repeat what they overheard, cannot use anything up.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "peers/nonce_memory.hpp"
#include "peers/rate_limit.hpp"
#include "wire/responder.hpp"

namespace fdnprobe::peers {

/// One moment on both clocks: the one that spans are measured with, and the one that hangs on the wall.
struct Instant {
    std::chrono::steady_clock::time_point steady;
    std::chrono::sys_time<std::chrono::milliseconds> wall;
};

enum class Ruling : std::uint8_t {
    answer,
    not_a_request,  ///< some other program's bytes
    wrong_key,
    a_reply,  ///< a responder's own, come back
    other_clock,
    replay,
    memory_full,  ///< so many requests that no more nonces can be remembered
    too_many,
};

struct Judgement {
    Ruling ruling = Ruling::not_a_request;
    std::optional<wire::responder::Request> request;  ///< where the key was right
    std::chrono::milliseconds clock_difference{};     ///< how far the client's clock is ahead of ours
};

class ResponderGuard {
  public:
    ResponderGuard(std::string key, Instant now) : key_(std::move(key)), rates_(now.steady) {}

    /// `sender`: whom these bytes count for.
    [[nodiscard]] Judgement judge(std::string_view bytes, const std::string& sender, Instant now);

    [[nodiscard]] const std::string& key() const { return key_; }

  private:
    std::string key_;
    NonceMemory nonces_;
    RateLimit rates_;
};

}  // namespace fdnprobe::peers
