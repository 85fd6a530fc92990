// A JSON document set so that two of them can be compared line by line: keys in their order, one observation a line.
#pragma once

#include <string>

#include "report/json_library.hpp"

namespace fdnprobe::report {

/// Items of a list that hold no object take one line, however long; the members of an object do where they fit.
[[nodiscard]] std::string set_in_lines(const nlohmann::json& document);

}  // namespace fdnprobe::report
