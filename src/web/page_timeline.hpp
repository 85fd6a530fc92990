// How a row stood over time, as a strip of bars: low and even where all was well, high where it was not, so that it can
// be read without colours. Its text alternative says the same in numbers.
#pragma once

#include <string_view>
#include <vector>

#include "fdnprobe/history.hpp"
#include "report/html_writer.hpp"

namespace fdnprobe::web {

/// `span` is what the strip covers, for those who hear it: "last day".
void html_timeline(report::Html& html, const std::vector<StatePeriod>& periods, std::string_view span);

/// "99.7 % of 288 runs good; blocked 1": the same as words.
[[nodiscard]] std::string timeline_words(const std::vector<StatePeriod>& periods);

}  // namespace fdnprobe::web
