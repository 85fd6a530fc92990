// The target of a request: a path and its parameters, decoded once.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/expected.hpp"

namespace fdnprobe::web {

using Parameters = std::map<std::string, std::string, std::less<>>;

struct Target {
    std::string path;
    Parameters parameters;
};

/// Reads `/path?name=value&…`. The error is one sentence: a percent that is none, a control character, a parameter that
/// is there twice, too many of them.
[[nodiscard]] Expected<Target, std::string> parse_target(std::string_view text);

}  // namespace fdnprobe::web
