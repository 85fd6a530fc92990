// All evidence of a run as a document of its own, `fdnprobe.trace/1`: whatever the judges read, so that they can be
// asked again without a network, and what they concluded. Secrets are named in it and never given; credentials are not
// evidence.
#pragma once

#include <string>

#include "fdnprobe/report.hpp"

namespace fdnprobe::report {

[[nodiscard]] std::string render_trace(const Report& report);

}  // namespace fdnprobe::report
