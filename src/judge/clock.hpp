// Whose clock is wrong, where a certificate is out of date: this host's, or that of whoever should have renewed it.
#pragma once

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

void relate_clock(Report& report);

}  // namespace fdnprobe::judge
