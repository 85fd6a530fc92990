// What every list of problems has to be, for the fuzz targets.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "base/text.hpp"
#include "model/problem.hpp"

namespace fdnprobe::config::sample {

inline void require(bool holds) {
    if (!holds) std::abort();
}

/// Each of them points into the text, and can be shown as it is.
inline void require_good_problems(const Problems& problems, std::string_view text) {
    const auto lines = 1 + std::count(text.begin(), text.end(), '\n');
    for (const Problem& problem : problems) {
        require(problem.line >= 1 && problem.line <= lines && problem.column >= 1);
        require(!problem.what.empty());
        require(printable(problem.what, problem.what.size() + 1) == problem.what);
    }
}

}  // namespace fdnprobe::config::sample
