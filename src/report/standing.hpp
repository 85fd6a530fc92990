// How a row of a snapshot stands.
#pragma once

#include <string>

#include "fdnprobe/watch.hpp"

namespace fdnprobe::report {

/// `row` is `TABLE/ROW`; nullptr where nothing is known of it.
[[nodiscard]] const Standing* standing_of(const Snapshot& snapshot, const std::string& row);

}  // namespace fdnprobe::report
