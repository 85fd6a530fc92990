// The time that a stapled OCSP answer is good for (RFC 6960, 2.4).
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace fdnprobe::net {

struct StaplePeriod {
    std::optional<std::chrono::sys_seconds> from;
    std::optional<std::chrono::sys_seconds> until;  ///< nothing: newer answers are always to be had
};

/// Of its first answer; whether it is signed by the right one is for `examine_staple`. Empty where it cannot be read.
[[nodiscard]] StaplePeriod staple_period(std::string_view der);

}  // namespace fdnprobe::net
