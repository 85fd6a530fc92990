// What the checks of a run say about each other, once all are concluded. Each of the steps is a file of its own.
#pragma once

#include "fdnprobe/report.hpp"

namespace fdnprobe::judge {

/// Revises conclusions in the light of the others, and finds the reasons that many of them share (`Report::reasons`).
/// To be called once, before rows are rolled up.
void relate(Report& report);

}  // namespace fdnprobe::judge
