// One question in one datagram, for the protocols in which that is all there is. Anybody may answer over UDP, so what
// does not fit the question is waited past.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "probes/probe.hpp"

namespace fdnprobe::probes {

/// Whether a datagram is the one that was waited for.
using Fits = std::function<bool(std::string_view)>;
[[nodiscard]] bool anything_fits(std::string_view bytes);

/// More than any answer to what is asked here, so that a longer one is seen whole.
inline constexpr std::size_t largest_datagram = 4096;

/// A text for services that take no question of ours. Whoever finds it in a capture shall know what it is.
inline constexpr std::string_view explaining_text = "fdnprobe reachability check";

/// Sends the question, again where nothing comes, and waits for what fits.
[[nodiscard]] std::unique_ptr<Dialogue> ask_by_datagram(std::string question, Fits fits);

/// The first datagram that fits: from the address and port that were asked, or else from elsewhere. nullptr: none does.
[[nodiscard]] const Event* find_datagram(const Attempt& attempt, const Fits& fits);

/// "it said 'hello'".
[[nodiscard]] std::string what_came(std::string_view bytes);

/// Marks a finding that rests on a datagram from elsewhere.
void weigh_origin(Finding& finding, const Event& received);

}  // namespace fdnprobe::probes
