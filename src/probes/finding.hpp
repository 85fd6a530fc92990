// What several judges have to say in the same words.
#pragma once

#include <string>
#include <string_view>

#include "fdnprobe/evidence.hpp"
#include "fdnprobe/verdict.hpp"

namespace fdnprobe::probes {

/// A finding of the exchange stage.
[[nodiscard]] Finding found(Cause cause, Owner owner, Confidence confidence, std::string detail);

/// All is well, and nobody has to act.
[[nodiscard]] Finding reached(Cause cause, std::string detail);

/// A stream on which no byte of an answer came.
[[nodiscard]] Finding unanswered(const Attempt& attempt);

/// Datagrams that nobody answered, as far as can be told: silence is no evidence either way.
[[nodiscard]] Finding no_reply();

/// The warning for a datagram that came from elsewhere than from the address and port that were asked.
[[nodiscard]] std::string came_from_elsewhere(const Event& received);

/// The first line of what the far end said, in quotation marks, escaped and short enough for a sentence.
[[nodiscard]] std::string quoted(std::string_view bytes);

}  // namespace fdnprobe::probes
