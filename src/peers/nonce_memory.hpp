// Nonces that have been used, for as long as a message with one of them could pass for new.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "wire/responder.hpp"

namespace fdnprobe::peers {

class NonceMemory {
  public:
    using Clock = std::chrono::steady_clock;

    /// A message is good from `clock_tolerance` before its time until as long after it.
    static constexpr std::chrono::minutes remembered = 2 * wire::responder::clock_tolerance;

    enum class Entry : std::uint8_t {
        fresh,
        seen,
        full,  ///< nothing can be forgotten yet, and what cannot be remembered must not be let in
    };

    /// The default holds 200 requests a second for the whole time, in some 10 MB.
    explicit NonceMemory(std::size_t most = 131072) : most_(most) {}

    /// Looks the nonce up and remembers it.
    [[nodiscard]] Entry enter(std::string_view nonce, Clock::time_point now);
    [[nodiscard]] std::size_t size() const { return known_.size(); }

  private:
    using Nonce = std::array<char, wire::responder::nonce_size>;
    /// Only those who know the key choose what is hashed.
    struct Hash {
        std::size_t operator()(const Nonce& nonce) const {
            return std::hash<std::string_view>{}(std::string_view(nonce.data(), nonce.size()));
        }
    };

    std::size_t most_;
    std::unordered_set<Nonce, Hash> known_;
    std::deque<std::pair<Clock::time_point, Nonce>> order_;
};

}  // namespace fdnprobe::peers
