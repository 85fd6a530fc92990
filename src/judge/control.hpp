// Where nothing at all works, nothing follows about a single row: a dead uplink is not fifty blocked ports.
#pragma once

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

void relate_controls(Report& report);

}  // namespace fdnprobe::judge
