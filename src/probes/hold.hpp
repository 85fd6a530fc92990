// Keeping a connection for a while without a word: all that can be done with a service whose protocol is not public.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "fdnprobe/check.hpp"
#include "fdnprobe/evidence.hpp"
#include "probes/probe.hpp"

namespace fdnprobe::probes {

[[nodiscard]] bool accepts_hold(const OptionValue& value);
/// The options of every probe that holds a connection.
inline constexpr std::array hold_options{ProbeOption{"hold", "a number of seconds from 0 to 60", accepts_hold}};

/// What the table says, or `otherwise`.
[[nodiscard]] std::chrono::milliseconds hold_of(const Check& check, std::chrono::milliseconds otherwise);

/// Holds the connection, unless for no time, and says nothing whatever comes.
[[nodiscard]] std::unique_ptr<Dialogue> hold_connection(std::chrono::milliseconds hold);

/// "it said '220 relay'", with " and closed" where it did; `said` is not empty.
[[nodiscard]] std::string spoke_first(const Attempt& attempt, std::string_view said);

/// "the connection stood for 2.0 s"; empty: it was not held.
[[nodiscard]] std::string stood(const Attempt& attempt);

}  // namespace fdnprobe::probes
