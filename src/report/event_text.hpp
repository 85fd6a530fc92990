// One piece of evidence written out: which of an event's fields mean something (fdnprobe/evidence.hpp says what), and
// the event as words for people.
#pragma once

#include <string>

#include "fdnprobe/evidence.hpp"

namespace fdnprobe::report {

/// Zero is a value for some kinds (ICMP code 0, nothing acknowledged) and "unused" for others, so the kind decides.
[[nodiscard]] bool uses_code(What what);
[[nodiscard]] bool uses_detail(What what);
/// `text` is what went over the wire, not words.
[[nodiscard]] bool holds_bytes(What what);

/// What the event holds, as words; empty when its name says it all. Not yet escaped.
[[nodiscard]] std::string describe(const Event& event);

}  // namespace fdnprobe::report
