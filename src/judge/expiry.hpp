// When the certificates that were seen in a run end.
#pragma once

#include <cstdint>
#include <optional>

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

/// Days until the leaf's end that the check rests on; nothing where no certificate was seen.
[[nodiscard]] std::optional<std::int64_t> days_left(const CheckResult& result);

/// Whether the check works and will not for long.
[[nodiscard]] bool ends_soon(const CheckResult& result);

}  // namespace fdnprobe::judge
