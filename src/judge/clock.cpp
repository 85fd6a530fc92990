#include "judge/clock.hpp"

namespace fdnprobe::judge {

void relate_clock(Report& report) { static_cast<void>(report); }

}  // namespace fdnprobe::judge
