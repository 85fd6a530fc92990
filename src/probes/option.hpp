// A probe's own options, as its dialogue reads them: config/ has refused what their `accepts` does not take.
#pragma once

#include <optional>
#include <string_view>

#include "fdnprobe/check.hpp"

namespace fdnprobe::probes {

/// The text of an option, or `otherwise` where the table does not set it.
[[nodiscard]] std::string_view text_option(const Check& check, std::string_view name, std::string_view otherwise);

/// The number of an option, written with or without a point.
[[nodiscard]] double number_option(const Check& check, std::string_view name, double otherwise);

/// The number that an option's value is; nothing when it is none.
[[nodiscard]] std::optional<double> as_number(const OptionValue& value);

}  // namespace fdnprobe::probes
