// Which further evidence would decide. A conclusion that leaves open where, or by what, a check was stopped says what
// to look at next; the engine then goes and looks (engine/second_look).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "fdnprobe/check.hpp"
#include "fdnprobe/resolvers.hpp"

namespace fdnprobe::judge {

/// When the way of a check's packets is looked at, hop by hop (`--locate`).
enum class Locate : std::uint8_t {
    automatic,  ///< where the check ended in a way that this may explain
    always,     ///< of every check that sent something
    never,
};

struct Further {
    bool path = false;               ///< where the packets of that attempt get to
    std::vector<Change> changes;     ///< that attempt once more, with each of these
    std::vector<Address> addresses;  ///< that attempt once more, at each of these
    [[nodiscard]] bool any() const { return path || !changes.empty() || !addresses.empty(); }
};

/// About the attempt that the conclusion rests on. `resolvers`: what they have answered so far.
[[nodiscard]] Further further_evidence(const CheckResult& result, Locate locate, const ResolverFacts& resolvers);

/// The same before the resolvers have answered: false only where nothing that they may say changes that.
[[nodiscard]] bool may_want_further_evidence(const CheckResult& result, Locate locate);

}  // namespace fdnprobe::judge
