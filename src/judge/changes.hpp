// With what changed an attempt should be made once more, so that what fails can be told from what does not: a name that
// a filter reads, a packet that is too large, a clock that is wrong. At most three more connections for a check.
#pragma once

#include <string_view>
#include <vector>

#include "fdnprobe/check.hpp"

namespace fdnprobe::judge {

/// A name that nobody filters and nobody serves (RFC 2606, 3).
inline constexpr std::string_view other_name = "example.com";

/// In bytes. Every link carries that (IPv4 asks for 68, IPv6 for 1280), most ClientHellos are larger, and with its
/// headers it is well below what anybody sets a limit at.
inline constexpr int small_segment = 256;

/// About the attempt that the conclusion rests on.
[[nodiscard]] std::vector<Change> wants_changes(const CheckResult& result);

}  // namespace fdnprobe::judge
