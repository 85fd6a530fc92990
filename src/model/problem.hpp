// A mistake in something a person wrote: a table, a site file, an option. Collected, so that all of them are shown at
// once.
#pragma once

#include <string>
#include <vector>

namespace fdnprobe {

struct Problem {
    std::string file;      ///< or "command line"
    int line = 0;          ///< from 1; 0: the whole file
    int column = 0;        ///< from 1
    std::string what;      ///< what is wrong, what was expected, and the nearest known name; escaped
    bool warning = false;  ///< worth saying, but the file can be used

    /// `file:line:column: what`
    [[nodiscard]] std::string to_string() const;
};

using Problems = std::vector<Problem>;

}  // namespace fdnprobe
