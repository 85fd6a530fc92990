// Where nothing at all works, nothing follows about a single row: a dead uplink is not fifty blocked ports.
//
// One sign of life from beyond this host's own links, or one explicit refusal, and every conclusion stays as it was.
// Without any, silence towards several unrelated places has one explanation that is likelier than that each of them is
// closed: what they all lie behind does not carry anything.
#pragma once

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

/// Turns silence into `control-failed` where that is so.
void relate_controls(Report& report);

}  // namespace fdnprobe::judge
