// One reason for many failures: said once, with what it rests on, and the checks under it refer to it.
#pragma once

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

/// Fills in Report::reasons and each Conclusion::reason.
void find_reasons(Report& report);

}  // namespace fdnprobe::judge
