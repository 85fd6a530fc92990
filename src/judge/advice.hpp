// What to do about a finding: one or two sentences that hold for any vendor's service, followed by what the check's own
// table has to say of the product, with the commands of its CLI.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

/// What others in the run said of this host's clock.
enum class Clock : std::uint8_t { unknown, right, wrong };

/// What else bears on the advice.
struct Circumstances {
    const TlsFacts* tls = nullptr;             ///< of the attempt that the conclusion rests on
    std::optional<SocketAddress> destination;  ///< likewise
    bool other_addresses_fail = false;
    bool through_proxy = false;  ///< of the attempt that it rests on
    bool unsteady = false;       ///< some tries at the same address failed
    Clock clock = Clock::unknown;
};

struct Advice {
    std::optional<std::string> text;  ///< nothing when all is well
    std::vector<CommandBlock> commands;
};

[[nodiscard]] Advice advise(const Check& check, const Finding& finding, const Circumstances& circumstances);

/// Takes both over.
void take_advice(Conclusion& conclusion, Advice advice);

/// What the check's table says of its product for this cause: its own entries before those of the cause's verdict.
[[nodiscard]] const std::vector<ProductAdvice>& product_advice(const Check& check, Cause cause);
/// The commands of an entry, with the releases that have them.
[[nodiscard]] CommandBlock command_block(const ProductAdvice& advice);

}  // namespace fdnprobe::judge
