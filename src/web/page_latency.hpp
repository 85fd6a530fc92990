// How long a check took over time: the mean as a line in the band between least and most, with its numbers beside it.
#pragma once

#include <string_view>

#include "fdnprobe/history.hpp"
#include "report/html_writer.hpp"

namespace fdnprobe::web {

/// Nothing when there is nothing to draw. `title` says which check it is.
void html_latency(report::Html& html, const CheckHistory& check, std::string_view title);

}  // namespace fdnprobe::web
